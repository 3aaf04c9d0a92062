import {
  BYTES_PER_ELEMENT,
  type LayerClass,
  type Model,
  modelOfLayer,
  mtpLayerOf,
  type NumberType,
  typeOfPart,
} from '../../plan/model.ts';
import {
  countsOf,
  expertTensors,
  finalTensors,
  headBytes,
  layerTensors,
  loadedBytes,
  matrixBytes,
  modelBytes,
  mtpModuleParameters,
  mtpTensors,
  numberType,
  positionTensors,
  storedType,
} from './parameters.ts';
import type { Tensor } from './tensor.ts';

/**
 * What a checkpoint counts as its parameters. Published totals differ in meaning: the model alone, or everything in the
 * files, with prediction modules, their copies of embedding and head, the vision tower, scales of fp8 blocks and stored
 * rotary frequencies.
 */
export interface CheckpointParts {
  /** The language model alone. */
  readonly main: number;
  readonly mtp: number;
  /** Copies of embedding and head inside the prediction modules. */
  readonly copies: number;
  /** The head of a tied model, when a checkpoint stores it a second time. */
  readonly tiedHead: number;
  readonly vision: number;
  /** One number per block of 128 x 128 of each fp8-block matrix, for the language model and for its prediction modules. */
  readonly scales: number;
  readonly mtpScales: number;
  readonly rotaryFrequencies: number;
  /** Modules that a server of text does not load, and tensors that nothing reads. */
  readonly apart: number;
  readonly unused: number;
}

export function checkpointOf(model: Model): CheckpointParts {
  const { mtp: stated, vision, ...parts } = countsOf(model);
  let main = 0;
  for (const value of Object.values(parts)) main += value;
  const perClass = model.classes.map((layer) => layerScales(layer, model));
  let scales = scalesOf(finalTensors(model), model);
  for (const index of model.layers) scales += perClass[index] ?? 0;
  const last = mtpLayerOf(model);
  const extras = model.checkpoint;
  const unstated = extras?.unstatedModules ?? 0;
  const modules = model.mtpModules + unstated;
  const mtp = stated + unstated * mtpModuleParameters(model);
  return {
    main,
    mtp,
    copies: modules * (extras?.copiedTables ?? 0) * model.vocabulary * model.hidden,
    tiedHead: model.tied ? model.vocabulary * model.hidden : 0,
    vision,
    scales,
    mtpScales: last ? modules * layerScales(last, model) : 0,
    rotaryFrequencies: extras?.rotaryFrequencies ?? 0,
    apart: extras?.apart ?? 0,
    unused: extras?.unused ?? 0,
  };
}

/**
 * Bytes of all tensors that a checkpoint stores: those of the model, copies of tables in prediction modules, rotary frequencies
 * (fp32), the head of a tied model where it is stored too, and what is not quantised of tensors that a server does not load.
 */
export function storedBytes(model: Model, hasHead: boolean): number {
  const { copies, tiedHead, rotaryFrequencies, apart, unused } = checkpointOf(model);
  const table = BYTES_PER_ELEMENT[model.types.embedding];
  const wide = BYTES_PER_ELEMENT[numberType(model, 'wide')];
  const { zeroPoints } = model.types;
  const withZeroPoints: Model = zeroPoints ? { ...model, types: { ...model.types, zeroPoints: 'loaded' } } : model;
  return (
    modelBytes(withZeroPoints) +
    table * (copies + (hasHead ? tiedHead : 0)) +
    4 * rotaryFrequencies +
    wide * (apart + unused)
  );
}

function layerScales(layer: LayerClass, model: Model): number {
  const { feedForward } = layer;
  const typed = modelOfLayer(model, layer);
  const routed =
    feedForward.kind === 'moe' ? feedForward.count * scalesOf(expertTensors(feedForward, model.hidden), typed) : 0;
  return routed + scalesOf(layerTensors(layer, model), typed);
}

function scalesOf(tensors: readonly Tensor[], model: Model): number {
  let scales = 0;
  for (const tensor of tensors) {
    const { rows, columns, count } = tensor;
    const stored = storedType(model, tensor);
    if (stored === 'fp8-block') scales += count * Math.ceil(rows / 128) * Math.ceil(columns / 128);
    if (stored === 'fp8-channel') scales += count * columns;
  }
  return scales;
}

/**
 * Bytes of weights by the type in which they are stored, including the scales of a type. They sum to the model's weight
 * bytes.
 */
export function bytesByType(model: Model): ReadonlyMap<NumberType, number> {
  const bytes = new Map<NumberType, number>();
  const add = (type: NumberType, amount: number) => bytes.set(type, (bytes.get(type) ?? 0) + amount);
  const addTensors = (tensors: readonly Tensor[], times: number, typed = model) => {
    for (const tensor of tensors) {
      const stored = storedType(typed, tensor);
      add(stored, times * tensor.count * loadedBytes(typed, tensor.rows, tensor.columns, stored));
    }
  };
  const addLayer = (layer: LayerClass, times: number) => {
    const typed = modelOfLayer(model, layer);
    addTensors(layerTensors(layer, model), times, typed);
    const { feedForward } = layer;
    if (feedForward.kind !== 'moe') return;
    addTensors(expertTensors(feedForward, model.hidden), times * feedForward.count, typed);
  };
  model.classes.forEach((layer, index) => {
    const times = model.layers.filter((classIndex) => classIndex === index).length;
    if (times > 0) addLayer(layer, times);
  });
  addTensors([...positionTensors(model), ...finalTensors(model)], 1);
  const last = mtpLayerOf(model);
  if (last && model.mtpModules > 0) {
    addTensors(mtpTensors(model), model.mtpModules);
    addLayer(last, model.mtpModules);
  }
  const { vocabulary, hidden } = model;
  const table = numberType(model, 'embedding');
  if (vocabulary > 0) add(table, matrixBytes(hidden, vocabulary, table));
  const head = typeOfPart(model, 'head', 'embedding');
  if (vocabulary > 0 && !model.tied) add(head, headBytes(model, vocabulary));
  if (model.visionBytes > 0) add('bf16', model.visionBytes);
  return bytes;
}

/** Words of a basis, with what each adds to the total. `all_logical` is everything with a meaning of its own. */
const WORDS: Readonly<Record<string, (parts: CheckpointParts, withMtp: boolean) => number>> = {
  main: ({ main }) => main,
  all_logical: ({ main, mtp, copies, vision, apart, unused }) => main + mtp + copies + vision + apart + unused,
  mtp: ({ mtp }) => mtp,
  mtp_copies: ({ copies }) => copies,
  duplicates: ({ copies, tiedHead }) => copies + tiedHead,
  vision: ({ vision }) => vision,
  apart: ({ apart }) => apart,
  fp8_block_scales: ({ scales, mtpScales }, withMtp) => scales + (withMtp ? mtpScales : 0),
  stored_inv_freq: ({ rotaryFrequencies }) => rotaryFrequencies,
};

/** The total for a basis such as `all_logical+fp8_block_scales`, or the word of the basis that is not known. */
export function totalOn(basis: string, model: Model): number | { readonly unknown: string } {
  const parts = checkpointOf(model);
  const words = basis.split('+').map((word) => word.trim());
  const withMtp = words.includes('all_logical') || words.includes('mtp');
  let total = 0;
  for (const word of words) {
    const part = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (!part) return { unknown: word };
    total += part(parts, withMtp);
  }
  return total;
}
