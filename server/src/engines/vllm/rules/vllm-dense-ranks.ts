import { hasExperts } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * Data parallel ranks of a model without experts are instances of their own in vLLM.
 *
 * They exchange nothing and wait for nobody: each holds the whole model and has its own queue. `replicas` of a pool says that,
 * and tells predictions that ranks do not go in step.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 2, dp = 4 }
 * engine { name = vllm }
 * ```
 *
 * ## But so
 * ```moeplan
 * pool all {
 *   replicas = 4
 *   parallel { tp = 2 }
 * }
 * engine { name = vllm }
 * ```
 *
 * ## How to fix it
 * Write a pool with `replicas`, or leave it as it is: memory is the same. Holds for vLLM 0.9 to 0.24 (`DPEngineCoreProc` is
 * used for models with experts alone).
 */
export const vllmDenseRanks: EngineRule = {
  name: 'vllm-dense-ranks',
  family: 'engine',
  severity: 'information',
  summary: 'Data parallel ranks of a dense model are instances of their own in vLLM.',
  check({ pool }) {
    const { dp } = pool.parallel;
    if (dp === 1 || hasExperts(pool)) return undefined;
    return {
      at: ['parallel.dp'],
      message: `vLLM runs the ${dp} ranks of \`--data-parallel-size\` as instances of their own when a model has no experts: write a pool with \`replicas = ${dp}\``,
    };
  },
};
