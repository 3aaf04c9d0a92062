import type { Attention } from '../../plan/attention.ts';
import type { Parallel, Stage } from '../../plan/deployment.ts';
import type { Model } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';

/** KV cache of one stage on one GPU. */
export interface CacheSize {
  /** Bytes of one more token of one sequence, while no window is full. */
  readonly bytesPerToken: number;
  /** State of linear layers per sequence. */
  readonly stateBytes: number;
  /** Layers with a cap on the tokens they keep, as cap and bytes per token. */
  readonly capped: readonly { readonly cap: number; readonly bytesPerToken: number }[];
}

/**
 * Cache bytes per token of one layer on one GPU: `max(1, n_kv / tp) (d + d_v) b_kv` for grouped-query attention, whose
 * heads are replicated where tp exceeds them; `(kv_rank + d_rope) b_kv` for latent attention, the same on every tp rank.
 * Sparse attention's indexer keeps one byte per element and one fp32 scale. Context parallelism divides all of it.
 */
function tokenBytes(attention: Attention, model: Model, parallel: Parallel): number {
  if (attention.kind === 'none' || attention.kind === 'linear') return 0;
  const width = BYTES_PER_ELEMENT[model.types.kv];
  const elements =
    attention.kind === 'mla'
      ? attention.kvRank + attention.ropeSize
      : Math.max(1, Math.ceil(attention.kvHeads / parallel.tp)) * (attention.headSize + attention.valueHeadSize);
  const index = attention.indexer ? attention.indexer.headSize + 4 : 0;
  return (elements * width + index) / parallel.cp;
}

export function cacheSize(model: Model, parallel: Parallel, stage: Stage): CacheSize {
  let bytesPerToken = 0;
  let stateBytes = 0;
  const capped: { cap: number; bytesPerToken: number }[] = [];
  for (const layer of stage.layers) {
    const attention = model.classes[model.layers[layer] ?? -1]?.attention;
    if (!attention) continue;
    if (attention.kind === 'linear') stateBytes += attention.stateBytes / parallel.tp;
    const bytes = tokenBytes(attention, model, parallel);
    bytesPerToken += bytes;
    if (attention.kind !== 'gqa') continue;
    const cap = attention.window ?? attention.chunk;
    if (cap !== undefined) capped.push({ cap, bytesPerToken: bytes });
  }
  return { bytesPerToken, stateBytes, capped };
}

/** Bytes of one sequence of `tokens` tokens, in whole pages. */
export function sequenceBytes(cache: CacheSize, tokens: number, page: number): number {
  let bytes = cache.stateBytes + cache.bytesPerToken * Math.ceil(tokens / page) * page;
  for (const { cap, bytesPerToken } of cache.capped) {
    if (cap < tokens) bytes -= bytesPerToken * page * (Math.ceil(tokens / page) - Math.ceil(cap / page));
  }
  return bytes;
}
