import { Memo } from '../language/memo.ts';
import { type LayerClass, type Model, mtpLayerOf, tokenColumns } from '../plan/model.ts';
import { profileOf } from './attention/index.ts';
import { realChoices } from './load.ts';
import { elements, layerTensors, unvisitedTensors, visitedTensors } from './parameters/parameters.ts';

/**
 * Model FLOP of one forward pass over `sequences` sequences of `length` new tokens after `prefix` cached ones: two per
 * token and parameter of every matrix that the token meets, attention's per attended pair (`attention/`), and the output
 * head on `headRows` positions. Work that several GPUs repeat is counted once, and recomputation is not counted.
 */
export function modelFlop(model: Model, sequences: number, length: number, prefix: number, headRows: number): number {
  const tokens = sequences * length;
  const entry = model.tokenRows === undefined ? 0 : tokens * tokenColumns(model);
  let flop = 2 * (headRows * model.vocabulary + entry) * model.hidden;
  for (const { layer, count, parameters } of multipliedOf(model)) {
    flop += count * (2 * tokens * parameters + sequences * profileOf(layer.attention).pairFlop(length, prefix));
  }
  return flop;
}

/** A class of layers, their number, and the parameters that one token is multiplied with in one layer. */
interface Multiplied {
  readonly layer: LayerClass;
  readonly count: number;
  readonly parameters: number;
}

const multiplied = new Memo<Model, readonly Multiplied[]>();

/** Counted once for each model, because a search asks for it with every plan. */
function multipliedOf(model: Model): readonly Multiplied[] {
  const cachedProducts = multiplied.get(model);
  if (cachedProducts) return cachedProducts;
  const counts = new Array<number>(model.classes.length).fill(0);
  for (const index of model.layers) counts[index] = (counts[index] ?? 0) + 1;
  const products = model.classes.map((layer, index): Multiplied => {
    let parameters = profileOf(layer.attention).unshapedParameters;
    for (const tensor of layerTensors(layer, model)) {
      if (tensor.rows > 1) parameters += tensor.count * tensor.rows * tensor.columns;
    }
    if (layer.feedForward.kind === 'moe') {
      for (const { rows, columns } of unvisitedTensors(layer, model.hidden)) if (rows > 1) parameters -= rows * columns;
      parameters += realChoices(layer.feedForward) * elements(visitedTensors(layer.feedForward, model.hidden));
    }
    return { layer, count: counts[index] ?? 0, parameters };
  });
  multiplied.set(model, products);
  return products;
}

/**
 * Forward FLOP of the prediction modules over the same positions: each joins two streams (`2 h^2`) and runs its own layer
 * and the output head.
 */
export function predictionFlop(model: Model, sequences: number, length: number): number {
  const layer = mtpLayerOf(model);
  if (model.mtpModules === 0 || !layer) return 0;
  const perModule = modelFlop({ ...model, classes: [layer], layers: [0] }, sequences, length, 0, sequences * length);
  return model.mtpModules * (perModule + 4 * sequences * length * model.hidden ** 2);
}
