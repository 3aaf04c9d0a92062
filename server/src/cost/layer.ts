import type { ExpertMap } from '../plan/deployment.ts';
import type { LayerClass } from '../plan/model.ts';
import { transportOf } from './collectives/expertParallel.ts';
import { DEEPEP_MULTIPROCESSORS } from './constants/expertParallel.ts';
import { attentionOperations } from './layers/attention.ts';
import { type LayerContext, layerContext } from './layers/context.ts';
import { drawnOperations } from './layers/drawn.ts';
import { denseOperations, expertOperations } from './layers/feedForward.ts';
import type { Operation } from './operation.ts';

/**
 * Operations of one layer in order; the last is its output, unless operators drawn by hand say what leaves it. Empty for
 * a class with neither attention nor feed-forward.
 */
export function layerOperations(context: LayerContext, layer: LayerClass, map: ExpertMap | undefined): Operation[] {
  if (layer.drawn) return drawnOperations(context, layer, layer.drawn, map);
  const operations = attentionOperations(context, layer.attention);
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
  return operations;
}

export interface LayerTime {
  readonly seconds: number;
  readonly computeSeconds: number;
  readonly communicationSeconds: number;
  /** Part of `seconds` in which only communication runs. */
  readonly exposedSeconds: number;
}

export function isCommunication(operation: Operation): boolean {
  return (
    operation.kind === 'communication' ||
    ((operation.kind === 'routing' || operation.kind === 'aggregation') && operation.group !== 'gpu')
  );
}

/**
 * Time of one layer. Operations follow one another, but: shared experts run beside dispatch, experts and combine with
 * `shared-overlap` (the longer counts); with two-batch overlap two half batches alternate, `2 max(compute, communication)`
 * of a half, in which a normal DeepEP kernel takes its multiprocessors from the computation.
 */
export function layerTime(
  context: LayerContext,
  layer: LayerClass,
  map: ExpertMap | undefined,
  operations: readonly Operation[],
): LayerTime {
  const { engine, work, hardware } = context;
  const whole = split(operations, engine.sharedOverlap);
  // Kernels that are not replayed from a graph start no faster than the host launches them.
  const host =
    engine.graphs && work.phase === 'decode' ? 0 : launches(operations) * hardware.engine.launch * hardware.hostTime;
  const overhead = Math.max(hardware.engine.perLayer, host - whole.compute - whole.communication);
  const halves = engine.twoBatchOverlap && work.sequences * work.length >= 2 && whole.communication > 0;
  if (!halves) {
    return {
      seconds: whole.compute + whole.communication + overhead,
      computeSeconds: whole.compute + overhead,
      communicationSeconds: whole.communication,
      exposedSeconds: whole.communication,
    };
  }
  const half = split(layerOperations(halfContext(context), layer, map), engine.sharedOverlap);
  const transport = transportOf(engine, work.phase, hardware.family, context.links.experts.domains);
  const taken = transport === 'deepep-normal' ? DEEPEP_MULTIPROCESSORS : 0;
  const compute = 2 * (half.compute / (1 - taken / Math.max(taken + 1, hardware.gpu.multiprocessors)));
  const communication = 2 * half.communication;
  const seconds = Math.max(compute, communication);
  return {
    seconds: seconds + overhead,
    computeSeconds: compute + overhead,
    communicationSeconds: communication,
    exposedSeconds: Math.max(0, communication - compute),
  };
}

/**
 * Kernels behind an operation where it is not one. Experts are choice, permutation, two products, activation, sum and their
 * set-up; a dense network two products and the activation; queries and keys have their positions and norms, a router its
 * top-k. What is fused with its neighbour, or only drawn, has none.
 */
const KERNELS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    experts: 12,
    ffn: 3,
    'shared-experts': 3,
    'parallel-ffn': 3,
    'latent-up': 5,
    router: 2,
    'attention-add': 0,
    'ffn-add': 0,
  }),
);

function launches(operations: readonly Operation[]): number {
  const kernels = ({ key, operator }: Operation) => KERNELS.get(key) ?? (operator?.kind === 'add' ? 0 : 1);
  return operations.reduce((sum, operation) => sum + (operation.seconds > 0 ? kernels(operation) : 0), 0);
}

function halfContext(context: LayerContext): LayerContext {
  const { work } = context;
  const half =
    work.sequences >= 2 ? { ...work, sequences: work.sequences / 2 } : { ...work, length: Math.ceil(work.length / 2) };
  return layerContext(context, half);
}

function split(operations: readonly Operation[], sharedOverlap: boolean): { compute: number; communication: number } {
  let compute = 0;
  let communication = 0;
  let shared = 0;
  let beside = 0;
  for (const operation of operations) {
    if (operation.key === 'shared-experts') shared += operation.seconds;
    if (isCommunication(operation)) {
      communication += operation.seconds;
      if (operation.kind !== 'communication') beside += operation.seconds;
    } else {
      compute += operation.seconds;
      if (operation.routed) beside += operation.seconds;
    }
  }
  if (sharedOverlap) compute -= Math.min(shared, beside);
  return { compute, communication };
}
