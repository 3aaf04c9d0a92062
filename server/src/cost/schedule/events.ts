import type { Schedule } from '../../plan/parallel.ts';
import { type DualPipePass, type DualPipeWork, dualPipeWork } from './dualPipe.ts';
import { type StageTimes, simulate } from './schedule.ts';

/**
 * A stretch of a stage's work: forward, backward (`B` by inputs alone when `W` follows), weight gradients, a forward beside
 * a backward pass, or the transfer to the next stage.
 */
export interface ScheduleEvent {
  readonly kind: 'F' | 'B' | 'W' | 'FB' | 'T';
  /** The stage whose GPUs work. */
  readonly stage: number;
  /** For `FB` the micro-batch that goes forward. */
  readonly micro: number;
  readonly chunk: number;
  /** Seconds from the first forward. */
  readonly start: number;
  readonly end: number;
  /** DualPipe: the stage whose layers run when it is the GPUs' other stage. For `FB` the stage of the forward pass. */
  readonly layersOf?: number;
  /** For `FB`: the backward pass. */
  readonly beside?: { readonly micro: number; readonly layersOf: number };
  /** DualPipe: whether its weight gradients follow later. */
  readonly isDeferred?: boolean;
  /**
   * The whole stretch when the event is a part of it, in the same seconds. Such a stretch crosses the end of a decode
   * period.
   */
  readonly whole?: { readonly start: number; readonly end: number };
}

/** The events behind `forwardSchedule`. Every stage and every link takes the micro-batches one after another. */
export function forwardEvents(
  stages: readonly number[],
  microBatches: number,
  links: readonly number[],
): readonly ScheduleEvent[] {
  const events: ScheduleEvent[] = [];
  const arrived = new Array<number>(microBatches).fill(0);
  for (const [stage, seconds] of stages.entries()) {
    pass(events, arrived, { kind: 'F', stage, chunk: 0 }, seconds);
    const link = links[stage];
    if (link !== undefined) pass(events, arrived, { kind: 'T', stage, chunk: 0 }, link);
  }
  return events;
}

function pass(
  events: ScheduleEvent[],
  arrived: number[],
  what: Pick<ScheduleEvent, 'kind' | 'stage' | 'chunk'>,
  seconds: number,
): void {
  let free = 0;
  for (const [micro, ready] of arrived.entries()) {
    const start = Math.max(free, ready);
    free = start + seconds;
    arrived[micro] = free;
    events.push({ ...what, micro, start, end: free });
  }
}

/**
 * The steady state of decoding with `inFlight` micro-batches. They follow one another at the pace of the slowest machine.
 * What reaches past the period continues at its beginning, where it belongs to the token before.
 */
export function decodeEvents(
  stages: readonly number[],
  inFlight: number,
  links: readonly number[],
): { readonly period: number; readonly events: readonly ScheduleEvent[] } {
  const slowest = Math.max(...stages, ...links);
  let sum = 0;
  for (const seconds of [...stages, ...links]) sum += seconds;
  const period = Math.max(sum, inFlight * slowest);
  const events: ScheduleEvent[] = [];
  let before = 0;
  const add = (kind: 'F' | 'T', stage: number, seconds: number) => {
    for (let micro = 0; micro < inFlight; micro++) {
      const start = (before + micro * slowest) % period;
      const common = { kind, stage, micro, chunk: 0 };
      const end = start + seconds;
      // A difference by rounding does not count as reaching past the period.
      if (end <= period * (1 + 1e-12)) events.push({ ...common, start, end: Math.min(end, period) });
      else {
        events.push({ ...common, start, end: period, whole: { start, end } });
        const whole = { start: start - period, end: end - period };
        events.push({ ...common, start: 0, end: end - period, whole });
      }
    }
    before += seconds;
  };
  for (const [stage, seconds] of stages.entries()) {
    add('F', stage, seconds);
    const link = links[stage];
    if (link !== undefined) add('T', stage, link);
  }
  return { period, events };
}

/**
 * The events behind `trainingSchedule`, for as many micro-batches as asked. Undefined for DualPipe over an odd number of
 * stages or with fewer micro-batches than its order of work needs (2 per stage), which the cost model estimates without a
 * list.
 */
export function trainingEvents(
  stages: readonly StageTimes[],
  microBatches: number,
  schedule: Schedule,
  chunks: number,
): readonly ScheduleEvent[] | undefined {
  const single = stages.length === 1;
  if (schedule === 'dualpipe' && !single) return dualPipeEvents(stages, microBatches);
  const events: ScheduleEvent[] = [];
  const parts = partsOf(stages.length, microBatches, schedule, chunks);
  const order = single || (schedule === 'interleaved' && parts === 1) ? '1f1b' : schedule;
  simulate(stages, microBatches, order, parts, (stage, { kind, micro, chunk }, start, end) => {
    events.push({ kind, stage, micro, chunk, start, end });
  });
  return events;
}

/** Number of model chunks of a stage that micro-batches pass one after another. */
function partsOf(stages: number, microBatches: number, schedule: Schedule, chunks: number): number {
  return schedule === 'interleaved' && stages > 1 && microBatches >= stages ? Math.max(1, chunks) : 1;
}

/** Micro-batches of direction 0 get the even numbers and those of direction 1 the odd ones. */
function dualPipeEvents(stages: readonly StageTimes[], microBatches: number): readonly ScheduleEvent[] | undefined {
  const perDirection = Math.ceil(microBatches / 2);
  if (stages.length % 2 !== 0 || perDirection < stages.length) return undefined;
  return dualPipeWork(stages, perDirection).flatMap((work) => eventOf(work, stages.length) ?? []);
}

function eventOf({ rank, passes, isWeight, isDeferred, start, end }: DualPipeWork, ranks: number) {
  const [first] = passes;
  if (!first) return undefined;
  const layersOf = ({ direction }: DualPipePass) => (direction === 0 ? rank : ranks - 1 - rank);
  const micro = ({ direction, micro: index }: DualPipePass) => 2 * index + direction;
  const back = passes.find(({ kind }) => kind === 'backward');
  const isPair = passes.length > 1 && back !== undefined;
  const event: ScheduleEvent = {
    kind: isPair ? 'FB' : isWeight ? 'W' : first.kind === 'forward' ? 'F' : 'B',
    stage: rank,
    micro: micro(first),
    chunk: 0,
    start,
    end,
    layersOf: layersOf(first),
    ...(isPair && { beside: { micro: micro(back), layersOf: layersOf(back) } }),
    ...(isDeferred && { isDeferred }),
  };
  return event;
}
