import type { Evaluation } from '../../cost/evaluation.ts';
import { nameGpus } from '../../cost/rules/context.ts';
import type { ScheduleEvent } from '../../cost/scheduleEvents.ts';
import { slicesOf } from './slices.ts';
import { type Timeline, timelinesOf } from './timeline.ts';

/** Lines of a stage, in the order in which a viewer shows them. */
const LANES = { microBatches: 1, compute: 2, communication: 3, transfers: 4 } as const;

const LANE_NAMES: readonly (readonly [tid: number, name: string])[] = [
  [LANES.microBatches, 'Micro-batches'],
  [LANES.compute, 'Computation'],
  [LANES.communication, 'Communication'],
  [LANES.transfers, 'To the next stage'],
];

const KINDS: Readonly<Record<ScheduleEvent['kind'], string>> = {
  F: 'Forward',
  B: 'Backward',
  W: 'Weight gradients',
  T: 'Transfer',
};

/** Viewers open this many without waiting; beyond it only the micro-batches are written. */
const MOST_OPERATIONS = 200_000;

/**
 * The step of each pool in the Trace Event Format (JSON object form), which Perfetto and chrome://tracing open: a process per
 * pipeline stage, threads for its micro-batches, computation and communication. Equal plans give equal bytes.
 */
export function chromeTrace(evaluation: Evaluation): string {
  const timelines = timelinesOf(evaluation);
  const several = timelines.length > 1;
  const events: string[] = [];
  const notes: string[] = [];
  let pid = 0;
  for (const timeline of timelines) {
    const { pool, step } = timeline;
    notes.push(...timeline.notes.map((note) => (several ? `${pool.name}: ${note}` : note)));
    const isDetailed = operationsOf(timeline) <= MOST_OPERATIONS;
    if (!isDetailed) notes.push(`${pool.name}: micro-batches without their operations, which are too many.`);
    const first = pid + 1;
    for (const stage of pool.stages) {
      pid++;
      const name = several ? `${pool.name}, stage ${stage.name}` : `Stage ${stage.name}`;
      events.push(...processOf(pid, `${name} (${nameGpus(stage.gpus)})`));
    }
    for (const event of timeline.events) events.push(...eventsOf(timeline, event, first, isDetailed));
    const rest = step.seconds - timeline.seconds;
    if (timeline.microBatches === step.microBatches && rest > 1e-9)
      for (let stage = 0; stage < pool.stages.length; stage++)
        events.push(
          slice(first + stage, LANES.compute, restName(timeline), 'overhead', timeline.seconds, step.seconds),
        );
  }
  const { deployment } = evaluation;
  const left = deployment.pools.filter((pool) => !timelines.some((timeline) => timeline.pool === pool));
  for (const pool of left) notes.push(`${pool.name}: its schedule is not known event by event.`);
  const about = JSON.stringify({ deployment: deployment.name, notes });
  return `{"displayTimeUnit":"ms","otherData":${about},"traceEvents":[\n${events.join(',\n')}\n]}\n`;
}

function restName({ step }: Timeline): string {
  return step.phase === 'training' ? 'Gradients not covered, optimizer' : 'Engine between steps';
}

function operationsOf({ step, microBatches, events }: Timeline): number {
  let operations = 0;
  for (const { entry, exit, layers } of step.stages) {
    operations += entry.length + exit.length;
    for (const one of layers) operations += one.layers.length * one.operations.length;
  }
  const passes = events.some(({ kind }) => kind === 'W') ? 3 : events.some(({ kind }) => kind === 'B') ? 2 : 1;
  return operations * microBatches * passes;
}

function processOf(pid: number, name: string): readonly string[] {
  return [
    JSON.stringify({ ph: 'M', name: 'process_name', pid, tid: 0, args: { name } }),
    JSON.stringify({ ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: pid } }),
    ...LANE_NAMES.map(([tid, lane]) =>
      JSON.stringify({ ph: 'M', name: 'thread_name', pid, tid, args: { name: lane } }),
    ),
  ];
}

function eventsOf({ pool, step }: Timeline, event: ScheduleEvent, first: number, isDetailed: boolean): string[] {
  const pid = first + event.stage;
  const { kind, micro, chunk } = event;
  const run = step.stages[event.stage];
  const lane = kind === 'T' ? LANES.transfers : LANES.microBatches;
  const chunks = pool.parallel.schedule === 'interleaved' && step.phase === 'training' ? pool.parallel.vpp : 1;
  const args = { microBatch: micro, ...(chunks > 1 && { chunk }) };
  const whole = slice(pid, lane, `${KINDS[kind]} ${micro}`, KINDS[kind], event.start, event.end, args);
  if (kind === 'T' || !run || !isDetailed) return [whole];
  return [
    whole,
    ...slicesOf(run, event, chunks).map(({ operation, layer, lane: own, start, end }) =>
      slice(
        pid,
        LANES[own],
        layer === undefined ? operation.label : `${operation.label}, layer ${layer}`,
        operation.kind,
        event.start + start,
        event.start + end,
        { bytes: operation.bytes, flop: operation.flop, boundBy: operation.bound },
      ),
    ),
  ];
}

/** A complete event. Both ends are rounded to nanoseconds, so that neighbours meet and never overlap. */
function slice(
  pid: number,
  tid: number,
  name: string,
  category: string,
  start: number,
  end: number,
  args: Readonly<Record<string, unknown>> = {},
): string {
  const from = Math.round(start * 1e9);
  const ts = from / 1000;
  return JSON.stringify({
    ph: 'X',
    name,
    cat: category,
    pid,
    tid,
    ts,
    dur: (Math.round(end * 1e9) - from) / 1000,
    args,
  });
}
