import type { CacheOfLayers } from '../memory.ts';

/**
 * vLLM's cache of layers that keep compressed entries (0.22: `_get_kv_cache_groups_uniform_groups` and
 * `_max_memory_usage_bytes_from_groups` in v1/core/kv_cache_utils.py; models/deepseek_v4). A block holds a page of each width
 * that compressed layers have, times as many layers as the largest group has. Windows and states of the compressor use the same
 * pages: each group of their layers takes whole blocks, in pages of the next width.
 */
export interface TupleLayout {
  readonly blockBytes: number;
  /** Blocks of one request of a length, with so many tokens in flight. */
  readonly blocksOf: (length: number, inFlight: number) => number;
}

/** FlashMLA's pages begin at multiples of so many bytes. */
const ALIGNMENT = 576;

/** Whether a cache is laid out so: it has states that hold their last tokens one by one. */
export function isCompressed(kinds: readonly CacheOfLayers[]): boolean {
  return kinds.some(({ stateTokens }) => stateTokens !== undefined);
}

/** `pageTokens` are the tokens of a block of compressed layers. */
export function tupleLayout(kinds: readonly CacheOfLayers[], pageTokens: number): TupleLayout {
  const pages = new Map<number, number>();
  for (const { layers, bytesPerToken, keptTokens } of kinds) {
    if (bytesPerToken === 0 || keptTokens !== undefined) continue;
    const bytes = Math.ceil((bytesPerToken * pageTokens) / ALIGNMENT) * ALIGNMENT;
    pages.set(bytes, (pages.get(bytes) ?? 0) + layers);
  }
  const tuples = Math.max(...pages.values());
  const groups = groupsOf(kinds, Math.max(...pages.keys()));
  const perGroup = leastPadded([tuples, ...groups.map(({ layers }) => layers)], tuples);
  const parts = groups.map(({ layers }) => Math.ceil(layers / perGroup));
  const largest = Math.max(tuples, ...groups.map(({ layers }, index) => Math.ceil(layers / (parts[index] ?? 1))));
  return {
    blockBytes: largest * [...pages.keys()].reduce((sum, bytes) => sum + bytes, 0),
    blocksOf: (length, inFlight) =>
      groups.reduce(
        (sum, { kept, blockTokens }, index) =>
          sum + (parts[index] ?? 1) * (Math.ceil(Math.min(kept - 1 + inFlight, length) / blockTokens) + 1),
        Math.ceil(length / pageTokens),
      ),
  };
}

/** Layers that keep as many tokens and are paged alike. */
interface Group {
  readonly layers: number;
  readonly kept: number;
  readonly blockTokens: number;
}

/** Windows by their tokens, and states by theirs. The widest kind of a group decides the tokens of its blocks. */
function groupsOf(kinds: readonly CacheOfLayers[], pageBytes: number): Group[] {
  const groups = new Map<string, Group>();
  for (const { layers, bytesPerToken, keptTokens, stateBytes, stateTokens } of kinds) {
    const kept = keptTokens ?? stateTokens;
    if (kept === undefined) continue;
    const bytes = stateTokens === undefined ? bytesPerToken : stateBytes / stateTokens;
    const blockTokens = 2 ** Math.floor(Math.log2(pageBytes / bytes));
    const key = `${kept} ${stateTokens === undefined ? 'window' : 'state'}`;
    const group = groups.get(key);
    // Windows of several classes are of one kind; an indexer's state stands beside its layer's.
    const isBeside = group !== undefined && stateTokens !== undefined && group.blockTokens !== blockTokens;
    const together = isBeside ? Math.max(group.layers, layers) : (group?.layers ?? 0) + layers;
    groups.set(key, { layers: together, kept, blockTokens: Math.min(group?.blockTokens ?? blockTokens, blockTokens) });
  }
  return [...groups.values()];
}

/** The number of layers in a group, from `least` on, that fills up the fewest; of several the largest (`_approximate_gcd`). */
function leastPadded(numbers: readonly number[], least: number): number {
  let best = least;
  let fewest = Number.POSITIVE_INFINITY;
  for (let size = least; size <= Math.max(...numbers); size++) {
    const padded = numbers.reduce((sum, number) => sum + ((size - (number % size)) % size), 0);
    if (padded <= fewest) [best, fewest] = [size, padded];
  }
  return best;
}
