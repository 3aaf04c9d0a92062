import { hasExperts } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * vLLM keeps redundant experts only where EPLB places them.
 *
 * `num_redundant_experts` of `--eplb-config` without `--enable-eplb` stops the engine at start.
 *
 * ## Not so
 * ```moeplan
 * deployment mine {
 *   redundant-experts = 32
 *   engine { name = vllm }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment mine {
 *   redundant-experts = 32, balance = eplb
 *   engine { name = vllm }
 * }
 * ```
 *
 * ## How to fix it
 * Write `balance = eplb`, or leave `redundant-experts` out. Holds for vLLM 0.10.2 to 0.24
 * (`ParallelConfig._validate_parallel_config`).
 */
export const vllmCopiesNeedEplb: EngineRule = {
  name: 'vllm-copies-need-eplb',
  family: 'engine',
  severity: 'error',
  summary: 'vLLM has redundant experts only with EPLB.',
  check({ pool, said }) {
    if (said.redundant === 0 || said.balance === 'eplb' || !hasExperts(pool)) return undefined;
    const canBalance = pool.parallel.ep > 1;
    return {
      at: ['pool.redundant-experts'],
      message:
        `vLLM does not start with ${said.redundant} redundant experts and no EPLB: \`num_redundant_experts\` needs ` +
        '`--enable-eplb`; write `balance = eplb`, or leave `redundant-experts` out',
      remedies: [
        ...(canBalance ? [[{ setting: 'pool.balance', value: 'eplb' } as const]] : []),
        [{ setting: 'pool.redundant-experts' }],
      ],
    };
  },
};
