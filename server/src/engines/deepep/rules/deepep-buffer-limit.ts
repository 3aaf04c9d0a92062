import type { EngineRule } from '../../rule.ts';
import { dispatchBufferBytes, LOW_LATENCY_BUFFER_LIMIT, mostDispatchTokens } from '../kernels.ts';

const GIB = 2 ** 30;

/** Tokens are given in whole multiples. */
const STEP = 64;

/**
 * DeepEP's low-latency buffer would be larger than 32 GiB, which it cannot be.
 *
 * It has room for `dispatch-tokens` tokens of every rank for every expert, copies included. DeepEP counts it by 16 bytes in a signed
 * number of 32 bits and stops at start when it is larger.
 *
 * ## Not so
 * ```moeplan
 * engine { name = vllm, all-to-all = deepep-low-latency, dispatch-tokens = 2048 tokens }     // 448 experts of 7,168
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = vllm, all-to-all = deepep-low-latency, dispatch-tokens = 256 tokens }
 * ```
 *
 * ## How to fix it
 * Use fewer `dispatch-tokens` or fewer `redundant-experts`. Holds for DeepEP 1.2 (`Buffer::Buffer` in csrc/deep_ep.cpp).
 */
export const deepEpBufferLimit: EngineRule = {
  name: 'deepep-buffer-limit',
  family: 'engine',
  severity: 'error',
  summary: "DeepEP's low-latency buffer is larger than it can be.",
  check({ pool, said }) {
    const bytes = dispatchBufferBytes(pool);
    const { dispatchTokens } = pool.engine;
    // More tokens than the engine takes is a mistake of its own.
    if (bytes < LOW_LATENCY_BUFFER_LIMIT || dispatchTokens > mostDispatchTokens(pool)) return undefined;
    const perToken = bytes / dispatchTokens;
    const most = Math.floor(LOW_LATENCY_BUFFER_LIMIT / perToken / STEP) * STEP;
    return {
      at: ['engine.dispatch-tokens', 'engine.all-to-all'],
      message: `DeepEP's low-latency buffer (\`VLLM_MOE_DP_CHUNK_SIZE\`, \`SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK\`) would be ${(bytes / GIB).toFixed(2)} GiB, and it must be smaller than 32: use dispatch-tokens = ${most} tokens${said.redundant > 0 ? ', or fewer redundant experts' : ''}`,
      remedies: most > 0 ? [[{ setting: 'engine.dispatch-tokens', value: `${most} tokens` }]] : [],
    };
  },
};
