import { type Operation, type StageRun, shownSeconds } from '../../cost/operation.ts';
import type { ScheduleEvent } from '../../cost/schedule/events.ts';
import { isCommunication } from '../../cost/steps/layer.ts';
import type { Engine } from '../../plan/deployment.ts';
import { layerSlices, type Placed, type Run, type Step, sideBySide } from './lanes.ts';

/** `beside`: shared experts, which run beside the exchange of tokens on a stream of their own. */
export type SliceLane = 'compute' | 'beside' | 'communication';

/** An operation inside a pass of a micro-batch. Both ends are shares of the pass. */
export interface Slice {
  readonly operation: Operation;
  /** The layer, or `undefined` before the first and after the last. */
  readonly layer: number | undefined;
  readonly lane: SliceLane;
  readonly start: number;
  readonly end: number;
  /** Whether the pass would be shorter if the slice were. */
  readonly isCritical: boolean;
}

/** One way of a micro-batch through a stage or a chunk of it: the operations in the order in which they run. */
export interface Pass {
  readonly run: StageRun;
  readonly kind: Exclude<ScheduleEvent['kind'], 'FB' | 'T'>;
  readonly chunk: number;
  readonly chunks: number;
  /** Layers of the chunk. */
  readonly layers: readonly number[];
  /**
   * Training: seconds that the whole stage spends on computation and on exposed communication. Its kernels are priced by
   * factors on whole passes, so operations have proportions only among computation and among communication.
   */
  readonly seconds?: PassSeconds;
}

export interface PassSeconds {
  readonly compute: number;
  readonly communication: number;
  /** Share of the exchange of tokens that computation hides when passes run side by side. */
  readonly hidden: number;
}

/**
 * The operations of one pass, or of a forward beside a backward pass, in reverse order for the backward pass. In inference
 * each has its predicted duration, and what the engine adds is a gap after a layer. Where operations run side by side the
 * picture shows how long each runs and what the layer (in training the pass) takes; it does not know which moments
 * coincide.
 */
export function slicesOf(
  passes: readonly Pass[],
  { twoBatchOverlap }: Pick<Engine, 'twoBatchOverlap'>,
): readonly Slice[] {
  const [pass] = passes;
  if (!pass) return [];
  if (!pass.seconds) return asShares(forward(pass));
  const isBeside = twoBatchOverlap || passes.length > 1;
  const jobs = passes.map((ownPass) => asPredicted(stepsOf(ownPass), ownPass, isBeside));
  return asShares(isBeside ? sideBySide(jobs) : oneAfterAnother(jobs.flat()));
}

/** A pass of inference, layer by layer. */
function forward({ run }: Pass): { readonly placed: readonly Placed[]; readonly end: number } {
  const placed: Placed[] = [];
  let at = 0;
  const outside = (operations: readonly Operation[]): Run => ({ operations, layer: undefined, isInTurns: false });
  for (const part of [outside(run.entry), ...layersOf(run), outside(run.exit)]) {
    placed.push(...layerSlices(part, at));
    for (const operation of part.operations) at += shownSeconds(operation);
  }
  return { placed, end: at };
}

function oneAfterAnother(steps: readonly Step[]): { readonly placed: readonly Placed[]; readonly end: number } {
  let at = 0;
  const placed = steps.map((step): Placed => {
    const start = at;
    at += step.seconds;
    return { ...step, lane: laneOf(step.operation), start, end: at, isCritical: true };
  });
  return { placed, end: at };
}

function asShares({ placed, end }: { readonly placed: readonly Placed[]; readonly end: number }): readonly Slice[] {
  if (end === 0) return [];
  return placed.map(
    ({ operation, layer, lane, start, end: ends, isCritical }): Slice => ({
      operation,
      layer,
      lane,
      start: start / end,
      end: Math.min(1, ends / end),
      isCritical,
    }),
  );
}

function laneOf(operation: Operation): 'compute' | 'communication' {
  return isCommunication(operation) ? 'communication' : 'compute';
}

/**
 * Steps scaled to the times that the pass gives computation and communication. In passes beside others, communication has
 * its full duration.
 */
function asPredicted(steps: readonly Step[], { seconds, chunks }: Pass, isBeside: boolean): readonly Step[] {
  if (!seconds) return steps;
  const sums = { compute: 0, communication: 0 };
  for (const { operation, seconds: stepSeconds } of steps) sums[laneOf(operation)] += stepSeconds;
  const scale = (lane: 'compute' | 'communication') => (sums[lane] > 0 ? seconds[lane] / chunks / sums[lane] : 1);
  const scales = { compute: scale('compute'), communication: scale('communication') };
  return steps
    .map((step) => {
      const exposed = step.seconds * scales[laneOf(step.operation)];
      const isExchange = step.operation.kind === 'routing' || step.operation.kind === 'aggregation';
      return { ...step, exposed, seconds: isBeside && isExchange ? exposed / (1 - seconds.hidden) : exposed };
    })
    .filter((step) => step.seconds > 0);
}

function layersOf({ layers }: StageRun): (Run & { readonly layer: number })[] {
  return layers
    .flatMap(({ layers: equal, operations, isInTurns }) => equal.map((layer) => ({ layer, operations, isInTurns })))
    .sort((a, b) => a.layer - b.layer);
}

function stepsOf({ run, kind, chunk, chunks, layers }: Pass): readonly Step[] {
  const held = new Set(layers);
  const chunkLayers = layersOf(run).filter(({ layer }) => held.has(layer));
  const at = (layer: number | undefined) => (operation: Operation) => ({
    operation,
    layer,
    seconds: operation.seconds,
    exposed: operation.exposedSeconds,
  });
  const steps: Step[] = [
    ...(chunk === 0 ? run.entry.map(at(undefined)) : []),
    ...chunkLayers.flatMap(({ layer, operations }) => operations.map(at(layer))),
    ...(chunk === chunks - 1 ? run.exit.map(at(undefined)) : []),
    // A pass of training ends with its transfer. Elsewhere the transfer is an event of its own.
    ...(run.transfer ? [run.transfer].map(at(undefined)) : []),
  ];
  const inOrder = kind === 'F' ? steps : steps.reverse();
  // Weight gradients are computed where the activations are, so nothing is sent for them.
  return inOrder.filter(({ operation }) => operation.seconds > 0 && (kind !== 'W' || !isCommunication(operation)));
}
