import { linearMatrices } from '../../plan/drawnLayer.ts';
import type { Experts, FeedForward, LayerClass, Model, NumberType } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT, modelOfLayer, mtpLayerOf, tokenColumns, typeOfPart } from '../../plan/model.ts';
import { profileOf } from '../attention/index.ts';
import type { ModelParameters, ParameterCounts } from '../evaluation.ts';
import { lastResidualTensors, layerResidualTensors } from './residual.ts';
import { type Bucket, matrix, moduleMatrix, type Tensor, type TensorClass, vector } from './tensor.ts';

/** Matrices of a feed-forward network whose inner width is split over tp. */
function feedForwardTensors(
  bucket: 'dense' | 'shared',
  hidden: number,
  ffn: number,
  gated: boolean,
  bias: boolean,
): Tensor[] {
  const name = bucket === 'shared' ? 'shared' : 'ffn';
  const up = moduleMatrix(`${name}-up`, bucket, 'weights', 'tp-columns', hidden, ffn);
  const down = moduleMatrix(`${name}-down`, bucket, 'weights', 'tp-rows', ffn, hidden);
  const tensors = [...(gated ? [up, up] : [up]), down];
  if (bias) tensors.push(vector(bucket, 'tp-columns', gated ? 2 * ffn : ffn), vector(bucket, 'none', hidden));
  return tensors;
}

/** The tensors of one routed expert, with those of the expert of pictures that lies beside it. */
export function expertTensors(experts: Experts, hidden: number): Tensor[] {
  const tensors = visitedTensors(experts, hidden);
  if (experts.visionFfn !== undefined) tensors.push(...visitedTensors({ ...experts, ffn: experts.visionFfn }, hidden));
  return tensors;
}

/** The tensors of one routed expert that a token of text meets there. */
export function visitedTensors(experts: Experts, hidden: number): Tensor[] {
  const width = experts.latent ?? hidden;
  const up = moduleMatrix('expert-up', 'routed', 'experts', 'etp-columns', width, experts.ffn);
  const down = moduleMatrix('expert-down', 'routed', 'experts', 'etp-rows', experts.ffn, width);
  const tensors = [...(experts.gated ? [up, up] : [up]), down];
  if (experts.bias) {
    tensors.push(
      vector('routed', 'etp-columns', experts.gated ? 2 * experts.ffn : experts.ffn),
      vector('routed', 'none', width),
    );
  }
  return tensors;
}

function routerTensors({ count, zero, routerBias }: Experts, hidden: number): Tensor[] {
  const router = matrix('router', 'wide', 'none', hidden, count + zero);
  return routerBias ? [router, vector('router', 'none', count + zero)] : [router];
}

/** The tensors of a feed-forward block without its routed experts. */
function sharedTensors(feedForward: FeedForward, hidden: number): Tensor[] {
  if (feedForward.kind === 'none') return [];
  if (feedForward.kind === 'dense') {
    return feedForwardTensors('dense', hidden, feedForward.ffn, feedForward.gated, feedForward.bias);
  }
  const tensors = routerTensors(feedForward, hidden);
  if (feedForward.visionFfn !== undefined) tensors.push(...routerTensors(feedForward, hidden));
  if (feedForward.sharedFfn > 0) {
    tensors.push(...feedForwardTensors('shared', hidden, feedForward.sharedFfn, feedForward.gated, feedForward.bias));
  }
  if (feedForward.sharedGate) tensors.push(matrix('shared', 'wide', 'none', hidden, 1));
  if (feedForward.latent !== undefined) {
    tensors.push(
      moduleMatrix('latent', 'shared', 'weights', 'none', hidden, feedForward.latent),
      moduleMatrix('latent', 'shared', 'weights', 'none', feedForward.latent, hidden),
    );
    if (feedForward.latentNorm) tensors.push(vector('norms', 'none', feedForward.latent));
  }
  if (feedForward.parallelFfn !== undefined) {
    tensors.push(...feedForwardTensors('dense', hidden, feedForward.parallelFfn, true, false));
  }
  return tensors;
}

/** Those of `layerTensors` that tokens of text do not meet: the router of pictures. */
export function unvisitedTensors({ feedForward }: LayerClass, hidden: number): Tensor[] {
  if (feedForward.kind !== 'moe' || feedForward.visionFfn === undefined) return [];
  return routerTensors(feedForward, hidden);
}

/** Every tensor of one layer of a class except its routed experts. */
export function layerTensors(layer: LayerClass, model: Pick<Model, 'hidden' | 'residual'>): Tensor[] {
  const { hidden } = model;
  const tensors = profileOf(layer.attention).tensors(hidden);
  tensors.push(...layerResidualTensors(model));
  tensors.push(...sharedTensors(layer.feedForward, hidden));
  if (layer.norms > 0) tensors.push(vector('norms', 'none', layer.norms * hidden));
  if (layer.tokenWidth !== undefined) {
    tensors.push(
      matrix('dense', 'weights', 'none', hidden, layer.tokenWidth),
      matrix('dense', 'weights', 'none', layer.tokenWidth, hidden),
      vector('norms', 'none', hidden),
    );
  }
  if (layer.isScaled) tensors.push(vector('norms', 'none', 1));
  if (layer.drawn?.beside) {
    const { ffn, gated, bias } = layer.drawn.beside;
    tensors.push(...feedForwardTensors('dense', hidden, ffn, gated, bias));
  }
  for (const { rows, columns } of linearMatrices(layer, hidden))
    tensors.push(matrix('dense', 'weights', 'none', rows, columns));
  return tensors;
}

/**
 * What a multi-token-prediction module adds to its own layer: the joining projection, which stays 16 bits wide in the fp8
 * checkpoint, and three norms (DeepSeek-V3, 2.2).
 */
export function mtpTensors(model: Pick<Model, 'hidden' | 'mtpNorms' | 'residual'>): Tensor[] {
  const { hidden, mtpNorms = 3 } = model;
  const joining = [matrix('mtp', 'wide', 'none', 2 * hidden, hidden), vector('mtp', 'none', mtpNorms * hidden)];
  return model.residual?.kind === 'streams' ? [...joining, ...lastResidualTensors(model)] : joining;
}

/** Number type of a class of tensor. `wide` tensors are fp32 in an fp32 model and 16-bit otherwise. */
export function numberType(model: Model, type: TensorClass): NumberType {
  const { types } = model;
  if (type === 'fp32') return 'fp32';
  if (type === 'wide') return types.weights === 'fp32' ? 'fp32' : 'bf16';
  return types[type];
}

/** Number type of a tensor: that of its module, or of its class. */
export function storedType(model: Model, { part, type }: Tensor): NumberType {
  return part === undefined || type === 'wide'
    ? numberType(model, type)
    : (model.types.parts?.[part] ?? numberType(model, type));
}

/** Bytes of the output head, or of that part of its outputs. Its outputs are the vocabulary, as the rows of the token table are. */
export function headBytes(model: Model, outputs: number): number {
  return loadedBytes(model, model.hidden, outputs, typeOfPart(model, 'head', 'embedding'));
}

/** Exact bytes of one matrix of [rows, columns], including block scales (one fp32 per 128 x 128, rounded up) and those of outputs. */
export function matrixBytes(rows: number, columns: number, type: NumberType): number {
  if (type === 'fp8-block') return rows * columns + 4 * Math.ceil(rows / 128) * Math.ceil(columns / 128);
  if (type === 'fp8-channel') return rows * columns + 4 * columns;
  return Math.ceil(rows * columns * BYTES_PER_ELEMENT[type]);
}

/** Bytes of a matrix of a model: `matrixBytes`, and a zero point of half a byte for each int4 group where they are loaded. */
export function loadedBytes({ types }: Pick<Model, 'types'>, rows: number, columns: number, type: NumberType): number {
  const group = types.zeroPoints === 'loaded' ? INT4_GROUPS[type] : undefined;
  return matrixBytes(rows, columns, type) + (group === undefined ? 0 : Math.ceil((rows * columns) / group / 2));
}

/** Elements that share a scale and a zero point. */
const INT4_GROUPS: Readonly<Partial<Record<NumberType, number>>> = { int4: 32, 'int4-64': 64, 'int4-128': 128 };

/**
 * What the first stage holds beside the token embedding: learned positions, and the table of per-layer embeddings with the
 * projection of the stream that is added to them and its norm (transformers, `Gemma4TextModel`; vLLM splits both over tp).
 */
export function positionTensors(model: Model): Tensor[] {
  const { positions, tokenRows, hidden } = model;
  const tensors: Tensor[] = [];
  if (positions !== undefined) tensors.push(matrix('embedding', 'embedding', 'none', positions, hidden));
  if (tokenRows !== undefined) {
    const columns = tokenColumns(model);
    const width = Math.max(...model.classes.map(({ tokenWidth = 0 }) => tokenWidth));
    tensors.push(
      matrix('embedding', 'embedding', 'tp-rows', tokenRows, columns),
      matrix('dense', 'weights', 'tp-columns', hidden, columns),
      vector('norms', 'none', width),
    );
  }
  return tensors;
}

/** Tensors after the last layer other than the head's matrix: the final norm, and the head's bias if it has one. */
export function finalTensors(model: Model): Tensor[] {
  if (model.vocabulary === 0) return [];
  const tensors = [vector('norms', 'none', (model.finalNorms ?? 1) * model.hidden), ...lastResidualTensors(model)];
  return model.headBias ? [...tensors, vector('head', 'tp-columns', model.vocabulary)] : tensors;
}

/** Parameters by class, each an exact integer. A vision tower of known bytes is 16 bits wide. */
export function countsOf(model: Model): ParameterCounts {
  const { hidden, vocabulary } = model;
  const counts: Record<Bucket, number> = {
    embedding: vocabulary * hidden,
    attention: 0,
    norms: 0,
    router: 0,
    shared: 0,
    routed: 0,
    dense: 0,
    head: model.tied ? 0 : vocabulary * hidden,
    mtp: 0,
    vision: Math.round(model.visionBytes / 2),
  };
  for (const { layer, times } of classCounts(model)) {
    for (const tensor of layerTensors(layer, model)) {
      counts[tensor.bucket] += times * tensor.count * tensor.rows * tensor.columns;
    }
    counts.routed += times * routedParameters(layer, hidden);
  }
  for (const tensor of [...positionTensors(model), ...finalTensors(model)]) {
    counts[tensor.bucket] += tensor.rows * tensor.columns;
  }
  counts.mtp = model.mtpModules * mtpModuleParameters(model);
  return counts;
}

/** Parameters of one prediction module without copies of tables. */
export function mtpModuleParameters(model: Model): number {
  const { hidden } = model;
  const last = mtpLayerOf(model);
  if (!last) return 0;
  return elements(mtpTensors(model)) + elements(layerTensors(last, model)) + routedParameters(last, hidden);
}

/** The classes of a model with the number of layers of each. */
function classCounts(model: Model): { readonly layer: LayerClass; readonly times: number }[] {
  const perClass = new Array<number>(model.classes.length).fill(0);
  for (const index of model.layers) perClass[index] = (perClass[index] ?? 0) + 1;
  return model.classes.map((layer, index) => ({ layer, times: perClass[index] ?? 0 }));
}

function routedParameters({ feedForward }: LayerClass, hidden: number): number {
  return feedForward.kind === 'moe' ? feedForward.count * elements(expertTensors(feedForward, hidden)) : 0;
}

export function elements(tensors: readonly Tensor[]): number {
  let sum = 0;
  for (const tensor of tensors) sum += tensor.count * tensor.rows * tensor.columns;
  return sum;
}

function tensorBytes(tensors: readonly Tensor[], model: Model): number {
  let sum = 0;
  for (const tensor of tensors) {
    sum += tensor.count * loadedBytes(model, tensor.rows, tensor.columns, storedType(model, tensor));
  }
  return sum;
}

/** The first class with routed experts, or undefined for a dense model. */
export function expertsOf(model: Model): Experts | undefined {
  for (const { feedForward } of model.classes) if (feedForward.kind === 'moe') return feedForward;
  return undefined;
}

/** The model with the types of its first layer with experts. */
function expertModelOf(model: Model): Model {
  const first = model.classes.find(({ feedForward }) => feedForward.kind === 'moe');
  return first ? modelOfLayer(model, first) : model;
}

/**
 * Parameters and stored bytes of the whole model. `active` counts what one token is multiplied with: everything except the
 * embedding, the prediction modules, the vision tower and the experts that it does not visit. A tied head is counted
 * because it is used. Makers also count the embedding (`activeWithEmbedding`), or neither table (`activeInLayers`).
 */
export function parametersOf(model: Model): ModelParameters {
  const counts = countsOf(model);
  const experts = expertsOf(model);
  const expert = experts ? expertTensors(experts, model.hidden) : [];
  let total = 0;
  for (const value of Object.values(counts)) total += value;
  let visited = 0;
  for (const { layer, times } of classCounts(model)) {
    const { feedForward } = layer;
    if (feedForward.kind !== 'moe') continue;
    const real = feedForward.count / (feedForward.count + feedForward.zero);
    visited += times * feedForward.topK * real * elements(visitedTensors(feedForward, model.hidden));
    visited -= times * elements(unvisitedTensors(layer, model.hidden));
  }
  const layers = total - counts.embedding - counts.head - counts.mtp - counts.vision - counts.routed + visited;
  const head = model.tied ? model.vocabulary * model.hidden : counts.head;
  return {
    counts,
    total,
    active: layers + head,
    activeWithEmbedding: layers + counts.head + counts.embedding,
    activeInLayers: layers,
    perExpert: elements(expert),
    bytesPerExpert: tensorBytes(expert, expertModelOf(model)),
    weightBytes: modelBytes(model),
  };
}

/** Bytes of the weights of the whole model. */
export function modelBytes(model: Model): number {
  let bytes = model.visionBytes + tensorBytes([...positionTensors(model), ...finalTensors(model)], model);
  for (const { layer, times } of classCounts(model)) bytes += times * layerBytes(layer, model);
  const table = matrixBytes(model.hidden, model.vocabulary, numberType(model, 'embedding'));
  if (model.vocabulary > 0) bytes += table + (model.tied ? 0 : headBytes(model, model.vocabulary));
  const last = mtpLayerOf(model);
  if (!last || model.mtpModules === 0) return bytes;
  return bytes + model.mtpModules * (tensorBytes(mtpTensors(model), model) + layerBytes(last, model));
}

function layerBytes(layer: LayerClass, model: Model): number {
  const typed = modelOfLayer(model, layer);
  let bytes = tensorBytes(layerTensors(layer, model), typed);
  if (layer.feedForward.kind === 'moe') {
    bytes += layer.feedForward.count * tensorBytes(expertTensors(layer.feedForward, model.hidden), typed);
  }
  return bytes;
}
