import { engineProfile } from '../../engines/index.ts';
import { layersOfChunks, repeatedLayers } from '../../plan/chunks.ts';
import type { Pool, Stage, TrainingWorkload } from '../../plan/deployment.ts';
import { BYTES_PER_ELEMENT, mtpLayerOf } from '../../plan/model.ts';
import type { Offload } from '../../plan/parallel.ts';
import type { LayerContext, Work } from '../layers/context.ts';
import { layerContext } from '../layers/context.ts';
import { expertsOf } from '../parameters/parameters.ts';
import { microBatchesOf } from '../schedule/microBatches.ts';
import type { PoolSetting } from '../steps/stage.ts';
import { microBatchesInFlight, peakOfChunks } from './inFlight.ts';
import { trainingActivations } from './trainingActivations.ts';

/** Parameters on one GPU: those of routed experts, and all others. */
export interface HeldParameters {
  readonly dense: number;
  readonly routed: number;
  /** Parameters of the dense ones that are in no hidden matrix: embedding, head and norms. */
  readonly notHidden: number;
}

/**
 * Number of GPUs over which ZeRO shards a parameter, and one of an expert. Fewer shards than GPUs mean that several
 * instances hold copies, and experts are then sharded within each instance too (Megatron-Core's
 * `num_distributed_optimizer_instances`, whose functional tests of two instances on 4 and 8 GPUs are met to 3 %).
 */
export function shardsOf(pool: Pool): { readonly dense: number; readonly experts: number } {
  const { dp, cp, edp, shards } = pool.parallel;
  const dense = Math.min(dp * cp, shards ?? Number.POSITIVE_INFINITY);
  const instances = (dp * cp) / dense;
  return { dense, experts: Math.max(1, edp / instances) };
}

function isOffloaded({ parallel }: Pool, what: Offload): boolean {
  return parallel.offload?.includes(what) === true;
}

/** Layers whose activations are on the GPU when activations are kept on the host: one computes while the next is fetched. */
const LAYERS_ON_GPU = 2;

/** Whether a stage's sharded weights and gradients stay whole between the micro-batches of a pipeline. */
export function isKeptWhole({ engine, parallel }: Pool): boolean {
  return parallel.pp > 1 && engineProfile(engine.name).training.keepsPipelinedWhole;
}

/**
 * Gradients (fp32 by default) and the optimizer: Adam has 12 bytes per parameter (fp32 master weights and two moments),
 * of types of their own where the plan says so, Muon 8 (one moment; Adam's for embedding, head and norms, Jordan 2024), SGD 4; each has 4 less when the weights
 * themselves are fp32. ZeRO 1 shards the optimizer over dp x cp (edp for experts), 2 the gradients too (Rajbhandari 2020;
 * Megatron-Core's distributed optimizer: 6 + 12 / dp bytes per parameter with bf16 weights). Frozen weights have neither.
 */
export function trainingState(
  pool: Pool,
  workload: TrainingWorkload,
  { dense, routed, notHidden }: HeldParameters,
): { readonly gradientBytes: number; readonly optimizerBytes: number } {
  if (workload.trainable === 'adapters') return { gradientBytes: 0, optimizerBytes: 0 };
  const { zero } = pool.parallel;
  const { types } = pool.model;
  // When shards are the fp32 weights themselves, the weights already count these four bytes.
  const isMaster = engineProfile(pool.engine.name).training.shardsAreMaster && zero >= 3 && !isKeptWhole(pool);
  const main = BYTES_PER_ELEMENT[types.main ?? 'fp32'];
  const master = Math.max(0, main - (types.weights === 'fp32' || isMaster ? BYTES_PER_ELEMENT[types.weights] : 0));
  const firstMoment = BYTES_PER_ELEMENT[types.firstMoment ?? types.moments ?? 'fp32'];
  const secondMoment = BYTES_PER_ELEMENT[types.secondMoment ?? types.moments ?? 'fp32'];
  const moments = { adam: firstMoment + secondMoment, muon: firstMoment, sgd: 0 }[workload.optimizer];
  const isWhole = isKeptWhole(pool);
  const shards = shardsOf(pool);
  const sharded = (at: 1 | 2) => (zero >= at ? dense / shards.dense + routed / shards.experts : dense + routed);
  const second = workload.optimizer === 'muon' ? (secondMoment * notHidden) / (zero >= 1 ? shards.dense : 1) : 0;
  return {
    gradientBytes: Math.ceil(BYTES_PER_ELEMENT[types.gradients ?? 'fp32'] * (isWhole ? dense + routed : sharded(2))),
    optimizerBytes: isOffloaded(pool, 'optimizer') ? 0 : Math.ceil((master + moments) * sharded(1) + second),
  };
}

/**
 * The other stage that a GPU of a stage holds. DualPipe runs the pipeline in both directions, so rank i keeps stages i and
 * p - 1 - i with parameters, gradients and optimizer (DeepSeek-V3, 3.2.1). Undefined for other schedules and odd pipelines.
 */
export function dualPartner(pool: Pool, index: number): Stage | undefined {
  const stages = pool.stages.length;
  if (pool.parallel.schedule !== 'dualpipe' || stages % 2 !== 0) return undefined;
  return pool.stages[stages - 1 - index];
}

/**
 * Peak activations of one GPU of a stage: those of every micro-batch in flight, and the larger of the loss (logits in 16
 * bits, in fp32, and what the engine keeps of their gradient) and one layer that is being recomputed. Each of DualPipe's
 * two stages has half of the micro-batches.
 */
export function stageTrainingActivations(
  setting: PoolSetting,
  index: number,
  work: Work,
  workload: TrainingWorkload,
): number {
  const { pool } = setting;
  const saved = savedIn(setting, index, work, workload);
  const partner = dualPartner(pool, index);
  const partnerSaved = partner ? savedIn(setting, partner.index, work, workload) : saved;
  const microBatches = microBatchesOf(pool, workload);
  const inFlight = microBatchesInFlight(pool, index, setting.stages.length, microBatches);
  const once = Math.max(saved.once, partnerSaved.once);
  const { training } = engineProfile(pool.engine.name);
  const stage = setting.stages[index];
  const buffers = stage
    ? training.pipelineBufferBytes(layerContext(stage, work), index, Math.ceil(inFlight), microBatches)
    : 0;
  const grouped = expertsOf(pool.model) ? training.groupedWorkspaceBytes(pool.engine) : 0;
  const workspace = training.workspaceBytes + grouped;
  const held = saved.byChunk
    ? peakOfChunks(index, setting.stages.length, microBatches, saved.byChunk)
    : ((saved.perMicroBatch + partnerSaved.perMicroBatch) / 2) * inFlight;
  const onGpu = isOffloaded(pool, 'activations')
    ? Math.min(held, LAYERS_ON_GPU * Math.max(saved.ofLayer, partnerSaved.ofLayer))
    : held;
  return Math.ceil(onGpu + once + buffers + workspace);
}

/**
 * What an engine's allocator holds in addition to what it has given out: a share of everything that a step newly allocates,
 * which is activations, gathered weights and gradients. State that lives on leaves no gaps.
 */
export function reservedBytes(pool: Pool, activationBytes: number, gradientBytes: number, weightBytes: number): number {
  const gathered = isKeptWhole(pool) ? weightBytes : 0;
  const { reservedShare } = engineProfile(pool.engine.name).training;
  return Math.ceil(reservedShare * (activationBytes + gradientBytes + gathered));
}

interface Saved {
  readonly perMicroBatch: number;
  /** ... in each chunk, where a layout makes them unequal. */
  readonly byChunk?: readonly number[];
  /** The most that it leaves in a layer. */
  readonly ofLayer: number;
  /** The most that exists only once: the loss or a recomputed layer. */
  readonly once: number;
}

/** Bytes that each micro-batch leaves in a stage. */
function savedIn(setting: PoolSetting, index: number, work: Work, workload: TrainingWorkload): Saved {
  const stage = setting.stages[index];
  if (!stage) return { perMicroBatch: 0, ofLayer: 0, once: 0 };
  const { pool } = setting;
  const { model, parallel, engine } = pool;
  const { training } = engineProfile(engine.name);
  const context = layerContext(stage, work);
  const again = repeatedLayers(stage.stage, parallel);
  const whole = withoutRecompute(context);
  const byClass = new Map<string, number>();
  let perMicroBatch = 0;
  let repeated = 0;
  const kept = (layerIndex: number): number => {
    const classIndex = model.layers[layerIndex] ?? -1;
    const isWhole = parallel.recompute.includes('full') && !again.has(layerIndex);
    const key = `${classIndex} ${isWhole}`;
    const cachedBytes = byClass.get(key);
    if (cachedBytes !== undefined) return cachedBytes;
    const layer = model.classes[classIndex];
    const bytes = layer ? trainingActivations(isWhole ? whole : context, layer, workload) : 0;
    byClass.set(key, bytes);
    if (isWhole) return bytes;
    const isRepeated = parallel.recompute.includes('full') || training.holdsRepeatedLayer;
    if (layer && isRepeated && parallel.recompute.length > 0) {
      repeated = Math.max(
        repeated,
        trainingActivations(whole, layer, workload) + training.backwardBytes(context, layer),
      );
    }
    return bytes;
  };
  for (const layer of stage.stage.layers) perMicroBatch += kept(layer);
  const stages = setting.stages.length;
  const isLast = index === stages - 1;
  const module = mtpLayerOf(model);
  const ofModules = isLast && module ? model.mtpModules * trainingActivations(context, module, workload) : 0;
  perMicroBatch += ofModules;
  const { chunks } = stage.stage;
  const byChunk =
    chunks && chunks.length > 1 && parallel.schedule === 'interleaved'
      ? layersOfChunks(stage.stage, chunks.length).map((layers, chunk) =>
          layers.reduce((sum, layer) => sum + kept(layer), chunk === chunks.length - 1 ? ofModules : 0),
        )
      : undefined;
  const rows = context.tokens * Math.ceil(model.vocabulary / parallel.tp);
  const heads = 1 + model.mtpModules;
  const loss = isLast
    ? rows * training.lossBytes(engine, heads, parallel.tp) + heads * training.headInputBytes(context)
    : 0;
  return {
    perMicroBatch,
    ...(byChunk && { byChunk }),
    ofLayer: Math.max(0, ...byClass.values()),
    once: Math.max(loss, repeated),
  };
}

function withoutRecompute(context: LayerContext): LayerContext {
  return { ...context, parallel: { ...context.parallel, recompute: [] } };
}
