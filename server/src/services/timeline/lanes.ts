import type { Operation } from '../../cost/operation.ts';
import { isCommunication } from '../../cost/steps/layer.ts';
import type { SliceLane } from './slices.ts';

/** An operation of a pass, with its duration and its exposed part in seconds. */
export interface Step {
  readonly operation: Operation;
  readonly layer: number | undefined;
  readonly seconds: number;
  readonly exposed: number;
}

/** A step at its place, in seconds from the beginning of the pass. */
export interface Placed extends Step {
  readonly lane: SliceLane;
  readonly start: number;
  readonly end: number;
  readonly isCritical: boolean;
}

/** Operations that shared experts run beside. */
const BESIDE: ReadonlySet<string> = new Set(['dispatch', 'experts', 'combine']);

/** Operations that belong together: those of a layer, or those before or after the layers. */
export interface Run {
  readonly operations: readonly Operation[];
  readonly layer: number | undefined;
  /** Whether two halves of the batch take turns. */
  readonly isInTurns: boolean;
}

/** The operations of a run, starting at `begin`. */
export function layerSlices({ operations, layer, isInTurns }: Run, begin: number): readonly Placed[] {
  const steps = operations
    .filter(({ seconds }) => seconds > 0)
    .map((operation): Step => ({ operation, layer, seconds: operation.seconds, exposed: operation.exposedSeconds }));
  return isInTurns ? inTurns(steps, begin) : inOrder(steps, begin, BESIDE);
}

/**
 * Places operations one after the other. A hidden part ends where the exposed part does. Shared experts begin with the
 * first of the operations beside them, and their remaining part follows the last of these.
 */
function inOrder(steps: readonly Step[], begin: number, beside: ReadonlySet<string>): readonly Placed[] {
  const isBeside = ({ operation }: Step) => beside.has(operation.key);
  const shared = steps.find(
    ({ operation, exposed, seconds }) => operation.key === 'shared-experts' && exposed < seconds,
  );
  const last = shared ? steps.findLastIndex(isBeside) : -1;
  const placed: Placed[] = [];
  let at = begin;
  let besideFrom = begin;
  steps.forEach((step, index) => {
    if (step === shared && last >= 0) return;
    if (isBeside(step) && (placed.length === 0 || !placed.some(isBeside))) besideFrom = at;
    at += step.exposed;
    const lane = isCommunication(step.operation) ? 'communication' : 'compute';
    const isCritical = step.exposed > 0 && !(shared && shared.exposed > 0 && isBeside(step));
    placed.push({ ...step, lane, start: at - step.seconds, end: at, isCritical });
    if (!shared || index !== last) return;
    at += shared.exposed;
    const end = besideFrom + shared.seconds;
    placed.push({ ...shared, lane: 'beside', start: besideFrom, end, isCritical: shared.exposed > 0 });
  });
  return placed;
}

/**
 * Two halves in turns: each operation appears twice, at half its length. While the first half computes, the second half of
 * the layer before communicates. This layer's communication represents it, because successive layers are mostly alike.
 */
function inTurns(steps: readonly Step[], begin: number): readonly Placed[] {
  const half = (step: Step): Step => ({ ...step, seconds: step.seconds / 2, exposed: step.exposed / 2 });
  const computation = steps.filter(({ operation }) => !isCommunication(operation)).map(half);
  const communication = steps.filter(({ operation }) => isCommunication(operation)).map(half);
  const sum = (summed: readonly Step[], amountOf: (step: Step) => number) =>
    summed.reduce((total, step) => total + amountOf(step), 0);
  const compute = sum(computation, ({ exposed }) => exposed);
  const sent = sum(communication, ({ seconds }) => seconds);
  const end = begin + 2 * (compute + sum(communication, ({ exposed }) => exposed));
  const isCritical = compute >= sent;
  const whole = communication.map((step) => ({ ...step, exposed: step.seconds }));
  return [begin, end - compute]
    .flatMap((from) =>
      inOrder(computation, from, EXPERTS).map((placed) => ({ ...placed, isCritical: isCritical && placed.isCritical })),
    )
    .concat(
      [begin, end - sent].flatMap((from) =>
        inOrder(whole, from, EXPERTS).map((placed) => ({ ...placed, isCritical: !isCritical })),
      ),
    );
}

/** What shared experts run beside in one half while the other half communicates. */
const EXPERTS: ReadonlySet<string> = new Set(['experts']);

/**
 * Passes beside each other. Each stream runs one operation after the other, in the order of their progress through their
 * pass, with gaps in proportion. Together the passes take their computation and the part of their communication that it
 * does not hide.
 */
export function sideBySide(passes: readonly (readonly Step[])[]): {
  readonly placed: readonly Placed[];
  readonly end: number;
} {
  const ways = passes.flatMap((steps) => {
    const passSeconds = steps.reduce((total, { seconds }) => total + seconds, 0);
    let before = 0;
    return steps.map((step) => {
      const progress = before / passSeconds;
      before += step.seconds;
      return { step, progress };
    });
  });
  const inOrderOfProgress = ways.toSorted((a, b) => a.progress - b.progress).map(({ step }) => step);
  const end = inOrderOfProgress.reduce((total, { exposed }) => total + exposed, 0);
  const placed = (['compute', 'communication'] as const).flatMap((lane) => {
    const laneSteps = inOrderOfProgress.filter(
      ({ operation }) => isCommunication(operation) === (lane === 'communication'),
    );
    const busy = laneSteps.reduce((total, { seconds }) => total + seconds, 0);
    const gaps = Math.max(0, end - busy) / Math.max(1, laneSteps.length - 1);
    let at = 0;
    return laneSteps.map((step): Placed => {
      const start = at;
      at += step.seconds + gaps;
      return { ...step, lane, start, end: start + step.seconds, isCritical: step.exposed > 0 };
    });
  });
  return { placed, end };
}
