import { gpusOfStage, hasExperts, spreadOverStage, WITHOUT_COPIES } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * vLLM balances experts only where they are spread over several GPUs.
 *
 * `--enable-eplb` needs `--enable-expert-parallel` and more than one GPU in a stage. Where every GPU has a part of every expert,
 * there is nothing to balance.
 *
 * ## Not so
 * ```moeplan
 * deployment mine {
 *   balance = eplb
 *   parallel { tp = 8 }
 *   engine { name = vllm }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment mine {
 *   balance = eplb
 *   parallel { tp = 8, ep = 8 }
 *   engine { name = vllm }
 * }
 * ```
 *
 * ## How to fix it
 * Write an `ep` of all GPUs of the stage, or leave `balance` out. Holds for vLLM 0.10.2 to 0.24
 * (`ParallelConfig._validate_parallel_config`).
 */
export const vllmEplbNeedsExpertParallel: EngineRule = {
  name: 'vllm-eplb-needs-expert-parallel',
  family: 'engine',
  severity: 'error',
  summary: 'vLLM balances experts only where they are spread over GPUs.',
  check(ruled) {
    const { pool, said } = ruled;
    if (said.balance !== 'eplb' || pool.parallel.ep > 1 || !hasExperts(pool)) return undefined;
    const gpus = gpusOfStage(pool);
    const spread = gpus > 1 ? spreadOverStage(ruled) : undefined;
    return {
      at: ['pool.balance'],
      message:
        gpus === 1
          ? 'vLLM does not start with EPLB on one GPU: `--enable-eplb` needs several; leave `balance` out'
          : `vLLM does not start with EPLB and ep = 1: \`--enable-eplb\` needs \`--enable-expert-parallel\`; use ep = ${gpus}, or leave \`balance\` out`,
      remedies: [...(spread ? [spread] : []), WITHOUT_COPIES],
    };
  },
};
