import type { StageTimes } from './schedule.ts';

/**
 * One entry of a rank's order. A rank holds two stages: phase 0 serves the micro-batches that enter at its own end of the
 * pipeline, and phase 1 those that come from the other end. `pair` runs a forward of `phase` beside a backward of the other
 * phase. `backward` with `deferred` leaves its weight gradients to a later `weight`.
 */
type Entry =
  | { readonly kind: 'forward'; readonly phase: 0 | 1 }
  | { readonly kind: 'backward'; readonly phase: 0 | 1; readonly deferred: boolean }
  | { readonly kind: 'pair'; readonly phase: 0 | 1 }
  | { readonly kind: 'weight' };

/**
 * Micro-batches of one direction, beyond the number of ranks, that are simulated one by one. The middle of a longer
 * schedule repeats itself.
 */
const SIMULATED = 4;

/**
 * Makespan of DualPipe over `stages` (an odd number is reduced by one, and the slowest stages are kept) and `microBatches`
 * in both directions together. Rank r holds the stages r and p - 1 - r: micro-batches of one direction pass ranks 0..p-1,
 * those of the other p-1..0. The order of each rank is that of DeepSeek's `dualpipe.py`, steps 1 to 8. Over even stages a
 * rank idles `(p/2 - 1)(F&B + B - 3 W)` (DualPipe README), where B is the whole backward pass.
 */
export function dualPipe(stages: readonly StageTimes[], microBatches: number): number {
  const even = stages.length % 2 === 0 ? stages : withoutFastest(stages);
  const ranks = even.length;
  // Each direction needs at least as many micro-batches as there are ranks. Fewer run as if the missing ones were empty.
  const perDirection = Math.max(ranks, Math.ceil(microBatches / 2));
  const most = ranks + SIMULATED;
  const seconds =
    perDirection <= most + 1
      ? makespan(even, perDirection)
      : makespan(even, most) + (perDirection - most) * steadyPace(even, most);
  const least = Math.ceil(microBatches / 2);
  return least >= ranks ? seconds : seconds - 2 * (ranks - least) * Math.min(...even.map(wholeOf));
}

/**
 * Seconds that one more micro-batch of each direction takes in the middle: at least the time that the busiest rank works on
 * it.
 */
function steadyPace(stages: readonly StageTimes[], perDirection: number): number {
  const busiest = Math.max(
    ...stages.map((stage, rank) => wholeOf(stage) + wholeOf(stages[stages.length - 1 - rank] ?? stage)),
  );
  return Math.max(busiest, makespan(stages, perDirection) - makespan(stages, perDirection - 1));
}

function wholeOf(stage: StageTimes): number {
  return stage.pair ?? stage.forward + stage.backwardInput + stage.backwardWeight;
}

function withoutFastest(stages: readonly StageTimes[]): readonly StageTimes[] {
  let fastest = 0;
  stages.forEach((stage, index) => {
    if (wholeOf(stage) < wholeOf(stages[fastest] ?? stage)) fastest = index;
  });
  return stages.filter((_, index) => index !== fastest);
}

/** A rank's order for `perDirection` micro-batches of each direction. `half` is its distance from the nearer end. */
function orderOf(half: number, halves: number, perDirection: number): Entry[] {
  const order: Entry[] = [];
  const times = (count: number, add: (step: number) => void) => {
    for (let step = 0; step < count; step++) add(step);
  };
  const forward = (phase: 0 | 1) => order.push({ kind: 'forward', phase });
  const backward = (phase: 0 | 1, deferred = false) => order.push({ kind: 'backward', phase, deferred });
  const pair = (phase: 0 | 1) => order.push({ kind: 'pair', phase });
  const weight = () => order.push({ kind: 'weight' });
  const remaining = halves - half - 1;
  times(2 * remaining, () => forward(0));
  times(half + 1, () => {
    forward(0);
    forward(1);
  });
  times(remaining, () => {
    backward(1, true);
    weight();
    forward(1);
  });
  times(perDirection - 2 * halves + half + 1, (step) => {
    if (step === 0 && half === halves - 1) {
      forward(0);
      backward(1);
    } else pair(0);
    pair(1);
  });
  times(remaining, () => {
    backward(1);
    pair(1);
  });
  let deferred = false;
  times(half + 1, (step) => {
    const isHalfWay = step === Math.floor((half + 1) / 2);
    if (isHalfWay && half % 2 === 1) deferred = true;
    backward(1, deferred);
    if (isHalfWay && half % 2 === 0) deferred = true;
    backward(0, deferred);
  });
  times(remaining, () => {
    weight();
    backward(0, true);
  });
  times(half + 1, weight);
  return order;
}

/**
 * One pass. Half of the micro-batches go each way (direction 0 enters at rank 0), and `micro` counts within a direction.
 */
export interface DualPipePass {
  readonly kind: 'forward' | 'backward';
  readonly direction: number;
  readonly micro: number;
}

/**
 * One piece of a rank's work: one pass, a forward beside a backward, or the weight gradients of an earlier pass.
 * `isDeferred` leaves the weight gradients of a backward pass to later.
 */
export interface DualPipeWork {
  readonly rank: number;
  readonly passes: readonly DualPipePass[];
  readonly isWeight: boolean;
  readonly isDeferred: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * Everything that happens in a step with `perDirection` micro-batches of each direction. The schedule is defined for an
 * even number of stages and at least as many micro-batches per direction; for others this throws a RangeError.
 */
export function dualPipeWork(stages: readonly StageTimes[], perDirection: number): readonly DualPipeWork[] {
  if (stages.length % 2 !== 0 || perDirection < stages.length)
    throw new RangeError(`DualPipe is not defined for ${perDirection} micro-batches over ${stages.length} stages`);
  const work: DualPipeWork[] = [];
  makespan(stages, perDirection, (piece) => work.push(piece));
  return work;
}

const NONE: StageTimes = { forward: 0, backwardInput: 0, backwardWeight: 0 };

function makespan(stages: readonly StageTimes[], perDirection: number, record?: (work: DualPipeWork) => void): number {
  const ranks = stages.length;
  const halves = ranks / 2;
  const orders = stages.map((_, rank) => orderOf(Math.min(rank, ranks - 1 - rank), halves, perDirection));
  const next = new Array<number>(ranks).fill(0);
  const free = new Array<number>(ranks).fill(0);
  // By direction, rank and micro-batch. A direction is named by the end at which it enters.
  const cells = 2 * ranks * perDirection;
  const forwardEnd = new Float64Array(cells).fill(-1);
  const backwardEnd = new Float64Array(cells).fill(-1);
  const started = { forward: new Int32Array(2 * ranks), backward: new Int32Array(2 * ranks) };
  const cell = (direction: number, rank: number, micro: number) => (direction * ranks + rank) * perDirection + micro;
  /** When the input of a pass has arrived; negative until it has. */
  const ready = (kind: 'forward' | 'backward', direction: number, rank: number, micro: number): number => {
    const towards = direction === 0 ? 1 : -1;
    if (kind === 'forward') {
      const from = rank - towards;
      return from < 0 || from >= ranks ? 0 : (forwardEnd[cell(direction, from, micro)] ?? -1);
    }
    const from = rank + towards;
    const forwardOnRank = forwardEnd[cell(direction, rank, micro)] ?? -1;
    return forwardOnRank < 0 || from < 0 || from >= ranks
      ? forwardOnRank
      : (backwardEnd[cell(direction, from, micro)] ?? -1);
  };
  /** The stage that a rank holds for a direction. */
  const stageOf = (direction: number, rank: number) => stages[direction === 0 ? rank : ranks - 1 - rank] ?? NONE;
  const deferred: DualPipePass[][] = stages.map(() => []);
  const durationOf = (entry: Entry, passes: readonly DualPipePass[], rank: number): number => {
    const [first] = passes;
    if (entry.kind === 'weight') return stageOf(first?.direction ?? 0, rank).backwardWeight;
    let seconds = 0;
    let saved = 0;
    for (const { kind, direction } of passes) {
      const stage = stageOf(direction, rank);
      if (kind === 'forward') seconds += stage.forward;
      else seconds += stage.backwardInput + stage.backwardWeight;
      saved += (stage.forward + stage.backwardInput + stage.backwardWeight - wholeOf(stage)) / 2;
    }
    if (entry.kind === 'pair') return seconds - saved;
    if (entry.kind === 'backward' && entry.deferred && first) {
      deferred[rank]?.push(first);
      return stageOf(first.direction, rank).backwardInput;
    }
    return seconds;
  };
  let remaining = orders.reduce((sum, order) => sum + order.length, 0);
  while (remaining > 0) {
    let progressed = false;
    for (let rank = 0; rank < ranks; rank++) {
      const order = orders[rank];
      if (!order) continue;
      for (;;) {
        const entry = order[next[rank] ?? 0];
        if (!entry) break;
        const isFar = rank >= halves ? 1 : 0;
        const directionOf = (phase: 0 | 1) => (phase === 0 ? isFar : 1 - isFar);
        const passes: DualPipePass[] = [];
        if (entry.kind === 'forward' || entry.kind === 'pair') {
          const direction = directionOf(entry.phase);
          passes.push({ kind: 'forward', direction, micro: started.forward[direction * ranks + rank] ?? 0 });
        }
        if (entry.kind === 'backward' || entry.kind === 'pair') {
          const direction = directionOf(entry.kind === 'pair' ? (entry.phase === 0 ? 1 : 0) : entry.phase);
          passes.push({ kind: 'backward', direction, micro: started.backward[direction * ranks + rank] ?? 0 });
        }
        let start = free[rank] ?? 0;
        let isReady = true;
        for (const { kind, direction, micro } of passes) {
          const arrival = ready(kind, direction, rank, micro);
          if (arrival < 0) isReady = false;
          start = Math.max(start, arrival);
        }
        if (!isReady) break;
        const isWeight = entry.kind === 'weight';
        const done = isWeight ? (deferred[rank]?.splice(0, 1) ?? []) : passes;
        const end = start + durationOf(entry, done, rank);
        const isDeferred = entry.kind === 'backward' && entry.deferred;
        record?.({ rank, passes: done, isWeight, isDeferred, start, end });
        free[rank] = end;
        for (const { kind, direction, micro } of passes) {
          (kind === 'forward' ? forwardEnd : backwardEnd)[cell(direction, rank, micro)] = end;
          const counter = started[kind];
          counter[direction * ranks + rank] = micro + 1;
        }
        next[rank] = (next[rank] ?? 0) + 1;
        remaining--;
        progressed = true;
      }
    }
    if (!progressed) throw new RangeError('schedule dualpipe cannot go on: its tasks wait for each other');
  }
  return Math.max(...free);
}
