import { usesLowLatency } from '../../../plan/deployment.ts';
import { mostDispatchTokens } from '../../deepep/kernels.ts';
import { hasExperts } from '../../experts.ts';
import type { EngineRule, Remedy, RuledPool } from '../../rule.ts';

/**
 * More requests run on a rank of SGLang than one low-latency dispatch of DeepEP has room for.
 *
 * Every running request sends a token of each step, and with drafts one more for each draft. DeepEP's buffers are made for
 * `SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK` of them (128 unless said, at most 1,024), and a larger step ends the server.
 *
 * ## Not so
 * ```moeplan
 * engine { name = sglang, all-to-all = deepep, max-requests = 2048 }     // on 8 ranks, 256 each
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = sglang, all-to-all = deepep, max-requests = 2048, dispatch-tokens = 256 tokens }
 * ```
 *
 * ## How to fix it
 * Use more `dispatch-tokens`, which take memory, or fewer `max-requests`. Holds for SGLang 0.5 (`_DeepEPDispatcherImplBase` in
 * srt/layers/moe/token_dispatcher/deepep.py; `Buffer::low_latency_dispatch` in DeepEP's csrc/deep_ep.cpp).
 */
export const sglangDispatchTokens: EngineRule = {
  name: 'sglang-dispatch-tokens',
  family: 'engine',
  severity: 'error',
  summary: "More requests run on a rank than DeepEP's buffers have room for.",
  check(ruled) {
    const { pool } = ruled;
    if (!usesLowLatency(pool) || !hasExperts(pool)) return undefined;
    const { dispatchTokens, speculativeTokens } = pool.engine;
    const mostTokens = mostDispatchTokens(pool);
    const perRequest = 1 + speculativeTokens;
    const running = runningRequests(ruled);
    const tokens = running * perRequest;
    if (tokens <= dispatchTokens && dispatchTokens <= mostTokens) return undefined;
    const room = Math.floor(Math.min(dispatchTokens, mostTokens) / perRequest);
    // `max-requests` is written for a whole server.
    const fewer: Remedy = [{ setting: 'engine.max-requests', value: String(room * pool.parallel.dp) }];
    if (dispatchTokens > mostTokens) {
      return {
        at: ['engine.dispatch-tokens'],
        message: `SGLang does not start with dispatch-tokens = ${dispatchTokens}: \`SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK\` is at most ${mostTokens}; use ${mostTokens} tokens`,
        remedies: tokens <= mostTokens ? [[{ setting: 'engine.dispatch-tokens', value: `${mostTokens} tokens` }]] : [],
      };
    }
    return {
      at: ['engine.dispatch-tokens', 'engine.max-requests', 'engine.all-to-all'],
      message:
        `up to ${running} requests run on a rank and send ${tokens} tokens in a step, and DeepEP's buffers have room for ` +
        `${dispatchTokens} (\`SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK\`): use ` +
        (tokens <= mostTokens
          ? `dispatch-tokens = ${tokens} tokens, or fewer \`max-requests\``
          : 'fewer `max-requests`'),
      remedies: [
        ...(tokens <= mostTokens ? [[{ setting: 'engine.dispatch-tokens', value: `${tokens} tokens` } as const]] : []),
        ...(room > 0 ? [fewer] : []),
      ],
    };
  },
};

/** The most requests that run on an attention rank: those in flight, or as many as are allowed. */
function runningRequests({ pool, deployment, said }: RuledPool): number {
  const { workload } = deployment;
  const allowed = pool.engine.maxRequests ?? Number.POSITIVE_INFINITY;
  if (workload.kind === 'serving' && workload.concurrency !== undefined) {
    return Math.min(allowed, Math.ceil(workload.concurrency / (pool.parallel.dp * pool.replicas)));
  }
  return said.engine.maxRequests === undefined ? 0 : allowed;
}
