import { engineProfile } from '../../engines/index.ts';
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

/** What the layers of a stage keep on one GPU of it. */
export function cacheSize(
  { model, parallel, engine }: Pick<Pool, 'model' | 'parallel' | 'engine'>,
  stage: Stage,
  draftLayers = 0,
): CacheSize {
  let bytesPerToken = 0;
  let stateBytes = 0;
  const capped: { cap: number; bytesPerToken: number }[] = [];
  const kept: CacheOfLayers[] = [];
  // Worked out per class, because a stage has many layers of few classes.
  for (const [attention, layers] of layersByAttention(model, stage, draftLayers)) {
    for (const part of keptBy(attention, model, parallel, engine)) {
      kept.push({ layers, ...part });
      bytesPerToken += layers * part.bytesPerToken;
      stateBytes += layers * part.stateBytes;
      const { keptTokens } = part;
      if (keptTokens !== undefined && part.bytesPerToken > 0)
        capped.push({ cap: keptTokens, bytesPerToken: layers * part.bytesPerToken });
    }
  }
  return { bytesPerToken, stateBytes, capped, kept: merged(kept) };
}

/** The layers of a stage by their attention, with those of prediction modules that draft there. */
function layersByAttention(model: Model, stage: Stage, draftLayers: number): ReadonlyMap<Attention, number> {
  const layers = new Map<Attention, number>();
  const add = (attention: Attention | undefined, count: number) => {
    if (attention && count > 0) layers.set(attention, (layers.get(attention) ?? 0) + count);
  };
  const byClass = new Array<number>(model.classes.length).fill(0);
  for (const layer of stage.layers) {
    const index = model.layers[layer] ?? -1;
    if (index >= 0) byClass[index] = (byClass[index] ?? 0) + 1;
  }
  model.classes.forEach(({ attention }, index) => {
    add(attention, byClass[index] ?? 0);
  });
  add(mtpLayerOf(model)?.attention, draftLayers);
  return layers;
}

/** Layers that keep the same are of one kind. */
function merged(kept: readonly CacheOfLayers[]): readonly CacheOfLayers[] {
  const kinds = new Map<string, CacheOfLayers>();
  for (const part of kept) {
    const { layers, bytesPerToken, keptTokens, stateBytes, stateTokens } = part;
    const key = `${bytesPerToken},${keptTokens},${stateBytes},${stateTokens}`;
    kinds.set(key, { ...part, layers: (kinds.get(key)?.layers ?? 0) + layers });
  }
  return [...kinds.values()];
}

/** One cache of a layer. */
type Kept = Omit<CacheOfLayers, 'layers'>;

/**
 * The class of attention gives the amounts (`attention/`). Context parallelism, of all steps or of decode, divides the tokens, so
 * each rank keeps its share of them; a state is whole on each rank.
 */
function keptBy(attention: Attention, model: Model, parallel: Parallel, engine: Engine): readonly Kept[] {
  const elementBytes = BYTES_PER_ELEMENT[model.types.kv];
  const { indexesEveryLayer } = engineProfile(engine.name).memory;
  const form = { scalesLatent: engine.scalesLatent, indexesEveryLayer };
  const caches = profileOf(attention).caches(elementBytes, parallel.tp, form);
  return caches.map(({ bytesPerToken, bytesPerSequence, keptTokens, stateTokens }) => ({
    bytesPerToken: bytesPerToken / (parallel.cp * (parallel.dcp ?? 1)),
    stateBytes: bytesPerSequence,
    keptTokens,
    ...(stateTokens !== undefined && { stateTokens }),
  }));
}

/** Bytes of one sequence of `tokens` tokens, in whole pages. */
export function sequenceBytes(cache: CacheSize, tokens: number, page: number): number {
  let bytes = cache.stateBytes + cache.bytesPerToken * Math.ceil(tokens / page) * page;
  for (const { cap, bytesPerToken } of cache.capped) {
    if (cap < tokens) bytes -= bytesPerToken * page * (Math.ceil(tokens / page) - Math.ceil(cap / page));
  }
  return bytes;
}
