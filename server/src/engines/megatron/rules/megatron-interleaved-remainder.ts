import type { EngineRule } from '../../rule.ts';
import { WITHOUT_CHUNKS } from '../schedules.ts';

/**
 * Micro-batches do not go through an interleaved pipeline of Megatron in whole groups.
 *
 * With chunks of layers (`vpp`) a GPU takes as many micro-batches of one chunk as there are stages before it turns to the next. A
 * last group that is smaller than that stops the training at its first step. `--microbatch-group-size-per-virtual-pipeline-stage`
 * makes groups larger, so that this is a warning where there are more micro-batches than stages.
 *
 * ## Not so
 * ```moeplan
 * parallel { pp = 4, vpp = 2, micro-batches = 10 }
 * engine { name = megatron }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 4, vpp = 2, micro-batches = 12 }
 * engine { name = megatron }
 * ```
 *
 * ## How to fix it
 * Use a `global-batch` that makes the micro-batches a multiple of `pp`, or leave `vpp` out. Holds for Megatron-Core 0.9 to 0.20
 * (`forward_backward_pipelining_with_interleaving` in pipeline_parallel/schedules.py).
 */
export const megatronInterleavedRemainder: EngineRule = {
  name: 'megatron-interleaved-remainder',
  family: 'engine',
  severity: 'error',
  summary: 'The micro-batches do not go evenly through an interleaved pipeline of Megatron.',
  check({ pool, deployment, said }) {
    const { workload } = deployment;
    const { pp, vpp, microBatches, dp } = pool.parallel;
    if (workload.kind !== 'training' || vpp === 1 || pp === 1 || microBatches % pp === 0) return undefined;
    const more = Math.ceil(microBatches / pp) * pp;
    const globalBatch = more * workload.microBatch * dp * pool.replicas;
    const flag = '`--microbatch-group-size-per-virtual-pipeline-stage`';
    const canGroup = microBatches > pp;
    return {
      at: ['parallel.micro-batches', 'parallel.vpp'],
      ...(canGroup && { severity: 'warning' as const }),
      message: `Megatron stops with ${microBatches} micro-batches in an interleaved pipeline of ${pp} stages${canGroup ? `, unless ${flag} is ${microBatches}` : ''}: they go through in groups of ${pp}, and the last has ${microBatches % pp}; use global-batch = ${globalBatch}, which is ${more} micro-batches, or leave \`vpp\` out`,
      remedies: [
        [
          { setting: 'workload.global-batch', value: String(globalBatch) },
          ...(said.parallel.microBatches === undefined ? [] : [{ setting: 'parallel.micro-batches' } as const]),
        ],
        WITHOUT_CHUNKS,
      ],
    };
  },
};
