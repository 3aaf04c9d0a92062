import type { Schedule } from '../plan/deployment.ts';
import { type StageTimes, simulate } from './schedule.ts';

/** One stretch of work of a stage: forward, backward, weight gradients, or the transfer to the next stage. */
export interface ScheduleEvent {
  readonly kind: 'F' | 'B' | 'W' | 'T';
  readonly stage: number;
  readonly micro: number;
  readonly chunk: number;
  /** Seconds from the first forward. */
  readonly start: number;
  readonly end: number;
}

/** The events behind `forwardSchedule`: every stage and every link takes the micro-batches one after another. */
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
 * The steady state of decoding with `inFlight` micro-batches: they follow one another at the pace of the slowest machine, and
 * what reaches past the period goes on at its beginning, where it belongs to the token before.
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
      // A difference of rounding is no wrap.
      if (end <= period * (1 + 1e-12)) events.push({ ...common, start, end: Math.min(end, period) });
      else events.push({ ...common, start, end: period }, { ...common, start: 0, end: end - period });
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
 * The events behind `trainingSchedule`, for as many micro-batches as asked. Nothing for DualPipe, whose length the cost model
 * does not take from this list.
 */
export function trainingEvents(
  stages: readonly StageTimes[],
  microBatches: number,
  schedule: Schedule,
  chunks: number,
): readonly ScheduleEvent[] | undefined {
  const single = stages.length === 1;
  if (schedule === 'dualpipe' && !single) return undefined;
  const events: ScheduleEvent[] = [];
  const parts = schedule === 'interleaved' && !single ? Math.max(1, chunks) : 1;
  simulate(stages, microBatches, single ? '1f1b' : schedule, parts, (stage, { kind, micro, chunk }, start, end) => {
    events.push({ kind, stage, micro, chunk, start, end });
  });
  return events;
}
