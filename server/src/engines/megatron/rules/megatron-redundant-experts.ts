import { WITHOUT_COPIES } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * Megatron has no redundant experts and does not move them by their load.
 *
 * Each expert lies on the GPUs that `--expert-model-parallel-size` gives it. Training balances load by the router's loss
 * (`--moe-router-load-balancing-type`).
 *
 * ## Not so
 * ```moeplan
 * deployment mine {
 *   redundant-experts = 8, balance = eplb
 *   engine { name = megatron }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment mine {
 *   engine { name = megatron }
 * }
 * ```
 *
 * ## How to fix it
 * Leave `redundant-experts` and `balance` out. Holds for Megatron-Core up to 0.20 (transformer/moe/moe_layer.py).
 */
export const megatronRedundantExperts: EngineRule = {
  name: 'megatron-redundant-experts',
  family: 'engine',
  severity: 'error',
  summary: 'Megatron has no redundant experts.',
  check({ said }) {
    if (said.redundant === 0 && said.balance === 'none') return undefined;
    return {
      at: ['pool.redundant-experts', 'pool.balance'],
      message:
        'Megatron has no redundant experts and no EPLB, and no flag for them: leave `redundant-experts` and `balance` out',
      remedies: [WITHOUT_COPIES],
    };
  },
};
