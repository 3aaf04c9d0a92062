import type { EngineRule } from '../../rule.ts';
import { WITHOUT_CHUNKS } from '../schedules.ts';

/**
 * Megatron cuts the layers of a GPU into chunks only in a pipeline.
 *
 * A virtual pipeline stage (`--num-layers-per-virtual-pipeline-stage`) with `--pipeline-model-parallel-size 1` stops the training at
 * start.
 *
 * ## Not so
 * ```moeplan
 * parallel { pp = 1, vpp = 2 }
 * engine { name = megatron }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 2, vpp = 2 }
 * engine { name = megatron }
 * ```
 *
 * ## How to fix it
 * Leave `vpp` out, or use several stages. Holds for Megatron-Core 0.6 to 0.20 (`validate_args` in training/arguments.py).
 */
export const megatronInterleavedAlone: EngineRule = {
  name: 'megatron-interleaved-alone',
  family: 'engine',
  severity: 'error',
  summary: 'Megatron cuts layers into chunks only in a pipeline.',
  check({ pool }) {
    const { pp, vpp } = pool.parallel;
    if (pp > 1 || vpp === 1) return undefined;
    return {
      at: ['parallel.vpp'],
      message: `Megatron does not start with vpp = ${vpp} in one stage: \`--num-layers-per-virtual-pipeline-stage\` needs a pipeline; leave \`vpp\` out, or use several stages`,
      remedies: [WITHOUT_CHUNKS],
    };
  },
};
