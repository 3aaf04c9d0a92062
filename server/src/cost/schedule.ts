import type { Schedule } from '../plan/deployment.ts';

/** Seconds of one micro-batch in one stage: forward, and the backward pass by input and by weight gradients. */
export interface StageTimes {
  readonly forward: number;
  readonly backwardInput: number;
  readonly backwardWeight: number;
}

export interface ScheduleResult {
  /** From the first forward to the end of the last stage. */
  readonly seconds: number;
  /** Share of the stages' time in which they wait. */
  readonly bubbleFraction: number;
}

/**
 * Micro-batches through a pipeline, forward only and with room between stages: a flow shop of equal jobs, whose makespan is
 * exactly `sum t_i + (m - 1) max t_i`. Transfers (`links`) are machines of their own: a stage computes on while it sends.
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

/** Pairs of stage and micro-batch that are simulated one by one; a longer schedule repeats itself. */
const SIMULATED = 2048;

/**
 * Exact up to `SIMULATED` pairs. Beyond that the schedule is extended by what its last round of micro-batches took, within
 * 0.5 % of simulating all of it.
 */
function extended(stages: readonly StageTimes[], microBatches: number, schedule: Schedule, parts: number): number {
  const round = stages.length;
  const rounds = Math.max(4, Math.floor(SIMULATED / (round * round)));
  const whole = rounds * round + (microBatches % round);
  if (microBatches <= whole + round) return simulate(stages, microBatches, schedule, parts);
  const longer = simulate(stages, whole + round, schedule, parts);
  const perRound = longer - simulate(stages, whole, schedule, parts);
  return longer + ((microBatches - whole - round) / round) * perRound;
}

/**
 * Training schedules by an exact list of events: every stage works through its own order of tasks, a task starts when its
 * stage is free and what it needs has arrived. `chunks` (vpp) model chunks per stage. Sources: 1F1B (Narayanan 2021),
 * interleaved (same, 2.2), zero bubble ZB1P (Qi 2023); DualPipe by its closed form `(p/2 - 1)(F&B + B - 3 W)` of idle time
 * (DeepSeek, DualPipe README).
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
  else if (schedule === 'dualpipe') seconds = dualPipe(stages, busyPerBatch, microBatches);
  else {
    const parts = schedule === 'interleaved' ? Math.max(1, chunks) : 1;
    seconds = extended(stages, microBatches, schedule, parts);
  }
  return { seconds, bubbleFraction: seconds > 0 ? Math.max(0, 1 - busy / (seconds * stages.length)) : 0 };
}

function dualPipe(stages: readonly StageTimes[], busy: readonly number[], microBatches: number): number {
  const slowest = busy.reduce((best, seconds, index) => (seconds > (busy[best] ?? 0) ? index : best), 0);
  const stage = stages[slowest];
  if (!stage) return 0;
  const whole = stage.forward + stage.backwardInput + stage.backwardWeight;
  const backward = stage.backwardInput + stage.backwardWeight;
  const idle = (stages.length / 2 - 1) * (whole + backward - 3 * stage.backwardWeight);
  return microBatches * whole + Math.max(0, idle);
}

/** The makespan of an event list, each event of which is told to `record`. */
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
        const end = start + duration(task, times, schedule) / chunks;
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

/** When the task's inputs have arrived; negative while they have not. */
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
  const own = forwardEnd[depth * microBatches + task.micro] ?? -1;
  if (own < 0 || depth === depths - 1) return own;
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
    // ZB1P: weight gradients wait until the activations of 1F1B would be exceeded, and fill the end.
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
