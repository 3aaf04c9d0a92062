import type { ExpertMap } from '../../plan/deployment.ts';
import { type LayerClass, modelOfLayer } from '../../plan/model.ts';
import { PROJECTION_KERNELS, profileOf } from '../attention/index.ts';
import { transportOf } from '../collectives/expertParallel.ts';
import { DEEPEP_MULTIPROCESSORS } from '../constants/expertParallel.ts';
import { precisionOf } from '../hardware.ts';
import { elementwise } from '../kernels/elementwise.ts';
import type { CollectivePart } from '../kernels/primitive.ts';
import { type LayerContext, layerContext, operation, residualShape, sumOf } from '../layers/context.ts';
import { drawnOperations } from '../layers/drawn.ts';
import { denseOperations, expertOperations } from '../layers/feedForward.ts';
import { product } from '../layers/products.ts';
import { type Operation, shownSeconds } from '../operation.ts';

/**
 * Operations of one layer in order. The last is the layer's output, unless hand-drawn operators say what leaves it. Empty
 * for a class with neither attention nor feed-forward.
 */
function layerOperations(ofStage: LayerContext, layer: LayerClass, map: ExpertMap | undefined): Operation[] {
  const context = { ...ofStage, model: modelOfLayer(ofStage.model, layer) };
  if (layer.drawn) return drawnOperations(context, layer, layer.drawn, map);
  const operations = profileOf(layer.attention).operations(context);
  const input = operations.at(-1)?.key ?? 'input';
  switch (layer.feedForward.kind) {
    case 'none':
      break;
    case 'dense':
      operations.push(...denseOperations(context, layer.feedForward, input));
      break;
    case 'moe':
      operations.push(...expertOperations(context, layer.feedForward, map, input));
      break;
  }
  if (layer.tokenWidth !== undefined)
    operations.push(tokenInput(context, layer.tokenWidth, operations.at(-1)?.key ?? 'input'));
  return operations;
}

/** What a layer mixes in of its token's own vector: a gate, the product with it, the way back, a norm and the sum. */
function tokenInput(context: LayerContext, width: number, input: string): Operation {
  const { model, hardware, residualTokens, activationBytes } = context;
  const shape = residualShape(context);
  const gate = product(context, residualTokens, width, model.hidden, model.types.weights);
  const back = product(context, residualTokens, model.hidden, width, model.types.weights);
  const elements = residualTokens * (4 * model.hidden + 3 * width);
  const mixed = elementwise(hardware, elements * activationBytes, elements);
  const cost = sumOf(gate, back, mixed);
  return operation('token-input', 'per-layer embedding', 'compute', 'gpu', [input], shape, shape, cost);
}

/** Operations of one layer as they run, with their time together. */
export interface TimedOperations {
  /** Operations with their exposed times. The last also has the time that the engine adds. */
  readonly operations: readonly Operation[];
  /** The sum of `exposedSeconds` and the time that the engine adds. */
  readonly seconds: number;
  /** Part of `seconds` in which only communication runs. */
  readonly exposedSeconds: number;
  /** Whether two halves of the batch take turns: one computes while the other communicates. */
  readonly isInTurns: boolean;
}

export function isCommunication(operation: Operation): boolean {
  return (
    operation.kind === 'communication' ||
    ((operation.kind === 'routing' || operation.kind === 'aggregation') && operation.group !== 'gpu')
  );
}

/** The collectives over groups of GPUs that make up an operation, as they are priced, without those that send nothing. */
export function collectivesOf(operation: Operation): readonly CollectivePart[] {
  const { group, bytes, formula, parts, pricedSeconds: seconds = operation.seconds } = operation;
  if (parts) return parts.filter((part) => part.bytes > 0);
  const isOver = group === 'tp' || group === 'cp' || group === 'etp' || group === 'expert-group';
  return isOver && bytes > 0 ? [{ group, bytes, seconds, formula }] : [];
}

/**
 * One layer over time. Operations follow one another, with two exceptions. With `shared-overlap` shared experts run beside
 * dispatch, experts and combine (the longer counts). With two-batch overlap two half batches alternate, `2 max(compute,
 * communication)` of a half, in which a normal DeepEP kernel takes its multiprocessors from the computation. A single
 * decoding sequence cannot be halved, so a mean batch between one and two is a mix of both cases. In training
 * `two-batch-overlap` pairs a forward with a backward pass instead, which is priced with the passes.
 */
export function timedOperations(context: LayerContext, layer: LayerClass, map: ExpertMap | undefined): TimedOperations {
  const { engine, work } = context;
  const whole = layerOperations(context, layer, map);
  const isHalved =
    engine.twoBatchOverlap &&
    work.phase !== 'training' &&
    whole.some((operation) => isCommunication(operation) && operation.seconds > 0);
  const parts = work.phase === 'decode' ? work.sequences : work.sequences * work.length;
  if (!isHalved || parts <= 1) return asTimed(oneAfterAnother(context, whole), false);
  const part = (share: number) => layerContext(context, { ...work, sequences: work.sequences * share });
  const halves = (halfOperations: readonly Operation[], half: LayerContext) =>
    takingTurns(context, halfOperations, layerOperations(half, layer, map));
  if (parts >= 2) return asTimed(halves(whole, part(1 / 2)), true);
  const single = oneAfterAnother(context, layerOperations(part(1 / parts), layer, map));
  return asTimed(blended(whole, single, halves(whole, part(1 / parts)), parts - 1), true);
}

function asTimed(operations: readonly Operation[], isInTurns: boolean): TimedOperations {
  let seconds = 0;
  let exposed = 0;
  for (const operation of operations) {
    seconds += shownSeconds(operation);
    if (isCommunication(operation)) exposed += operation.exposedSeconds;
  }
  return { operations, seconds, exposedSeconds: exposed, isInTurns };
}

/** Runs operations one after another. Shared experts are hidden as long as what they run beside takes. */
function oneAfterAnother(context: LayerContext, operations: readonly Operation[]): readonly Operation[] {
  const beside = (operation: Operation) => isCommunication(operation) && operation.kind !== 'communication';
  const exposed = context.engine.sharedOverlap ? besideExperts(operations, beside) : operations;
  return withEngine(context, exposed, launches(context, operations));
}

/**
 * Two halves, each with the operations `half`: one computes while the other communicates, and the layer takes the longer of
 * the two. Shared experts are then hidden beside the experts alone, because the exchange that they would run beside already
 * has the other half's computation beside it.
 */
function takingTurns(
  context: LayerContext,
  whole: readonly Operation[],
  half: readonly Operation[],
): readonly Operation[] {
  const { engine, work, hardware, links } = context;
  const transport = transportOf(engine, work.phase, hardware.gpu.family, links.experts.domains);
  const taken = transport === 'deepep-normal' ? DEEPEP_MULTIPROCESSORS : 0;
  const slowed = 1 / (1 - taken / Math.max(taken + 1, hardware.gpu.multiprocessors));
  const twice = whole.map((operation, index): Operation => {
    const { flop, bytes, seconds, bound, formula, constants, given, imbalance, parts } = half[index] ?? operation;
    const slower = isCommunication(operation) ? 1 : slowed;
    const both = 2 * seconds * slower;
    return {
      ...operation,
      flop: 2 * flop,
      bytes: 2 * bytes,
      seconds: both,
      exposedSeconds: both,
      bound,
      formula,
      constants,
      ...(given && { given: { ...given, halves: 2, slower } }),
      ...(imbalance !== undefined && { imbalance }),
      ...(parts && { parts: parts.map((part) => ({ ...part, bytes: 2 * part.bytes, seconds: 2 * part.seconds })) }),
    };
  });
  const exposed = engine.sharedOverlap ? besideExperts(twice, () => false) : twice;
  let compute = 0;
  let communication = 0;
  for (const operation of exposed) {
    if (isCommunication(operation)) communication += operation.seconds;
    else compute += operation.exposedSeconds;
  }
  const shown = communication > 0 ? Math.max(0, communication - compute) / communication : 0;
  const hidden = exposed.map((operation) =>
    isCommunication(operation) ? { ...operation, exposedSeconds: shown * operation.seconds } : operation,
  );
  return withEngine(context, hidden, 2 * launches(context, half));
}

/** Exposes the part of the shared experts that takes longer than the experts and the other operations beside them. */
function besideExperts(
  operations: readonly Operation[],
  alsoBeside: (operation: Operation) => boolean,
): readonly Operation[] {
  let beside = 0;
  for (const operation of operations) if (operation.routed || alsoBeside(operation)) beside += operation.seconds;
  return operations.map((operation) =>
    operation.key === SHARED ? { ...operation, exposedSeconds: Math.max(0, operation.seconds - beside) } : operation,
  );
}

/** The operation that `shared-overlap` runs on a stream of its own. */
const SHARED = 'shared-experts';

/**
 * Adds the engine's time between kernels. Kernels that are not replayed from a graph start no faster than the host launches
 * `kernels` of them, so a layer takes at least that time.
 */
function withEngine(
  { engine, work, hardware }: LayerContext,
  operations: readonly Operation[],
  kernels: number,
): readonly Operation[] {
  const isReplayed = engine.graphs && work.phase === 'decode';
  const host = isReplayed ? 0 : kernels * hardware.engine.launch * hardware.hostTime;
  let seconds = 0;
  for (const { exposedSeconds } of operations) seconds += exposedSeconds;
  const gaps = isReplayed ? (kernels - inside(operations)) * hardware.replayGap : 0;
  const engineSeconds = Math.max(hardware.engine.perLayer, gaps, host - seconds);
  const last = operations.length - 1;
  return engineSeconds > 0
    ? operations.map((operation, index) => (index === last ? { ...operation, engineSeconds } : operation))
    : operations;
}

/** Kernels of experts but the first: what lies between them is part of their measured time. */
function inside(operations: readonly Operation[]): number {
  return operations.some(({ routed }) => routed) ? (KERNELS.get('experts') ?? 1) - 1 : 0;
}

/** A mean of two ways to run the same operations, with the second way taking `share` of the time. */
function blended(
  whole: readonly Operation[],
  first: readonly Operation[],
  second: readonly Operation[],
  share: number,
): readonly Operation[] {
  return whole.map((operation, index): Operation => {
    const [left, right] = [first[index] ?? operation, second[index] ?? operation];
    const mean = (quantityOf: (operation: Operation) => number) =>
      (1 - share) * quantityOf(left) + share * quantityOf(right);
    const parts = right.parts?.map((part, at) => {
      const before = left.parts?.[at] ?? part;
      return {
        ...part,
        bytes: (1 - share) * before.bytes + share * part.bytes,
        seconds: (1 - share) * before.seconds + share * part.seconds,
      };
    });
    // A mean of two sizes follows from no single set of inputs.
    const { given: _, ...plain } = operation;
    const engineSeconds = mean((side) => side.engineSeconds ?? 0);
    return {
      ...plain,
      flop: mean((side) => side.flop),
      bytes: mean((side) => side.bytes),
      seconds: mean((side) => side.seconds),
      exposedSeconds: mean((side) => side.exposedSeconds),
      ...(engineSeconds > 0 && { engineSeconds }),
      ...(parts && { parts }),
    };
  });
}

/**
 * Number of kernels behind an operation, when it is not one. Experts are choice, permutation, two products, activation, sum
 * and their set-up; a dense network is two products and the activation; a router has its top-k. Classes of attention state
 * the kernels of their projections. An operation that is fused with its neighbour, or only drawn, has none.
 */
const KERNELS: ReadonlyMap<string, number> = new Map([
  ...PROJECTION_KERNELS,
  ...Object.entries({
    experts: 12,
    ffn: 3,
    'shared-experts': 3,
    'parallel-ffn': 3,
    'token-input': 4,
    router: 2,
    'attention-add': 0,
    'ffn-add': 0,
  }),
]);

/**
 * Products of an operation whose activations a kernel of its own brings to the narrow type of the weights, where operations are
 * launched one by one.
 */
const NARROWED: Readonly<Record<string, number>> = {
  qkv: 1,
  'latent-down': 1,
  'latent-up': 2,
  'output-projection': 1,
  experts: 2,
  ffn: 2,
  'shared-experts': 2,
  'parallel-ffn': 2,
};

const FUSED_EXPERTS = 6;

function launches({ hardware, model }: LayerContext, operations: readonly Operation[]): number {
  const { eager } = hardware.kernels;
  const { attention, experts } = model.types;
  const narrows = (key: string) =>
    ['fp8', 'fp8-block', 'fp4'].includes(precisionOf(hardware.gpu, key === 'experts' ? experts : attention));
  const kernels = ({ key, eagerKernels = 0, operator }: Operation) => {
    const fused = KERNELS.get(key) ?? (operator?.kind === 'add' ? 0 : 1);
    if (!eager) return fused;
    // Experts of four bits have kernels that choose and permute tokens themselves (TensorRT-LLM's, in FlashInfer).
    if (key === 'experts' && precisionOf(hardware.gpu, experts) === 'fp4') return FUSED_EXPERTS;
    return fused + eagerKernels + (narrows(key) ? (NARROWED[key] ?? 0) : 0);
  };
  return operations.reduce((sum, operation) => sum + (operation.seconds > 0 ? kernels(operation) : 0), 0);
}
