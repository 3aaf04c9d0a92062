import type { Schedule } from '../../plan/parallel.ts';
import { dualPipe } from './dualPipe.ts';
import { makespan } from './makespan.ts';

/** Seconds of one micro-batch in one stage: the forward pass, and the backward pass by input and by weight gradients. */
export interface StageTimes {
  readonly forward: number;
  readonly backwardInput: number;
  readonly backwardWeight: number;
  /** DualPipe: a forward and a backward pass run together. By default their sum. */
  readonly pair?: number;
  /** Interleaved: the part of it that each chunk takes. Equal parts by default. */
  readonly shares?: readonly number[];
}

/** The part of a stage's time that one of its chunks takes. */
export function shareOfChunk({ shares }: StageTimes, chunk: number, chunks: number): number {
  return chunks === 1 ? 1 : (shares?.[chunk] ?? 1 / chunks);
}

export interface ScheduleResult {
  /** From the start of the first forward pass to the end of the last stage. */
  readonly seconds: number;
  /** Share of the stages' time that they spend waiting. */
  readonly bubbleFraction: number;
}

/**
 * Micro-batches through a pipeline, forward only and with room between stages. This is a flow shop of equal jobs, whose
 * makespan is exactly `sum t_i + (m - 1) max t_i`. Transfers (`links`) are machines of their own: a stage goes on computing
 * while it sends.
 */
export function forwardSchedule(
  stages: readonly number[],
  microBatches: number,
  links: readonly number[] = [],
): ScheduleResult {
  let sum = 0;
  let slowest = 0;
  for (const seconds of stages) {
    sum += seconds;
    slowest = Math.max(slowest, seconds);
  }
  const busy = microBatches * sum;
  for (const seconds of links) {
    sum += seconds;
    slowest = Math.max(slowest, seconds);
  }
  const seconds = sum + (microBatches - 1) * slowest;
  return { seconds, bubbleFraction: seconds > 0 ? Math.max(0, 1 - busy / (seconds * stages.length)) : 0 };
}

export type Task = { readonly kind: 'F' | 'B' | 'W'; readonly micro: number; readonly chunk: number };

/**
 * Rounds that are simulated one by one, each with as many micro-batches as there are stages. Further rounds repeat
 * themselves.
 */
const SIMULATED_ROUNDS = 3;

/**
 * Exact for few micro-batches. In a longer schedule the slowest stage is busy without a break once the pipeline is full, so
 * each further micro-batch takes as long as it does there (within 0.5 % of simulating all of it).
 */
function extended(
  stages: readonly StageTimes[],
  microBatches: number,
  schedule: Exclude<Schedule, 'dualpipe'>,
  parts: number,
): number {
  const round = stages.length;
  if (round * parts * Math.min(microBatches, (SIMULATED_ROUNDS + 1) * round) > MOST_TASKS)
    return filled(stages, microBatches, parts);
  if (schedule === 'interleaved' && microBatches % round !== 0) return interleavedRest(stages, microBatches, parts);
  const simulated = SIMULATED_ROUNDS * round + (microBatches % round);
  if (microBatches <= simulated) return makespan(stages, microBatches, schedule, parts);
  return makespan(stages, simulated, schedule, parts) + (microBatches - simulated) * slowestOf(stages);
}

/** Most forward passes of an event list. The answer of a longer list is not worth its memory. */
const MOST_TASKS = 4_000_000;

/**
 * The makespan of 1F1B in closed form, `m max t + (sum t - max t) / chunks` (Narayanan 2021). It is exact for equal stages
 * and an upper bound for zero bubble.
 */
function filled(stages: readonly StageTimes[], microBatches: number, parts: number): number {
  const oneMicroBatch = stages.reduce(
    (sum, stage) => sum + stage.forward + stage.backwardInput + stage.backwardWeight,
    0,
  );
  const slowest = slowestOf(stages);
  return microBatches * slowest + (oneMicroBatch - slowest) / parts;
}

function slowestOf(stages: readonly StageTimes[]): number {
  let slowest = 0;
  for (const stage of stages) {
    slowest = Math.max(slowest, stage.forward + stage.backwardInput + stage.backwardWeight);
  }
  return slowest;
}

/**
 * Interleaving moves micro-batches in rounds of as many as there are stages (Megatron-Core requires that they divide). The
 * remainder of an uneven number adds the slowest stage's time for each; fewer than one round run without interleaving.
 */
function interleavedRest(stages: readonly StageTimes[], microBatches: number, parts: number): number {
  const remaining = microBatches % stages.length;
  if (remaining === microBatches) return makespan(stages, microBatches, '1f1b', 1);
  return extended(stages, microBatches - remaining, 'interleaved', parts) + remaining * slowestOf(stages);
}

/**
 * Training schedules by an exact list of events. Every stage works through its own order of tasks, and a task starts when
 * its stage is free and its inputs have arrived. There are `chunks` (vpp) model chunks per stage. Sources: 1F1B (Narayanan
 * 2021), interleaved (same, 2.2), zero bubble ZB1P (Qi 2023), DualPipe (DeepSeek's published schedule, see dualPipe.ts).
 */
export function trainingSchedule(
  stages: readonly StageTimes[],
  microBatches: number,
  schedule: Schedule,
  chunks: number,
): ScheduleResult {
  const busyPerBatch = stages.map((stage) => stage.forward + stage.backwardInput + stage.backwardWeight);
  const busy = microBatches * busyPerBatch.reduce((sum, seconds) => sum + seconds, 0);
  let seconds: number;
  if (stages.length === 1) seconds = busy;
  else if (schedule === 'dualpipe') seconds = dualPipe(stages, microBatches);
  else {
    const parts = schedule === 'interleaved' ? Math.max(1, chunks) : 1;
    seconds = extended(stages, microBatches, schedule, parts);
  }
  return { seconds, bubbleFraction: seconds > 0 ? Math.max(0, 1 - busy / (seconds * stages.length)) : 0 };
}

/** The makespan of an event list. `record` gets each event. Exported for tests against the closed forms. */
export function simulate(
  stages: readonly StageTimes[],
  microBatches: number,
  schedule: Schedule,
  chunks: number,
  record?: (stage: number, task: Task, start: number, end: number) => void,
): number {
  const p = stages.length;
  const orders = stages.map((_, stage) => taskOrder(stage, p, microBatches, schedule, chunks));
  const next = new Array<number>(p).fill(0);
  const free = new Array<number>(p).fill(0);
  const forwardEnd = new Float64Array(p * chunks * microBatches).fill(-1);
  const backwardEnd = new Float64Array(p * chunks * microBatches).fill(-1);
  let remaining = orders.reduce((sum, order) => sum + order.length, 0);
  while (remaining > 0) {
    let progressed = false;
    for (let stage = 0; stage < p; stage++) {
      const order = orders[stage];
      const times = stages[stage];
      if (!order || !times) continue;
      for (;;) {
        const task = order[next[stage] ?? 0];
        if (!task) break;
        const depth = task.chunk * p + stage;
        const ready = readyTime(task, depth, p * chunks, microBatches, forwardEnd, backwardEnd);
        if (ready < 0) break;
        const start = Math.max(free[stage] ?? 0, ready);
        const end = start + duration(task, times, schedule) * shareOfChunk(times, task.chunk, chunks);
        record?.(stage, task, start, end);
        free[stage] = end;
        if (task.kind === 'F') forwardEnd[depth * microBatches + task.micro] = end;
        if (task.kind === 'B') backwardEnd[depth * microBatches + task.micro] = end;
        next[stage] = (next[stage] ?? 0) + 1;
        remaining--;
        progressed = true;
      }
    }
    if (!progressed) throw new RangeError(`schedule ${schedule} cannot go on: its tasks wait for each other`);
  }
  return Math.max(...free);
}

/** When the task's inputs have arrived; negative until they have. */
function readyTime(
  task: Task,
  depth: number,
  depths: number,
  microBatches: number,
  forwardEnd: Float64Array,
  backwardEnd: Float64Array,
): number {
  if (task.kind === 'W') return 0;
  if (task.kind === 'F') return depth === 0 ? 0 : (forwardEnd[(depth - 1) * microBatches + task.micro] ?? -1);
  const forwardEnds = forwardEnd[depth * microBatches + task.micro] ?? -1;
  if (forwardEnds < 0 || depth === depths - 1) return forwardEnds;
  return backwardEnd[(depth + 1) * microBatches + task.micro] ?? -1;
}

function duration(task: Task, times: StageTimes, schedule: Schedule): number {
  if (task.kind === 'F') return times.forward;
  if (task.kind === 'W') return times.backwardWeight;
  return schedule === 'zero-bubble' ? times.backwardInput : times.backwardInput + times.backwardWeight;
}

function taskOrder(stage: number, p: number, m: number, schedule: Schedule, chunks: number): Task[] {
  if (schedule === 'interleaved' && chunks > 1) return interleavedOrder(stage, p, m, chunks);
  const warm = Math.min(m, p - stage - 1);
  const tasks: Task[] = [];
  for (let micro = 0; micro < warm; micro++) tasks.push({ kind: 'F', micro, chunk: 0 });
  let weights = 0;
  for (let micro = 0; micro < m; micro++) {
    if (warm + micro < m) tasks.push({ kind: 'F', micro: warm + micro, chunk: 0 });
    tasks.push({ kind: 'B', micro, chunk: 0 });
    // ZB1P: weight gradients wait until the activations of 1F1B would be exceeded, and then fill the end.
    if (schedule === 'zero-bubble' && micro >= stage) tasks.push({ kind: 'W', micro: weights++, chunk: 0 });
  }
  if (schedule === 'zero-bubble') for (; weights < m; weights++) tasks.push({ kind: 'W', micro: weights, chunk: 0 });
  return tasks;
}

/** Megatron-Core's interleaved order: rounds of p micro-batches go through the chunks one after another. */
function interleavedOrder(stage: number, p: number, m: number, chunks: number): Task[] {
  const forward = sequence(p, m, chunks, false);
  const backward = sequence(p, m, chunks, true);
  const total = m * chunks;
  const warm = Math.min(total, (p - stage - 1) * 2 + (chunks - 1) * p);
  const tasks: Task[] = [];
  for (let index = 0; index < warm; index++) push(tasks, 'F', forward[index]);
  for (let index = 0; index < total; index++) {
    if (warm + index < total) push(tasks, 'F', forward[warm + index]);
    push(tasks, 'B', backward[index]);
  }
  return tasks;
}

function push(
  tasks: Task[],
  kind: Task['kind'],
  at: { readonly micro: number; readonly chunk: number } | undefined,
): void {
  if (at) tasks.push({ kind, micro: at.micro, chunk: at.chunk });
}

function sequence(p: number, m: number, chunks: number, reverse: boolean): { micro: number; chunk: number }[] {
  const order: { micro: number; chunk: number }[] = [];
  for (let round = 0; round < m; round += p) {
    for (let index = 0; index < chunks; index++) {
      const chunk = reverse ? chunks - 1 - index : index;
      for (let micro = round; micro < Math.min(m, round + p); micro++) order.push({ micro, chunk });
    }
  }
  return order;
}
