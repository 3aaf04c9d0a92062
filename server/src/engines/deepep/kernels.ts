import { type EngineName, type Pool, usesLowLatency } from '../../plan/deployment.ts';
import type { Experts } from '../../plan/model.ts';
import { expertsOf, physicalExperts } from '../experts.ts';

/*
 * DeepEP's low-latency kernels, which several engines use (DeepEP 1.2, csrc/).
 */

/** Hidden sizes for which they are compiled (`SWITCH_HIDDEN` in kernels/launch.cuh); early releases lack 3,072. */
const LOW_LATENCY_HIDDEN: readonly number[] = [2048, 2560, 3072, 4096, 5120, 6144, 7168, 8192];

/** vLLM 0.11 and later: `DeepEPLLPrepareAndFinalize.maybe_roundup_layer_hidden_size`. */
const PADDING: readonly EngineName[] = ['vllm'];

/** Most experts of a token (`kNumMaxTopK` in kernels/internode_ll.cu; 9 in early releases). */
const LOW_LATENCY_TOP_K = 11;

/** Their buffer must be smaller: it is counted by 16 bytes in 31 bits (`Buffer::Buffer` in deep_ep.cpp). */
export const LOW_LATENCY_BUFFER_LIMIT = 16 * (2 ** 31 - 1);

/**
 * They keep two send and two receive buffers for every expert, copies included, and every token that may arrive: `4 E M (2 h
 * + 4 h / 128)` bytes for E experts and M tokens per dispatch (config.hpp). This does not depend on ep.
 */
export function lowLatencyBufferBytes(experts: number, dispatchTokens: number, hidden: number): number {
  return 4 * experts * dispatchTokens * (2 * hidden + (4 * hidden) / 128);
}

/** Bytes of the low-latency buffer, if the pool uses those kernels. */
export function dispatchBufferBytes(pool: Pool): number {
  const [experts] = expertsOf(pool);
  if (!experts || !usesLowLatency(pool)) return 0;
  const slots = Math.max(experts.count, physicalExperts(pool));
  return lowLatencyBufferBytes(slots, pool.engine.dispatchTokens, exchangedHidden(pool, experts));
}

/** The hidden size of a token on its way, padded where the engine does so. */
function exchangedHidden({ model, engine }: Pool, { latent }: Pick<Experts, 'latent'>): number {
  const hidden = latent ?? model.hidden;
  const padded = PADDING.includes(engine.name) ? LOW_LATENCY_HIDDEN.find((size) => size >= hidden) : undefined;
  return padded ?? hidden;
}

/**
 * What of a pool's model the low-latency kernels are not made for. A hidden size that the engine pads to the next larger one
 * is none.
 */
export function lowLatencyMisfit(pool: Pool): string | undefined {
  for (const experts of expertsOf(pool)) {
    const hidden = exchangedHidden(pool, experts);
    if (!LOW_LATENCY_HIDDEN.includes(hidden)) return `a hidden size of ${hidden}`;
    if (experts.topK > LOW_LATENCY_TOP_K) return `${experts.topK} experts of a token`;
  }
  return undefined;
}

/** Whether the low-latency kernels are made for a pool's model. */
export function fitsLowLatency(pool: Pool): boolean {
  return (
    pool.model.classes.some(({ feedForward }) => feedForward.kind === 'moe') && lowLatencyMisfit(pool) === undefined
  );
}

/** Most tokens of a rank in one dispatch. */
export function mostDispatchTokens({ engine }: Pick<Pool, 'engine'>): number {
  return MOST_TOKENS[engine.name] ?? Number.POSITIVE_INFINITY;
}

/** SGLang 0.5: `_DeepEPDispatcherImplBase` in srt/layers/moe/token_dispatcher/deepep.py asserts it. */
const MOST_TOKENS: Readonly<Partial<Record<EngineName, number>>> = { sglang: 1024 };
