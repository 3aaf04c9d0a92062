import type { Attention } from '../plan/attention.ts';
import { type LayerClass, type Model, mtpLayerOf } from '../plan/model.ts';
import { attendedPairs } from './kernels/attention.ts';
import { realChoices } from './load.ts';
import { elements, expertTensors, layerTensors } from './parameters.ts';

/**
 * Model FLOP of one forward pass over `sequences` sequences of `length` new tokens behind `prefix` cached ones: two per
 * token and parameter of every matrix that the token meets, `2 n_h (d_qk + d_v)` per attended pair, and the output head on
 * `headRows` positions. Work that is done twice on several GPUs is counted once, recomputation is not counted.
 */
export function modelFlop(model: Model, sequences: number, length: number, prefix: number, headRows: number): number {
  const tokens = sequences * length;
  let flop = 2 * headRows * model.vocabulary * model.hidden;
  for (const { layer, count, parameters } of multipliedOf(model)) {
    flop += count * (2 * tokens * parameters + sequences * attentionFlop(layer.attention, length, prefix));
  }
  return flop;
}

/** A class of layers, how many there are of it, and the parameters that one token is multiplied with in one. */
interface Multiplied {
  readonly layer: LayerClass;
  readonly count: number;
  readonly parameters: number;
}

const multiplied = new WeakMap<Model, readonly Multiplied[]>();

/** Counted once for each model: a search asks for every plan. */
function multipliedOf(model: Model): readonly Multiplied[] {
  const known = multiplied.get(model);
  if (known) return known;
  const counts = new Array<number>(model.classes.length).fill(0);
  for (const index of model.layers) counts[index] = (counts[index] ?? 0) + 1;
  const all = model.classes.map((layer, index): Multiplied => {
    let parameters = 0;
    for (const tensor of layerTensors(layer, model.hidden)) {
      if (tensor.rows > 1) parameters += tensor.count * tensor.rows * tensor.columns;
    }
    if (layer.attention.kind === 'linear') parameters += layer.attention.parameters ?? 0;
    if (layer.feedForward.kind === 'moe') {
      parameters += realChoices(layer.feedForward) * elements(expertTensors(layer.feedForward, model.hidden));
    }
    return { layer, count: counts[index] ?? 0, parameters };
  });
  multiplied.set(model, all);
  return all;
}

/**
 * Forward FLOP of the prediction modules over the same positions: each joins two streams (`2 h^2`), runs its own layer
 * and the output head.
 */
export function predictionFlop(model: Model, sequences: number, length: number): number {
  const layer = mtpLayerOf(model);
  if (model.mtpModules === 0 || !layer) return 0;
  const one = modelFlop({ ...model, classes: [layer], layers: [0] }, sequences, length, 0, sequences * length);
  return model.mtpModules * (one + 4 * sequences * length * model.hidden ** 2);
}

function attentionFlop(attention: Attention, length: number, prefix: number): number {
  if (attention.kind === 'none') return 0;
  if (attention.kind === 'linear') return attention.stateBytes * length;
  const index = attention.indexer?.topK ?? Number.POSITIVE_INFINITY;
  if (attention.kind === 'mla') {
    const widths = attention.nopeSize + attention.ropeSize + attention.valueSize;
    return 2 * attention.heads * widths * attendedPairs(length, prefix, index);
  }
  const cap = Math.min(index, attention.window ?? index, attention.chunk ?? index);
  const widths = attention.headSize + attention.valueHeadSize;
  return 2 * attention.heads * widths * attendedPairs(length, prefix, cap);
}
