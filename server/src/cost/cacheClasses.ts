import type { Attention } from '../plan/attention.ts';
import { BYTES_PER_ELEMENT, type Model } from '../plan/model.ts';

/** What layers keep of the tokens that they have seen. */
export type CacheKind = 'full' | 'window' | 'chunked' | 'latent' | 'linear state' | 'indexer';

/** All layers that keep the same: of the whole model, before anything is spread over GPUs. */
export interface CacheClass {
  readonly kind: CacheKind;
  readonly layers: number;
  /** Of one more token of a sequence, all these layers together; 0 for a state. */
  readonly bytesPerToken: number;
  /** Tokens beyond this are not kept. */
  readonly keptTokens?: number;
  /** Of a sequence of any length, all these layers together: a linear layer's state. */
  readonly bytesPerSequence: number;
}

type One = Omit<CacheClass, 'layers'>;

/** As stated in `memory/kvCache.ts`, for tp = cp = 1. */
function cachesOf(attention: Attention, model: Model): One[] {
  if (attention.kind === 'none') return [];
  if (attention.kind === 'linear')
    return [{ kind: 'linear state', bytesPerToken: 0, bytesPerSequence: attention.stateBytes }];
  const width = BYTES_PER_ELEMENT[model.types.kv];
  const caches: One[] = [];
  if (attention.kind === 'mla') {
    const bytesPerToken = (attention.kvRank + attention.ropeSize) * width;
    caches.push({ kind: 'latent', bytesPerToken, bytesPerSequence: 0 });
  } else {
    const bytesPerToken = attention.kvHeads * (attention.headSize + attention.valueHeadSize) * width;
    const keptTokens = attention.window ?? attention.chunk;
    const kind = attention.window !== undefined ? 'window' : attention.chunk !== undefined ? 'chunked' : 'full';
    caches.push({ kind, bytesPerToken, bytesPerSequence: 0, ...(keptTokens !== undefined && { keptTokens }) });
  }
  // One byte per element and one fp32 scale per token, whatever the type of the cache (DeepSeek-V3.2).
  if (attention.indexer)
    caches.push({ kind: 'indexer', bytesPerToken: attention.indexer.headSize + 4, bytesPerSequence: 0 });
  return caches;
}

/** What one sequence keeps, by kind of layer; kinds with different caps stand apart. */
export function cacheClasses(model: Model): readonly CacheClass[] {
  const found = new Map<string, CacheClass>();
  for (const index of model.layers) {
    const attention = model.classes[index]?.attention;
    for (const one of attention ? cachesOf(attention, model) : []) {
      const key = `${one.kind} ${one.keptTokens ?? ''}`;
      const known = found.get(key);
      found.set(key, {
        ...one,
        layers: (known?.layers ?? 0) + 1,
        bytesPerToken: (known?.bytesPerToken ?? 0) + one.bytesPerToken,
        bytesPerSequence: (known?.bytesPerSequence ?? 0) + one.bytesPerSequence,
      });
    }
  }
  return [...found.values()];
}

/** Bytes that a sequence of `tokens` tokens keeps in all. */
export function sequenceCacheBytes(classes: readonly CacheClass[], tokens: number): number {
  let bytes = 0;
  for (const { bytesPerToken, bytesPerSequence, keptTokens } of classes)
    bytes += bytesPerSequence + bytesPerToken * Math.min(tokens, keptTokens ?? tokens);
  return bytes;
}
