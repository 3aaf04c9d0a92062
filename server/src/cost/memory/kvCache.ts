import type { CacheOfLayers } from '../../engines/memory.ts';
import type { Attention } from '../../plan/attention.ts';
import type { Engine, Pool, Stage } from '../../plan/deployment.ts';
import type { Model } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT, mtpLayerOf } from '../../plan/model.ts';
import type { Parallel } from '../../plan/parallel.ts';
import { profileOf } from '../attention/index.ts';

/** KV cache of one stage on one GPU. */
export interface CacheSize {
  /** Bytes of one more token of one sequence, until a window is full. */
  readonly bytesPerToken: number;
  /** State of linear layers per sequence. */
  readonly stateBytes: number;
  /** Layers with a cap on the tokens they keep: the cap, and bytes per token. */
  readonly capped: readonly { readonly cap: number; readonly bytesPerToken: number }[];
  /** The same by kind of layer. */
  readonly kept: readonly CacheOfLayers[];
}

/** What decides a cache beside model, degrees and layers. */
export interface CacheForm {
  /** Prediction modules that draft on the stage: each keeps what a layer of theirs keeps. */
  readonly draftLayers?: number;
  readonly scalesSparseLatent?: boolean;
}

/** What the layers of a stage keep on one GPU of it. */
export function cacheSize(
  { model, parallel, engine }: Pick<Pool, 'model' | 'parallel' | 'engine'>,
  stage: Stage,
  draftLayers = 0,
): CacheSize {
  // Worked out per class, because a stage has many layers of few classes.
  const keptByClass = model.classes.map(({ attention }) => keptBy(attention, model, parallel, engine));
  const layersByClass = model.classes.map(
    (_, index) => stage.layers.filter((layer) => model.layers[layer] === index).length,
  );
  const draft = mtpLayerOf(model);
  // What a module keeps depends on its attention alone: its weights may have types of their own.
  const draftClass = model.classes.findIndex(({ attention }) => attention === draft?.attention);
  if (draftClass >= 0) layersByClass[draftClass] = (layersByClass[draftClass] ?? 0) + draftLayers;
  let bytesPerToken = 0;
  let stateBytes = 0;
  const capped: { cap: number; bytesPerToken: number }[] = [];
  const kept = keptByClass.flatMap((layer, index): CacheOfLayers[] => {
    const layers = layersByClass[index] ?? 0;
    bytesPerToken += layers * layer.bytesPerToken;
    stateBytes += layers * layer.stateBytes;
    if (layer.cap !== undefined && layers > 0) {
      capped.push({ cap: layer.cap, bytesPerToken: layers * layer.bytesPerToken });
    }
    return layers === 0 ? [] : [{ layers, keptTokens: layer.cap, ...layer }];
  });
  return { bytesPerToken, stateBytes, capped, kept: merged(kept) };
}

/** Classes that keep the same are one kind. */
function merged(kept: readonly CacheOfLayers[]): readonly CacheOfLayers[] {
  const kinds = new Map<string, CacheOfLayers>();
  for (const { layers, bytesPerToken, keptTokens, stateBytes } of kept) {
    const key = `${bytesPerToken},${keptTokens},${stateBytes}`;
    const before = kinds.get(key)?.layers ?? 0;
    kinds.set(key, { layers: before + layers, bytesPerToken, keptTokens, stateBytes });
  }
  return [...kinds.values()];
}

/** What one layer keeps per token, up to a cap, and per sequence. */
interface Kept {
  readonly bytesPerToken: number;
  readonly stateBytes: number;
  readonly cap: number | undefined;
}

/**
 * The class of attention gives the amounts (`attention/`). Context parallelism, of all steps or of decode, divides the
 * tokens, so each rank keeps its share of them; a state is whole on each rank. The cap of the first cache holds for everything that the layer keeps.
 */
function keptBy(attention: Attention, model: Model, parallel: Parallel, { scalesLatent }: Engine): Kept {
  const elementBytes = BYTES_PER_ELEMENT[model.types.kv];
  const caches = profileOf(attention).caches(elementBytes, parallel.tp, scalesLatent);
  let tokenBytes = 0;
  let stateBytes = 0;
  for (const cache of caches) {
    tokenBytes += cache.bytesPerToken;
    stateBytes += cache.bytesPerSequence;
  }
  return { bytesPerToken: tokenBytes / (parallel.cp * (parallel.dcp ?? 1)), stateBytes, cap: caches[0]?.keptTokens };
}

/** Bytes of one sequence of `tokens` tokens, in whole pages. */
export function sequenceBytes(cache: CacheSize, tokens: number, page: number): number {
  let bytes = cache.stateBytes + cache.bytesPerToken * Math.ceil(tokens / page) * page;
  for (const { cap, bytesPerToken } of cache.capped) {
    if (cap < tokens) bytes -= bytesPerToken * page * (Math.ceil(tokens / page) - Math.ceil(cap / page));
  }
  return bytes;
}
