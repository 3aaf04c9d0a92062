import type { Cluster } from '../../plan/cluster.ts';
import type { Pool, Stage, Workload } from '../../plan/deployment.ts';
import { engineConstants } from '../constants/engines.ts';
import type { GpuMemory, PoolMemory } from '../evaluation.ts';
import type { Work } from '../layers/context.ts';
import { layerContext } from '../layers/context.ts';
import { microBatchesOf } from '../microBatches.ts';
import type { Shard } from '../shards.ts';
import { addEmbedding, addExperts, addFinalNorm, addHead, addLayers, addMtp, emptyShard } from '../shards.ts';
import type { PoolSetting } from '../stage.ts';
import { inferenceActivations, trainingActivations } from './activations.ts';
import { bufferBytes } from './buffers.ts';
import { stageClasses } from './classes.ts';
import type { CacheSize } from './kvCache.ts';
import { cacheSize, sequenceBytes } from './kvCache.ts';

/** Everything of a GPU's memory but the cache of requests. */
export interface FixedMemory extends Omit<GpuMemory, 'kvCacheBytes' | 'totalBytes' | 'freeBytes'> {
  readonly cache: CacheSize;
  readonly fixedBytes: number;
  readonly weightBytes: number;
  /** Parameters on one GPU: reduced over dp x cp, and over edp. */
  readonly denseParameters: number;
  readonly expertParameters: number;
}

/** A pool's memory before it is known how many requests it holds. */
export interface PoolBudget {
  readonly pool: Pool;
  readonly fixed: readonly FixedMemory[];
  /** Tokens of a request of full length; 0 when the workload keeps no cache. */
  readonly requestTokens: number;
  readonly requestsThatFit: number;
}

/** The memory of a pool apart from its requests. `work` is the largest micro-batch in flight. */
export function poolBudget(cluster: Cluster, setting: PoolSetting, workload: Workload, work: Work): PoolBudget {
  const { pool } = setting;
  const training = workload.kind === 'training';
  const fixed: FixedMemory[] = [];
  setting.stages.forEach((stage, index) => {
    const first = index === 0;
    const last = index === setting.stages.length - 1;
    const shard = stageShard(pool, stage.stage, first, last, training);
    const context = layerContext(stage, work);
    const classes = [...new Set(stage.stage.layers.map((layer) => pool.model.layers[layer] ?? -1))].flatMap(
      (found) => pool.model.classes[found] ?? [],
    );
    const activationBytes = training
      ? stageTrainingActivations(setting, index, work, microBatchesOf(pool, workload))
      : inferenceActivations(context, classes, last);
    for (const stageClass of stageClasses(cluster, pool, stage.stage)) {
      const held = withExperts(shard, pool, stageClass.expertsByClass);
      fixed.push(
        fixedMemory(
          pool,
          workload,
          stageClass,
          held,
          activationBytes,
          cacheSize(pool.model, pool.parallel, stage.stage),
        ),
      );
    }
  });
  const requestTokens = tokensPerRequest(pool, workload);
  return { pool, fixed, requestTokens, requestsThatFit: requestsThatFit(pool, fixed, requestTokens) };
}

/** The pool's memory with `requests` requests of full length held at once, as far as they fit. */
export function poolMemory(budget: PoolBudget, requests: number): PoolMemory {
  const { pool, fixed, requestTokens, requestsThatFit: fitting } = budget;
  const ranks = pool.parallel.dp * pool.replicas;
  // A request that does not fit at all is counted all the same: that is what takes the memory over its capacity.
  const held =
    requestTokens === 0 ? 0 : Math.max(1, Math.min(Math.ceil(requests / ranks), Math.floor(fitting / ranks)));
  let fullest = fixed[0];
  const classes = fixed.map((one): GpuMemory => {
    if (fullest && one.cache.bytesPerToken > fullest.cache.bytesPerToken) fullest = one;
    const kvCacheBytes = Math.ceil(held * sequenceBytes(one.cache, requestTokens, pool.engine.pageTokens));
    const { cache: _, weightBytes: __, denseParameters: ___, expertParameters: ____, fixedBytes, ...parts } = one;
    const totalBytes = fixedBytes + kvCacheBytes;
    return { ...parts, kvCacheBytes, totalBytes, freeBytes: one.capacityBytes - totalBytes };
  });
  return {
    classes,
    kvBytesPerToken: fullest?.cache.bytesPerToken ?? 0,
    stateBytesPerSequence: fullest?.cache.stateBytes ?? 0,
    requestsThatFit: fitting,
    requestsNeeded: requests,
  };
}

/** Prefill pools hold prompts, others whole requests; a batch forward and training keep no cache. */
function tokensPerRequest(pool: Pool, workload: Workload): number {
  if (workload.kind !== 'serving') return 0;
  return pool.role === 'prefill' ? workload.input : workload.input + workload.output;
}

/**
 * Requests of full length that fit at once. vLLM gives its memory fraction to everything, SGLang to weights and cache,
 * TensorRT-LLM applies it to what is left behind weights and activations.
 */
function requestsThatFit(pool: Pool, fixed: readonly FixedMemory[], tokens: number): number {
  if (tokens === 0) return Number.POSITIVE_INFINITY;
  const { name, memoryFraction, pageTokens } = pool.engine;
  let fewest = Number.POSITIVE_INFINITY;
  for (const one of fixed) {
    const bytes = sequenceBytes(one.cache, tokens, pageTokens);
    if (bytes === 0) continue;
    const fraction = memoryFraction ?? engineConstants(name).memoryFraction;
    const rest = one.capacityBytes - one.fixedBytes;
    let room: number;
    if (name === 'trt-llm') room = fraction * rest;
    else if (name === 'sglang') room = Math.min(rest, fraction * one.capacityBytes - one.weightBytes);
    else room = fraction * one.capacityBytes - one.fixedBytes;
    fewest = Math.min(fewest, Math.max(0, Math.floor(room / bytes)));
  }
  return fewest * pool.parallel.dp * pool.replicas;
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
    if (layers > 0) addLayers(shard, layer, model, tp, layers);
  });
  if (first) addEmbedding(shard, model, tp);
  // A tied head is the embedding itself where both are in one stage, and a copy of it in the last one otherwise.
  if (last && (!model.tied || !first)) addHead(shard, model, tp);
  else if (last) addFinalNorm(shard, model, tp);
  if (last && (training || engine.speculativeTokens > 0)) addMtp(shard, model, tp, etp, ep);
  if (first) shard.bytes.mtp += model.visionBytes;
  return shard;
}

function withExperts(shard: Shard, pool: Pool, experts: ReadonlyMap<number, number>): Shard {
  if (experts.size === 0) return shard;
  const held: Shard = { bytes: { ...shard.bytes }, parameters: { ...shard.parameters } };
  for (const [index, count] of experts) {
    const feedForward = pool.model.classes[index]?.feedForward;
    if (feedForward?.kind === 'moe') addExperts(held, feedForward, pool.model, pool.parallel.etp, count);
  }
  return held;
}

function fixedMemory(
  pool: Pool,
  workload: Workload,
  stageClass: { readonly gpuClass: GpuMemory['gpuClass']; readonly capacityBytes: number },
  shard: Shard,
  activationBytes: number,
  cache: CacheSize,
): FixedMemory {
  const { parallel, engine } = pool;
  const training = workload.kind === 'training';
  // DualPipe runs the pipeline in both directions and holds both ends' parameters (DeepSeek-V3, 3.2.1).
  const copies = training && parallel.schedule === 'dualpipe' ? 2 : 1;
  const denseShards = training && parallel.zero >= 3 ? parallel.dp * parallel.cp : 1;
  const expertShards = training && parallel.zero >= 3 ? parallel.edp : 1;
  const part = (bytes: number) => Math.ceil((copies * bytes) / denseShards);
  const { bytes } = shard;
  const weights = {
    embeddingBytes: part(bytes.embedding),
    attentionBytes: part(bytes.attention),
    routerBytes: part(bytes.router),
    sharedExpertBytes: part(bytes.shared),
    expertBytes: Math.ceil((copies * bytes.routed) / expertShards),
    denseBytes: part(bytes.dense),
    normBytes: part(bytes.norms),
    headBytes: part(bytes.head),
    otherWeightBytes: part(bytes.mtp),
  };
  let weightBytes = 0;
  for (const value of Object.values(weights)) weightBytes += value;
  const state = training ? trainingState(pool, workload.optimizer, shard) : { gradientBytes: 0, optimizerBytes: 0 };
  const held = parametersHeld(shard);
  const buffers = Math.ceil(bufferBytes(pool));
  const reserveBytes = engine.reserveBytes ?? engineConstants(engine.name).reserveBytes;
  const fixedBytes =
    weightBytes + state.gradientBytes + state.optimizerBytes + activationBytes + buffers + reserveBytes;
  return {
    gpuClass: stageClass.gpuClass,
    capacityBytes: stageClass.capacityBytes,
    ...weights,
    ...state,
    activationBytes,
    bufferBytes: buffers,
    reserveBytes,
    cache,
    fixedBytes,
    weightBytes,
    denseParameters: held.dense,
    expertParameters: held.routed,
  };
}

function parametersHeld(shard: Shard): { readonly dense: number; readonly routed: number } {
  let dense = 0;
  for (const count of Object.values(shard.parameters)) dense += count;
  return { dense: dense - shard.parameters.routed, routed: shard.parameters.routed };
}

/**
 * fp32 gradients (4 bytes per parameter) and the optimizer: Adam 12 (fp32 master weights and two moments), SGD 4; 4 less
 * where the weights themselves are fp32. ZeRO 1 shards the optimizer over dp x cp (edp for experts), 2 the gradients too
 * (Rajbhandari 2020; Megatron-Core's distributed optimizer: 6 + 12 / dp bytes per parameter with bf16 weights).
 */
function trainingState(
  pool: Pool,
  optimizer: 'adam' | 'sgd',
  shard: Shard,
): { readonly gradientBytes: number; readonly optimizerBytes: number } {
  const { dp, cp, edp, zero } = pool.parallel;
  const { dense, routed } = parametersHeld(shard);
  const master = pool.model.types.weights === 'fp32' ? 0 : 4;
  const perParameter = optimizer === 'adam' ? master + 8 : master;
  const sharded = (at: 1 | 2) => (zero >= at ? dense / (dp * cp) + routed / edp : dense + routed);
  return { gradientBytes: Math.ceil(4 * sharded(2)), optimizerBytes: Math.ceil(perParameter * sharded(1)) };
}

/**
 * Activations of training: those of every micro-batch in flight. 1F1B and zero bubble hold min(m, p - i) of stage i,
 * interleaved (2 (p - i - 1) + (v - 1) p + 1) / v by its order of chunks, DualPipe p + 1.
 */
function stageTrainingActivations(setting: PoolSetting, index: number, work: Work, m: number): number {
  const stage = setting.stages[index];
  if (!stage) return 0;
  const { model, parallel } = setting.pool;
  const context = layerContext(stage, work);
  const byClass = new Map<number, number>();
  let perMicroBatch = 0;
  for (const layer of stage.stage.layers) {
    const found = model.layers[layer] ?? -1;
    let bytes = byClass.get(found);
    if (bytes === undefined) {
      const layerClass = model.classes[found];
      bytes = layerClass ? trainingActivations(context, layerClass) : 0;
      byClass.set(found, bytes);
    }
    perMicroBatch += bytes;
  }
  const p = setting.stages.length;
  const v = parallel.schedule === 'interleaved' ? Math.max(1, parallel.vpp) : 1;
  let inFlight = Math.min(m, p - index);
  if (v > 1) inFlight = Math.min(m, ((p - index - 1) * 2 + (v - 1) * p + 1) / v);
  if (parallel.schedule === 'dualpipe') inFlight = Math.min(m, p + 1);
  const logits = index === p - 1 ? context.tokens * Math.ceil(model.vocabulary / parallel.tp) * 4 : 0;
  return Math.ceil(perMicroBatch * inFlight + logits);
}
