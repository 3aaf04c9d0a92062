import { isCommunication } from '../../cost/layer.ts';
import type { Operation, StageRun } from '../../cost/operation.ts';
import type { ScheduleEvent } from '../../cost/scheduleEvents.ts';
import type { Engine } from '../../plan/deployment.ts';

/** `beside`: shared experts, which run beside the exchange of tokens on a stream of their own. */
export type SliceLane = 'compute' | 'beside' | 'communication';

/** An operation inside a pass of a micro-batch; both ends are shares of the pass. */
export interface Slice {
  readonly operation: Operation;
  /** The layer, or `undefined` before the first and behind the last. */
  readonly layer: number | undefined;
  readonly lane: SliceLane;
  readonly start: number;
  readonly end: number;
  /** The pass would be shorter if it were. */
  readonly isCritical: boolean;
}

/** What runs side by side: half a micro-batch beside the other (two-batch overlap), shared experts beside the exchange. */
export type Overlap = Pick<Engine, 'twoBatchOverlap' | 'sharedOverlap'>;

/** One way of a micro-batch through (a chunk of) a stage: the operations in the order in which they run. */
export interface Pass {
  readonly run: StageRun;
  readonly kind: Exclude<ScheduleEvent['kind'], 'FB' | 'T'>;
  readonly chunk: number;
  readonly chunks: number;
  /**
   * Training: what the whole stage spends on computation, and on communication that nothing hides. Its kernels are priced by
   * factors on whole passes, so operations have proportions only among computation and among communication.
   */
  readonly seconds?: PassSeconds;
}

export interface PassSeconds {
  readonly compute: number;
  readonly communication: number;
  /** Share of the exchange of tokens that runs behind computation where passes stand side by side. */
  readonly hidden: number;
}

interface Step {
  readonly operation: Operation;
  readonly layer: number | undefined;
  readonly seconds: number;
}

interface Placed extends Step {
  readonly lane: SliceLane;
  readonly start: number;
  readonly end: number;
  /** What had to end first; -1 where nothing had. */
  readonly after: number;
}

/**
 * The operations of one pass, or of a forward beside a backward pass, each as soon as what is before it in its pass has
 * ended and its stream is free; backwards in the backward pass. Operations have the proportions of their predicted times and
 * are stretched evenly to the length of the pass, which holds what the cost model adds (launches, recomputation) or takes
 * off: the length of a pass is the prediction, the place of an operation in it a picture.
 */
export function slicesOf(passes: readonly Pass[], overlap: Overlap): readonly Slice[] {
  const jobs = passes.flatMap((pass) => {
    const isSplit = passes.length === 1 && overlap.twoBatchOverlap;
    const steps = asPredicted(stepsOf(pass), pass, isSplit || passes.length > 1);
    if (!isSplit || !steps.some(({ operation }) => isCommunication(operation))) return [steps];
    const half = steps.map((step) => ({ ...step, seconds: step.seconds / 2 }));
    return [half, half];
  });
  const placed = placedOf(jobs, overlap.sharedOverlap);
  let end = 0;
  let last = -1;
  for (const [index, one] of placed.entries()) {
    if (one.end < end) continue;
    end = one.end;
    last = index;
  }
  if (end === 0) return [];
  const critical = new Set<number>();
  for (; last >= 0 && !critical.has(last); last = placed[last]?.after ?? -1) critical.add(last);
  return placed.map(
    ({ operation, layer, lane, start, end: ends }, index): Slice => ({
      operation,
      layer,
      lane,
      start: start / end,
      end: ends / end,
      isCritical: critical.has(index),
    }),
  );
}

/** Operations that shared experts run beside. */
const BESIDE: ReadonlySet<string> = new Set(['dispatch', 'experts', 'combine']);

/** A pass on its way: how far it is, and when its exchange of tokens began and what runs beside that will end. */
class Way {
  readonly steps: readonly Step[];
  next = 0;
  free = 0;
  last = -1;
  /** Layer, start and what came before the newest exchange of tokens. */
  exchange: { readonly layer: number | undefined; readonly start: number; readonly after: number } | undefined;
  /** Shared experts that were started before the exchange, as in a backward pass: the layer ends no sooner. */
  beside: { readonly end: number; readonly index: number } | undefined;

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  waitFor(end: number, index: number): void {
    if (end <= this.free) return;
    this.free = end;
    this.last = index;
  }
}

/** One step after the other on two streams, and one for shared experts; always the step that can start first. */
function placedOf(jobs: readonly (readonly Step[])[], sharedOverlap: boolean): readonly Placed[] {
  const placed: Placed[] = [];
  const ways = jobs.map((steps) => new Way(steps));
  const streams: Record<SliceLane, { free: number; last: number }> = {
    compute: { free: 0, last: -1 },
    beside: { free: 0, last: -1 },
    communication: { free: 0, last: -1 },
  };
  const place = (step: Step, lane: SliceLane, ready: number, before: number): Placed => {
    const stream = streams[lane];
    const start = Math.max(ready, stream.free);
    const made = { ...step, lane, start, end: start + step.seconds, after: stream.free > ready ? stream.last : before };
    placed.push(made);
    stream.free = made.end;
    stream.last = placed.length - 1;
    return made;
  };
  for (;;) {
    const way = nextOf(ways, (step) => streams[laneOf(step.operation)].free);
    const step = way?.steps[way.next];
    if (!way || !step) return placed;
    const isExchange = BESIDE.has(step.operation.key);
    if (way.beside && !isExchange) {
      way.waitFor(way.beside.end, way.beside.index);
      way.beside = undefined;
    }
    way.next++;
    if (sharedOverlap && step.operation.key === 'shared-experts') {
      const begun = way.exchange?.layer === step.layer ? way.exchange : undefined;
      const { end } = place(step, 'beside', begun?.start ?? way.free, begun?.after ?? way.last);
      if (begun) way.waitFor(end, placed.length - 1);
      else way.beside = { end, index: placed.length - 1 };
      continue;
    }
    const { start, end, after } = place(step, laneOf(step.operation), way.free, way.last);
    if (isExchange && way.exchange?.layer !== step.layer) way.exchange = { layer: step.layer, start, after };
    way.free = end;
    way.last = placed.length - 1;
  }
}

/** The way whose next step can start first; of equals the one that is behind. */
function nextOf(ways: readonly Way[], free: (step: Step) => number): Way | undefined {
  let chosen: Way | undefined;
  let earliest = Number.POSITIVE_INFINITY;
  for (const way of ways) {
    const step = way.steps[way.next];
    if (!step) continue;
    const start = Math.max(way.free, free(step));
    if (start > earliest || (start === earliest && chosen && way.next >= chosen.next)) continue;
    earliest = start;
    chosen = way;
  }
  return chosen;
}

function laneOf(operation: Operation): 'compute' | 'communication' {
  return isCommunication(operation) ? 'communication' : 'compute';
}

function asPredicted(steps: readonly Step[], { seconds, chunks }: Pass, isBeside: boolean): readonly Step[] {
  if (!seconds) return steps;
  const sums = { compute: 0, communication: 0 };
  for (const step of steps) sums[laneOf(step.operation)] += step.seconds;
  const scale = (lane: 'compute' | 'communication') => (sums[lane] > 0 ? seconds[lane] / chunks / sums[lane] : 1);
  const scales = { compute: scale('compute'), communication: scale('communication') };
  return steps
    .map((step) => {
      const isExchange = step.operation.kind === 'routing' || step.operation.kind === 'aggregation';
      const whole = isBeside && isExchange ? 1 / (1 - seconds.hidden) : 1;
      return { ...step, seconds: step.seconds * scales[laneOf(step.operation)] * whole };
    })
    .filter((step) => step.seconds > 0);
}

function stepsOf({ run, kind, chunk, chunks, seconds }: Pass): readonly Step[] {
  const layers = run.layers
    .flatMap(({ layers: equal, operations }) => equal.map((layer) => ({ layer, operations })))
    .sort((a, b) => a.layer - b.layer);
  const own = layers.slice(
    Math.round((chunk * layers.length) / chunks),
    Math.round(((chunk + 1) * layers.length) / chunks),
  );
  const at = (layer: number | undefined) => (operation: Operation) => ({
    operation,
    layer,
    seconds: operation.seconds,
  });
  const steps: Step[] = [
    ...(chunk === 0 ? run.entry.map(at(undefined)) : []),
    ...own.flatMap(({ layer, operations }) => operations.map(at(layer))),
    ...(chunk === chunks - 1 ? run.exit.map(at(undefined)) : []),
    // A pass of training ends with what it hands over; elsewhere the transfer is an event of its own.
    ...(seconds && run.transfer ? [run.transfer].map(at(undefined)) : []),
  ];
  const inOrder = kind === 'F' ? steps : steps.reverse();
  // Weight gradients are computed where the activations lie: nothing is sent for them.
  return inOrder.filter(({ operation }) => operation.seconds > 0 && (kind !== 'W' || !isCommunication(operation)));
}
