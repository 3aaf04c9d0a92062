import type { Evaluation } from '../../cost/evaluation.ts';
import type { ScheduleEvent } from '../../cost/schedule/events.ts';
import { nameGpus } from '../../plan/wording.ts';
import { jsonText } from '../../text/json.ts';
import { dependenciesOf } from './dependencies.ts';
import type { Slice } from './slices.ts';
import { chunksOf, restOf, slicer, type Timeline, timelinesOf, whyNoTimeline } from './timeline.ts';

/** Lines of a stage, in the order in which a viewer shows them. */
const LANES = { microBatches: 1, compute: 2, beside: 3, communication: 4, transfers: 5 } as const;

const LANE_NAMES: readonly (readonly [tid: number, name: string])[] = [
  [LANES.microBatches, 'Micro-batches'],
  [LANES.compute, 'Computation'],
  [LANES.beside, 'Shared experts beside'],
  [LANES.communication, 'Communication'],
  [LANES.transfers, 'To the next stage'],
];

const KINDS: Readonly<Record<ScheduleEvent['kind'], string>> = {
  F: 'Forward',
  B: 'Backward',
  W: 'Weight gradients',
  FB: 'Forward and backward',
  T: 'Transfer',
};

/** Viewers open this many operations without delay. With more, only the micro-batches are written. */
const MOST_OPERATIONS = 200_000;

/**
 * The step of each pool in the Trace Event Format (JSON object form), which Perfetto and chrome://tracing open. Each
 * pipeline stage is a process, with threads for its micro-batches, computation and communication. Equal plans give equal
 * bytes.
 */
export function chromeTrace(evaluation: Evaluation): string {
  const timelines = timelinesOf(evaluation);
  const several = timelines.length > 1;
  const events: string[] = [];
  const notes: string[] = [];
  let pid = 0;
  let flow = 0;
  for (const timeline of timelines) {
    const { pool, step } = timeline;
    notes.push(...timeline.notes.map((note) => (several ? `${pool.name}: ${note}` : note)));
    const isDetailed = operationsOf(timeline) <= MOST_OPERATIONS;
    if (!isDetailed) notes.push(`${pool.name}: micro-batches without their operations, which are too many.`);
    const first = pid + 1;
    for (const stage of pool.stages) {
      pid++;
      const name = several ? `${pool.name}, stage ${stage.name}` : `Stage ${stage.name}`;
      events.push(...processOf(pid, `${name} (${nameGpus(stage.gpus)})`, lanesOf(timeline)));
    }
    const slices = slicer(timeline);
    const chunks = chunksOf(timeline);
    for (const event of timeline.events) {
      const pass = { pid: first + event.stage, chunks, slices: isDetailed ? slices(event) : [] };
      events.push(...eventsOf(event, pass));
    }
    flow = arrowsOf(timeline, first, flow, events);
    const overhead = restOf(timeline);
    if (overhead !== undefined)
      for (let stage = 0; stage < pool.stages.length; stage++)
        events.push(slice(first + stage, LANES.compute, overhead, 'overhead', timeline.seconds, step.seconds));
  }
  const { deployment } = evaluation;
  const left = deployment.pools.filter((pool) => !timelines.some((timeline) => timeline.pool === pool));
  for (const pool of left) {
    const step = evaluation.prediction.pools.find((candidate) => candidate.pool === pool)?.steps[0];
    if (step) notes.push(`${pool.name}: ${whyNoTimeline(pool, step)}`);
  }
  const about = jsonText({ deployment: deployment.name, notes });
  return `{"displayTimeUnit":"ms","otherData":${about},"traceEvents":[\n${events.join(',\n')}\n]}\n`;
}

function operationsOf({ step, microBatches, events }: Timeline): number {
  let operations = 0;
  for (const { entry, exit, layers } of step.stages) {
    operations += entry.length + exit.length;
    for (const run of layers) operations += run.layers.length * run.operations.length;
  }
  const passes = events.some(({ kind }) => kind === 'W') ? 3 : events.some(({ kind }) => kind === 'B') ? 2 : 1;
  return operations * microBatches * passes;
}

/** Lines that are not empty. */
function lanesOf({ pool, events }: Timeline): ReadonlySet<number> {
  const lanes = new Set<number>([LANES.microBatches, LANES.compute, LANES.communication]);
  if (pool.engine.sharedOverlap) lanes.add(LANES.beside);
  if (events.some(({ kind }) => kind === 'T')) lanes.add(LANES.transfers);
  return lanes;
}

function processOf(pid: number, name: string, lanes: ReadonlySet<number>): readonly string[] {
  return [
    jsonText({ ph: 'M', name: 'process_name', pid, tid: 0, args: { name } }),
    jsonText({ ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: pid } }),
    ...LANE_NAMES.filter(([tid]) => lanes.has(tid)).flatMap(([tid, lane]) => [
      jsonText({ ph: 'M', name: 'thread_name', pid, tid, args: { name: lane } }),
      jsonText({ ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: tid } }),
    ]),
  ];
}

interface TracedPass {
  readonly pid: number;
  readonly chunks: number;
  readonly slices: readonly Slice[];
}

function eventsOf(event: ScheduleEvent, { pid, chunks, slices }: TracedPass): string[] {
  const { kind, micro, chunk, beside, start, end } = event;
  const args = {
    microBatch: micro,
    ...(beside && { backwardOf: beside.micro }),
    ...(chunks > 1 && { chunk }),
  };
  const name = beside ? `Forward ${micro}, backward ${beside.micro}` : `${KINDS[kind]} ${micro}`;
  const outer = slice(pid, laneOfEvent(event), name, KINDS[kind], start, end, args);
  const { start: origin, end: last } = event.whole ?? event;
  const inside = slices.flatMap((part) => {
    // When a stretch crosses the end of a period, only the part inside this event counts.
    const from = Math.max(start, origin + part.start * (last - origin));
    const to = Math.min(end, origin + part.end * (last - origin));
    return from < to ? [operationSlice(pid, part, from, to)] : [];
  });
  return [outer, ...inside];
}

function operationSlice(pid: number, { operation, layer, lane }: Slice, from: number, to: number): string {
  const { label, kind, bytes, flop, bound } = operation;
  const name = layer === undefined ? label : `${label}, layer ${layer}`;
  return slice(pid, LANES[lane], name, kind, from, to, { bytes, flop, boundBy: bound });
}

function laneOfEvent({ kind }: ScheduleEvent): number {
  return kind === 'T' ? LANES.transfers : LANES.microBatches;
}

/** Adds arrows from each event to those of other stages that wait for it. Returns the next free number for an arrow. */
function arrowsOf(timeline: Timeline, first: number, flow: number, into: string[]): number {
  const { events, step } = timeline;
  let id = flow;
  const stages = step.stages.length;
  for (const [index, before] of dependenciesOf(events, stages, stages * chunksOf(timeline)).entries()) {
    const to = events[index];
    for (const source of before) {
      const from = events[source];
      const crosses = from && to && (from.stage !== to.stage || from.kind === 'T' || to.kind === 'T');
      // An arrow across the end of a decode period would lead backwards.
      if (!crosses || nanoseconds(from.end) > nanoseconds(to.start)) continue;
      id++;
      const common = { name: 'hands over', cat: 'micro-batch', id };
      // The time is inside the event where the arrow starts, because a viewer looks for the event around it.
      const ts = Math.max(nanoseconds(from.start), nanoseconds(from.end) - 1) / 1000;
      into.push(
        jsonText({ ph: 's', ...common, pid: first + from.stage, tid: laneOfEvent(from), ts }),
        jsonText({
          ph: 'f',
          bp: 'e',
          ...common,
          pid: first + to.stage,
          tid: laneOfEvent(to),
          ts: nanoseconds(to.start) / 1000,
        }),
      );
    }
  }
  return id;
}

function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
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
  const from = nanoseconds(start);
  const ts = from / 1000;
  return jsonText({
    ph: 'X',
    name,
    cat: category,
    pid,
    tid,
    ts,
    dur: (nanoseconds(end) - from) / 1000,
    args,
  });
}
