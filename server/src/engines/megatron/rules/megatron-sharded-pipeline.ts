import type { EngineRule } from '../../rule.ts';

/**
 * Megatron shards gradients and weights (`zero = 2`, `zero = 3`) only with Megatron-FSDP.
 *
 * The distributed optimizer (`--use-distributed-optimizer`) of a pipeline shards the optimizer alone, which is `zero = 1`. More needs
 * `--use-megatron-fsdp --data-parallel-sharding-strategy optim_grads` or `optim_grads_params`, with checkpoints and optimizers of
 * its own.
 *
 * ## Not so
 * ```moeplan
 * parallel { pp = 4, zero = 2 }
 * engine { name = megatron }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 4, zero = 1 }
 * engine { name = megatron }
 * ```
 *
 * ## How to fix it
 * Use `zero = 1`, or start with `--use-megatron-fsdp`. Holds for Megatron-Core 0.12 to 0.20 (`validate_args` in
 * training/arguments.py).
 */
export const megatronShardedPipeline: EngineRule = {
  name: 'megatron-sharded-pipeline',
  family: 'engine',
  severity: 'warning',
  summary: 'Megatron shards gradients and weights only with Megatron-FSDP.',
  check({ pool }) {
    const { zero, pp, vpp } = pool.parallel;
    if (zero < 2 || (pp === 1 && vpp === 1)) return undefined;
    return {
      at: ['parallel.zero'],
      message: `in a pipeline Megatron's \`--use-distributed-optimizer\` shards the optimizer alone, and zero = ${zero} needs \`--use-megatron-fsdp\`: use zero = 1`,
      remedies: [[{ setting: 'parallel.zero', value: '1' }]],
    };
  },
};
