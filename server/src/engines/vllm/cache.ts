import type { CacheOfLayers, GpuLoad, LoggedTokens } from '../memory.ts';
import { isBefore } from '../version.ts';
import { isCompressed, tupleLayout } from './tuples.ts';

/** What decides how vLLM lays its cache out. */
type Setting = Pick<GpuLoad, 'engine' | 'parallel'>;

/**
 * vLLM's cache: one pool of blocks of equal size for all kinds of layers (0.22: `get_kv_cache_groups` in
 * v1/core/kv_cache_utils.py). A block holds some tokens, or a state, of one group of layers.
 */
interface CacheLayout {
  readonly blockBytes: number;
  readonly groups: number;
  /** Tokens of a request in the smallest block, over all ranks that share them. */
  readonly blockTokens: number;
  /** Blocks of one request of a length. */
  readonly blocksOf: (length: number) => number;
}

/** The line `GPU KV cache size`. */
export const loggedTokens: LoggedTokens = (kept, cacheBytes, setting) => {
  const layout = layoutOf(kept, setting);
  if (!layout) return undefined;
  const { groups, blockTokens, blocksOf } = layout;
  const { version, maxContext } = setting.engine;
  const blocks = Math.max(0, Math.floor(cacheBytes / layout.blockBytes));
  // Since 0.20.2 it is the number of longest requests that fit times their length; before, the blocks of one group.
  if (maxContext === undefined || isBefore(version, '0.20.2')) return Math.floor(blocks / groups) * blockTokens;
  return Math.floor((blocks / blocksOf(maxContext)) * maxContext);
};

/** Bytes that the cache of one request of a length takes on a GPU. */
export function requestBytes(kept: readonly CacheOfLayers[], length: number, setting: Setting): number {
  const layout = layoutOf(kept, setting);
  return layout ? layout.blocksOf(length) * layout.blockBytes : 0;
}

function layoutOf(kept: readonly CacheOfLayers[], setting: Setting): CacheLayout | undefined {
  const kinds = kept.filter(({ bytesPerToken, stateBytes }) => bytesPerToken + stateBytes > 0);
  const ofTokens = kinds.filter(({ bytesPerToken }) => bytesPerToken > 0);
  if (ofTokens.length === 0) return undefined;
  if (isCompressed(kinds)) {
    const { pageTokens } = setting.engine;
    const { blockBytes, blocksOf } = tupleLayout(kinds, pageTokens);
    const blocks = (length: number) => blocksOf(length, inFlight(setting.engine));
    return { blockBytes, groups: 1, blockTokens: pageTokens, blocksOf: blocks };
  }
  // Before 0.9 every layer keeps all tokens.
  const isUniform =
    ofTokens.every(({ keptTokens }) => keptTokens === undefined) || isBefore(setting.engine.version, '0.9');
  return isUniform && ofTokens.length === kinds.length ? oneGroup(ofTokens, setting) : equalGroups(kinds, setting);
}

/** Ranks that share the tokens of a request. */
function sharing({ parallel }: Setting): number {
  return parallel.cp * (parallel.dcp ?? 1);
}

/** All layers keep all tokens: a block is a page of each, however wide. */
function oneGroup(kinds: readonly CacheOfLayers[], setting: Setting): CacheLayout {
  const blockTokens = setting.engine.pageTokens * sharing(setting);
  let perToken = 0;
  for (const { layers, bytesPerToken } of kinds) perToken += layers * bytesPerToken;
  return {
    blockBytes: perToken * blockTokens,
    groups: 1,
    blockTokens,
    blocksOf: (length) => Math.ceil(length / blockTokens),
  };
}

/** A group may be this much larger than the smallest kind of layers, where that spares a second group of it. */
const LARGER_GROUP = 1.5;

/**
 * Layers of different kinds are put into groups of equally many, as many as the smallest kind has; the last group of a kind
 * is filled up. Pages of all kinds are as large as the largest.
 */
function equalGroups(kinds: readonly CacheOfLayers[], setting: Setting): CacheLayout {
  const numbers = kinds.map(({ layers }) => layers);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const size = most < LARGER_GROUP * least ? most : least;
  const share = sharing(setting);
  const pageBytes = largestPage(kinds, setting);
  const parts = kinds.map((kind) => ({
    kind,
    groups: Math.ceil(kind.layers / size),
    blockTokens: kind.bytesPerToken > 0 ? Math.floor(pageBytes / (kind.bytesPerToken * share)) * share : 0,
  }));
  return {
    blockBytes: size * pageBytes,
    groups: parts.reduce((sum, { groups }) => sum + groups, 0),
    blockTokens: Math.min(...parts.flatMap(({ blockTokens }) => (blockTokens > 0 ? blockTokens : []))),
    blocksOf: (length) =>
      parts.reduce(
        (sum, { kind, groups, blockTokens }) => sum + groups * blocksOfKind(kind, length, blockTokens, setting),
        0,
      ),
  };
}

/** Kernels of attention work on multiples of this many tokens. */
const KERNEL_TOKENS = 16;

/**
 * Bytes of one page of one layer. Where layers keep a state, attention's pages are made as long as a state is large, in whole
 * steps of its kernels (0.22: `update_block_size_for_backend` in platforms/interface.py).
 */
function largestPage(kinds: readonly CacheOfLayers[], setting: Setting): number {
  const { pageTokens } = setting.engine;
  const widest = Math.max(...kinds.map(({ bytesPerToken }) => bytesPerToken)) * sharing(setting);
  const state = Math.max(...kinds.map(({ bytesPerToken, stateBytes }) => (bytesPerToken > 0 ? 0 : stateBytes)));
  const aligned = KERNEL_TOKENS * Math.ceil(state / (KERNEL_TOKENS * widest));
  return Math.max(pageTokens, aligned) * widest;
}

/** Blocks of a request in one group of a kind. */
function blocksOfKind(
  { keptTokens, bytesPerToken }: CacheOfLayers,
  length: number,
  blockTokens: number,
  { engine }: Setting,
): number {
  if (bytesPerToken === 0) return statesOf(engine);
  if (keptTokens === undefined) return Math.ceil(length / blockTokens);
  // A window keeps what is in flight beside its tokens, and may begin within a block.
  return Math.ceil(Math.min(keptTokens - 1 + inFlight(engine), length) / blockTokens) + 1;
}

/**
 * States of a request: one for each drafted token beside its own, and a further one where prefixes are cached, which is the
 * default for such models since 0.28 (`ModelConfig.is_prefix_caching_supported`).
 */
function statesOf({ version, speculativeTokens }: Setting['engine']): number {
  return (isBefore(version, '0.28') ? 1 : 2) + speculativeTokens;
}

/** Tokens of steps in flight: since 0.26 two steps overlap (`max_in_flight_tokens`, asynchronous scheduling). */
function inFlight({ version, stepTokens }: Setting['engine']): number {
  return isBefore(version, '0.26') ? stepTokens : 2 * stepTokens;
}
