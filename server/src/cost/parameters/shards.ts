import { type Experts, type LayerClass, type Model, modelOfLayer, mtpLayerOf } from '../../plan/model.ts';
import {
  expertTensors,
  finalTensors,
  headBytes,
  layerTensors,
  loadedBytes,
  matrixBytes,
  mtpTensors,
  numberType,
  positionTensors,
  storedType,
} from './parameters.ts';
import type { Bucket, Tensor } from './tensor.ts';

/**
 * What one GPU holds of a layer: bytes and parameters by bucket, with tensor parallelism `tp` in attention and dense layers
 * and `etp` inside experts. When a division is uneven, the largest shard counts.
 */
export interface Shard {
  readonly bytes: Record<Bucket, number>;
  readonly parameters: Record<Bucket, number>;
  /** The routed experts within bucket `mtp`. Like all routed experts they are copied over edp, not over dp. */
  readonly mtpExperts: { bytes: number; parameters: number };
}

export function emptyShard(): Shard {
  return { bytes: emptyBuckets(), parameters: emptyBuckets(), mtpExperts: { bytes: 0, parameters: 0 } };
}

function emptyBuckets(): Record<Bucket, number> {
  return {
    embedding: 0,
    attention: 0,
    norms: 0,
    router: 0,
    shared: 0,
    routed: 0,
    dense: 0,
    head: 0,
    mtp: 0,
    vision: 0,
  };
}

/** Adds `times` copies of the shard of each tensor; `bucket` overrides the tensors' own. */
function addTensors(
  shard: Shard,
  tensors: readonly Tensor[],
  model: Model,
  tp: number,
  etp: number,
  times: number,
  bucket?: Bucket,
): void {
  for (const tensor of tensors) {
    let { rows, columns } = tensor;
    switch (tensor.split) {
      case 'none':
        break;
      case 'tp-columns':
        columns = Math.ceil(columns / tp);
        break;
      case 'tp-rows':
        rows = Math.ceil(rows / tp);
        break;
      case 'kv-heads': {
        const heads = tensor.heads ?? 1;
        columns = (columns / heads) * Math.ceil(heads / tp);
        break;
      }
      case 'etp-columns':
        columns = Math.ceil(columns / etp);
        break;
      case 'etp-rows':
        rows = Math.ceil(rows / etp);
        break;
    }
    const key = bucket ?? tensor.bucket;
    const copies = times * tensor.count;
    shard.bytes[key] += copies * loadedBytes(model, rows, columns, storedType(model, tensor));
    shard.parameters[key] += copies * rows * columns;
  }
}

/** Adds `times` layers of a class, without routed experts. */
export function addLayers(shard: Shard, layer: LayerClass, model: Model, tp: number, times: number): void {
  addTensors(shard, layerTensors(layer, model), modelOfLayer(model, layer), tp, 1, times);
}

/** Adds `times` routed experts (or their 1/etp parts), in the types of `model`: see `modelOfLayer`. */
export function addExperts(shard: Shard, experts: Experts, model: Model, etp: number, times: number): void {
  addTensors(shard, expertTensors(experts, model.hidden), model, 1, etp, times);
}

/** Adds the token embedding. Its rows are padded to a multiple of tp and split over it (Megatron-Core, vLLM). */
export function addEmbedding(shard: Shard, model: Model, tp: number): void {
  addTable(shard, model, tp, 'embedding');
  addTensors(shard, positionTensors(model), model, tp, 1, 1);
}

/** Adds the final norm and the output head, split over the vocabulary. */
export function addHead(shard: Shard, model: Model, tp: number): void {
  if (model.vocabulary === 0) return;
  addTable(shard, model, tp, 'head');
  addFinalNorm(shard, model, tp);
}

/** Adds what a tied head needs on the stage that holds the embedding: the final norm, and a bias of its own. */
export function addFinalNorm(shard: Shard, model: Model, tp: number): void {
  addTensors(shard, finalTensors(model), model, tp, 1, 1);
}

function addTable(shard: Shard, model: Model, tp: number, bucket: 'embedding' | 'head'): void {
  const rows = Math.ceil(model.vocabulary / tp);
  shard.bytes[bucket] +=
    bucket === 'head' ? headBytes(model, rows) : matrixBytes(model.hidden, rows, numberType(model, 'embedding'));
  shard.parameters[bucket] += rows * model.hidden;
}

/**
 * Adds the multi-token-prediction modules: each is a joining projection and a layer like the last, with experts spread over
 * ep.
 */
export function addMtp(shard: Shard, model: Model, tp: number, etp: number, ep: number): void {
  const last = mtpLayerOf(model);
  if (!last || model.mtpModules === 0) return;
  addTensors(shard, mtpTensors(model), model, 1, 1, model.mtpModules, 'mtp');
  const typed = modelOfLayer(model, last);
  addTensors(shard, layerTensors(last, model), typed, tp, 1, model.mtpModules, 'mtp');
  if (last.feedForward.kind !== 'moe') return;
  const local = Math.ceil(last.feedForward.count / ep);
  const tensors = expertTensors(last.feedForward, model.hidden);
  const { bytes, parameters } = shard;
  const before = { bytes: bytes.mtp, parameters: parameters.mtp };
  addTensors(shard, tensors, typed, 1, etp, model.mtpModules * local, 'mtp');
  shard.mtpExperts.bytes += bytes.mtp - before.bytes;
  shard.mtpExperts.parameters += parameters.mtp - before.parameters;
}

/** What two stages hold together, when one GPU has both. */
export function bothShards(shard: Shard, other: Shard): Shard {
  const sum = emptyShard();
  for (const { bytes, parameters, mtpExperts } of [shard, other]) {
    for (const bucket of BUCKETS) {
      sum.bytes[bucket] += bytes[bucket];
      sum.parameters[bucket] += parameters[bucket];
    }
    sum.mtpExperts.bytes += mtpExperts.bytes;
    sum.mtpExperts.parameters += mtpExperts.parameters;
  }
  return sum;
}

const BUCKETS: readonly Bucket[] = [
  'embedding',
  'attention',
  'norms',
  'router',
  'shared',
  'routed',
  'dense',
  'head',
  'mtp',
  'vision',
];
