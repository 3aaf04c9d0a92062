import { engineProfile } from '../../engines/index.ts';
import { wholeOnRanks } from '../../engines/memory.ts';
import { Memo } from '../../language/memo.ts';
import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import type { Cluster, Node } from '../../plan/cluster.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { type LayerClass, modelOfLayer } from '../../plan/model.ts';
import { profileOf } from '../attention/index.ts';
import type { GpuMemory } from '../evaluation.ts';
import type { Shard } from '../parameters/shards.ts';
import {
  addEmbedding,
  addExperts,
  addFinalNorm,
  addHead,
  addLayers,
  addMtp,
  bothShards,
  emptyShard,
} from '../parameters/shards.ts';
import type { PoolSetting } from '../steps/stage.ts';
import { stageClasses } from './classes.ts';
import type { CacheSize } from './kvCache.ts';
import { cacheSize } from './kvCache.ts';
import { dualPartner, type HeldParameters, isKeptWhole, shardsOf } from './training.ts';

/** What the GPUs of a stage hold, whatever runs through the stage. */
export interface Holding {
  readonly first: boolean;
  readonly last: boolean;
  readonly classes: readonly LayerClass[];
  readonly gpus: readonly HeldByGpu[];
  /** Elements of latent attention's up-projections on a GPU that serves, which some engines keep a second time. */
  readonly absorbedElements: number;
  /** Live tensors of a full step by its tokens. */
  readonly steps: Map<number, number>;
}

/** What one class of equal GPUs holds: its share of the weights, without what its engine keeps beside that. */
export interface HeldByGpu {
  readonly gpuClass: GpuMemory['gpuClass'];
  readonly node: Node;
  readonly weights: Weights;
  readonly weightBytes: number;
  readonly parameters: HeldParameters;
  readonly cache: CacheSize;
}

type Weights = Pick<
  GpuMemory,
  | 'embeddingBytes'
  | 'attentionBytes'
  | 'routerBytes'
  | 'sharedExpertBytes'
  | 'expertBytes'
  | 'denseBytes'
  | 'normBytes'
  | 'headBytes'
  | 'otherWeightBytes'
>;

/**
 * Keyed by the pool's passes, which belong to one layout, types, engine and kind of workload, and to one schedule and sharding of
 * training: see what `Scorer` tells plans apart by.
 */
const holdings = new Memo<PoolSetting['passes'], Map<number, Holding>>();

export function holdingOf(cluster: Cluster, setting: PoolSetting, index: number, training: boolean): Holding {
  const ofPool = holdings.get(setting.passes) ?? new Map<number, Holding>();
  holdings.set(setting.passes, ofPool);
  const holding = ofPool.get(index) ?? newHolding(cluster, setting, index, training);
  ofPool.set(index, holding);
  return holding;
}

function newHolding(cluster: Cluster, { pool, stages }: PoolSetting, index: number, training: boolean): Holding {
  const stage = stages[index]?.stage;
  if (!stage) throw new RangeError(`pool ${pool.name} has no stage ${index}`);
  const { model } = pool;
  const first = index === 0;
  const last = index === stages.length - 1;
  const shard = stageShard(pool, stage, first, last, training);
  const partner = training ? dualPartner(pool, index) : undefined;
  const other = partner && partnerShard(cluster, pool, partner);
  const classes = [...new Set(stage.layers.map((layer) => model.layers[layer] ?? -1))].flatMap(
    (classIndex) => model.classes[classIndex] ?? [],
  );
  const draftLayers = !training && last && pool.engine.speculativeTokens > 0 ? model.mtpModules : 0;
  const cache = cacheSize(pool, stage, draftLayers);
  const gpus = stageClasses(cluster, pool, stage).map(({ gpuClass, node, expertsByClass }): HeldByGpu => {
    const ownShard = withExperts(shard, pool, expertsByClass, node.gpu.family);
    const held = other ? bothShards(ownShard, other) : ownShard;
    const weights = weightsOf(pool, held, training);
    let weightBytes = 0;
    for (const value of Object.values(weights)) weightBytes += value;
    return { gpuClass, node, weights, weightBytes, parameters: parametersHeld(held), cache };
  });
  const absorbedElements = training ? 0 : absorbedBy(pool, stage);
  return { first, last, classes, gpus, absorbedElements, steps: new Map() };
}

/** Weights that a GPU holds at rest. Of sharded weights it holds its part. */
function weightsOf(pool: Pool, { bytes, mtpExperts }: Shard, training: boolean): Weights {
  const isSharded = training && pool.parallel.zero >= 3 && !isKeptWhole(pool);
  const { dense: denseShards, experts: expertShards } = isSharded ? shardsOf(pool) : { dense: 1, experts: 1 };
  const part = (whole: number, ranks = 1) => Math.ceil(whole / (denseShards * ranks));
  const ranks = training ? wholeOnRanks() : engineProfile(pool.engine.name).memory.splitOverRanks(pool);
  return {
    embeddingBytes: part(bytes.embedding),
    attentionBytes: part(bytes.attention),
    routerBytes: part(bytes.router),
    sharedExpertBytes: part(bytes.shared, ranks.shared),
    expertBytes: Math.ceil(bytes.routed / expertShards),
    denseBytes: part(bytes.dense, ranks.dense),
    normBytes: part(bytes.norms),
    headBytes: part(bytes.head, ranks.head),
    otherWeightBytes: part(bytes.mtp - mtpExperts.bytes) + Math.ceil(mtpExperts.bytes / expertShards),
  };
}

function stageShard(pool: Pool, stage: Stage, first: boolean, last: boolean, training: boolean): Shard {
  const { model, parallel, engine } = pool;
  const { tp, etp, ep } = parallel;
  const shard = emptyShard();
  const perClass = new Array<number>(model.classes.length).fill(0);
  for (const layer of stage.layers) {
    const index = model.layers[layer];
    if (index !== undefined) perClass[index] = (perClass[index] ?? 0) + 1;
  }
  model.classes.forEach((layer, index) => {
    const layers = perClass[index] ?? 0;
    if (layers === 0) return;
    addLayers(shard, layer, model, tp, layers);
  });
  if (first) addEmbedding(shard, model, tp);
  // A tied head is the embedding itself when both are in one stage, and otherwise a copy in the last stage.
  if (last && (!model.tied || !first)) addHead(shard, model, tp);
  else if (last) addFinalNorm(shard, model, tp);
  if (last && (training || engine.speculativeTokens > 0)) addMtp(shard, model, tp, etp, ep);
  // Prediction modules embed tokens again, so in training their stage holds a copy of the table.
  if (last && !first && training && model.mtpModules > 0) addEmbedding(shard, model, tp);
  if (first) shard.bytes.mtp += model.visionBytes;
  return shard;
}

/** What a GPU holds of the other stage that DualPipe gives it. When its GPUs have unequal experts, the fullest counts. */
function partnerShard(cluster: Cluster, pool: Pool, partner: Stage): Shard {
  const [fullest] = stageClasses(cluster, pool, partner).toSorted((a, b) => b.gpuClass.experts - a.gpuClass.experts);
  const shard = stageShard(pool, partner, partner.index === 0, partner.index === pool.stages.length - 1, true);
  return fullest ? withExperts(shard, pool, fullest.expertsByClass, fullest.node.gpu.family) : shard;
}

function withExperts(shard: Shard, pool: Pool, experts: ReadonlyMap<number, number>, family: GpuFamily): Shard {
  if (experts.size === 0) return shard;
  const held: Shard = { ...shard, bytes: { ...shard.bytes }, parameters: { ...shard.parameters } };
  for (const [index, count] of experts) {
    const layer = pool.model.classes[index];
    if (layer) addStored(held, layer, pool, family, count);
  }
  return held;
}

/** Elements of latent attention's up-projections in a stage. */
function absorbedBy({ parallel, model }: Pool, stage: Stage): number {
  let elements = 0;
  for (const layer of stage.layers) {
    const layerClass = model.classes[model.layers[layer] ?? -1];
    if (layerClass) elements += profileOf(layerClass.attention).absorbedElements(parallel.tp);
  }
  return elements;
}

/**
 * What a GPU that serves holds from loading on, with what the engine keeps beside its share of the weights. That depends on
 * settings of the engine that a holding does not, so it is no part of one.
 */
export function loadedOn({ engine, parallel, model }: Pool, held: HeldByGpu, absorbedElements: number): HeldByGpu {
  const { expertBytes, embeddingBytes, otherWeightBytes } = held.weights;
  const { gpu } = held.node;
  const kept = { engine, parallel, model, gpu, expertBytes, embeddingBytes, absorbedElements };
  const beside = Math.ceil(engineProfile(engine.name).memory.heldBesideWeights(kept));
  const weights = { ...held.weights, otherWeightBytes: otherWeightBytes + beside };
  return { ...held, weights, weightBytes: held.weightBytes + beside };
}

/** Adds experts of one class at the sizes at which the engine's kernels store them. */
function addStored(held: Shard, layer: LayerClass, pool: Pool, family: GpuFamily, count: number): void {
  const { engine, parallel } = pool;
  const { feedForward: experts } = layer;
  if (experts.kind !== 'moe') return;
  const model = modelOfLayer(pool.model, layer);
  const hidden = experts.latent ?? model.hidden;
  const columns = Math.ceil(experts.ffn / parallel.etp);
  const storage = { type: model.types.experts, version: engine.version, family };
  const stored = engineProfile(engine.name).memory.storedExperts({ hidden, columns }, storage);
  const isPadded = stored.hidden !== hidden || stored.columns !== columns;
  const padded = isPadded ? { ...experts, latent: stored.hidden, ffn: stored.columns * parallel.etp } : experts;
  addExperts(held, padded, model, parallel.etp, count);
}

function parametersHeld(shard: Shard): HeldParameters {
  const { parameters, mtpExperts } = shard;
  let dense = 0;
  for (const count of Object.values(parameters)) dense += count;
  const routed = parameters.routed + mtpExperts.parameters;
  return { dense: dense - routed, routed, notHidden: parameters.embedding + parameters.head + parameters.norms };
}
