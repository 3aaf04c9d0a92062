import { BYTES_PER_ELEMENT, type Model } from '../../plan/model.ts';
import { profileOf } from '../attention/index.ts';
import type { LayerCache } from '../attention/profile.ts';

/**
 * All layers of a model that keep the same, before anything is spread over GPUs. Bytes are those of all these layers
 * together.
 */
export interface CacheClass extends LayerCache {
  readonly layers: number;
}

/** What one sequence keeps, by kind of layer. Kinds with different caps are listed separately. */
export function cacheClasses(model: Model): readonly CacheClass[] {
  const elementBytes = BYTES_PER_ELEMENT[model.types.kv];
  const classes = new Map<string, CacheClass>();
  for (const index of model.layers) {
    const attention = model.classes[index]?.attention;
    for (const cache of attention ? profileOf(attention).caches(elementBytes, 1) : []) {
      const key = `${cache.kind} ${cache.keptTokens ?? ''}`;
      const sum = classes.get(key);
      classes.set(key, {
        ...cache,
        layers: (sum?.layers ?? 0) + 1,
        bytesPerToken: (sum?.bytesPerToken ?? 0) + cache.bytesPerToken,
        bytesPerSequence: (sum?.bytesPerSequence ?? 0) + cache.bytesPerSequence,
      });
    }
  }
  return [...classes.values()];
}

/** Total bytes that a sequence of `tokens` tokens keeps. */
export function sequenceCacheBytes(classes: readonly CacheClass[], tokens: number): number {
  let bytes = 0;
  for (const { bytesPerToken, bytesPerSequence, keptTokens } of classes)
    bytes += bytesPerSequence + bytesPerToken * Math.min(tokens, keptTokens ?? tokens);
  return bytes;
}
