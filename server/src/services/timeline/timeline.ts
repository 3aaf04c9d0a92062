import type { Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import type { Step } from '../../cost/operation.ts';
import { decodeEvents, forwardEvents, type ScheduleEvent, trainingEvents } from '../../cost/schedule/events.ts';
import { poolSetting } from '../../cost/steps/stage.ts';
import type { TrainingTimes } from '../../cost/training/times.ts';
import { trainingStages } from '../../cost/training/training.ts';
import { layersOfChunks } from '../../plan/chunks.ts';
import type { Pool } from '../../plan/deployment.ts';
import { type Pass, type PassSeconds, type Slice, slicesOf } from './slices.ts';

/** Where each micro-batch is at any time: a pool's step as it is drawn and exported. */
export interface Timeline {
  readonly pool: Pool;
  readonly step: Step;
  readonly events: readonly ScheduleEvent[];
  /** End of the last event. The rest of the step is host work, gradients and optimizer. */
  readonly seconds: number;
  /** Number of micro-batches in `events`, at most all of the step's. */
  readonly microBatches: number;
  /** Training: times of a micro-batch's passes for each stage. */
  readonly times?: readonly TrainingTimes[];
  /** Sentences about what the events leave out or simplify. */
  readonly notes: readonly string[];
}

/** Most pairs of stage and micro-batch. Nobody could read or draw more. */
const MOST_PAIRS = 8192;

/** The first step of each pool, which the DAG shows too. Pools whose schedule is not known are left out. */
export function timelinesOf(evaluation: Evaluation): readonly Timeline[] {
  return evaluation.prediction.pools.flatMap(({ pool, steps }) => {
    const [step] = steps;
    return (step && timelineOf(evaluation, pool, step)) ?? [];
  });
}

/** One step of a pool, with at most `most` pairs of stage and micro-batch. Undefined when its events are not known. */
export function timelineOf(
  evaluation: Evaluation,
  pool: Pool,
  step: PoolPrediction['steps'][number],
  mostPairs: number = MOST_PAIRS,
): Timeline | undefined {
  const { microBatches, phase } = step;
  const most = Math.max(1, Math.floor(mostPairs / step.stages.length));
  const shown = Math.min(microBatches, most);
  if (phase === 'training') return training(evaluation, pool, step, shown);
  const notes = shown < microBatches ? [firstOf(shown, microBatches)] : [];
  const links = step.stages.flatMap(({ transfer }) => transfer?.seconds ?? []);
  const times = step.stages.map(({ seconds, transfer }) => seconds - (transfer?.seconds ?? 0));
  if (pool.engine.twoBatchOverlap)
    notes.push(
      'Two halves of a micro-batch take turns: each operation stands there twice, and a layer takes the longer of its computation and its communication. Which moment of the one meets which of the other is a picture.',
    );
  if (phase === 'decode') {
    const { period, events } = decodeEvents(times, microBatches, links);
    if (microBatches > 1) notes.push('Steady state: what begins at the end of the step goes on at its beginning.');
    return { pool, step, events, seconds: period, microBatches, notes };
  }
  if (phase === 'prefill' && microBatches > 1)
    notes.push(
      'Each chunk is drawn as the mean of all: the first has the least of the prompt before it, and the last may be shorter.',
    );
  const events = forwardEvents(times, shown, links);
  return { pool, step, events, seconds: endOf(events), microBatches: shown, notes };
}

function firstOf(shown: number, total: number): string {
  return `The first ${shown.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} micro-batches.`;
}

function training({ deployment }: Evaluation, pool: Pool, step: Step, most: number): Timeline | undefined {
  const { workload, cluster } = deployment;
  if (workload.kind !== 'training') return undefined;
  const { schedule, vpp } = pool.parallel;
  const stages = step.stages.length;
  // Interleaving moves micro-batches in rounds of as many as there are stages. DualPipe needs two per stage.
  const isInterleaved = schedule === 'interleaved' && stages > 1 && most >= stages;
  const shown = isInterleaved ? most - (most % stages) : most;
  const times = trainingStages(poolSetting(cluster, pool), workload);
  const events = trainingEvents(times, shown, schedule, vpp);
  if (!events) return undefined;
  const notes = shown < step.microBatches ? [firstOf(shown, step.microBatches)] : [];
  return { pool, step, events, seconds: endOf(events), microBatches: shown, times, notes };
}

/** Why the events of a step are not known, for a step without a timeline. */
export function whyNoTimeline(pool: Pool, { stages, microBatches }: Step): string {
  return stages.length % 2 === 0
    ? `DualPipe needs ${2 * stages.length} micro-batches for its ${stages.length} stages, and there are ${microBatches}: the time is an estimate without a list of events.`
    : `DualPipe is defined for an even number of stages, and ${pool.name} has ${stages.length}: the time is an estimate without a list of events.`;
}

/**
 * What a step does after its micro-batches, or between this step and the next. Undefined when some micro-batches are not
 * drawn.
 */
export function restOf({ step, seconds, microBatches }: Timeline): string | undefined {
  if (microBatches < step.microBatches || step.seconds - seconds <= 1e-9) return undefined;
  return step.phase === 'training' ? 'Gradients not covered, optimizer' : 'Engine between steps';
}

function endOf(events: readonly ScheduleEvent[]): number {
  let end = 0;
  for (const event of events) end = Math.max(end, event.end);
  return end;
}

/** Model chunks that each stage of a timeline holds. */
export function chunksOf({ pool, step, events }: Timeline): number {
  const isInterleaved = step.phase === 'training' && pool.parallel.schedule === 'interleaved';
  return isInterleaved && events.some(({ chunk }) => chunk > 0) ? pool.parallel.vpp : 1;
}

/** The operations inside each event, worked out once for equal events. Transfers have none. */
export function slicer(timeline: Timeline): (event: ScheduleEvent) => readonly Slice[] {
  const slicesOfPasses = new Map<string, readonly Slice[]>();
  return (event) => {
    const key = passKey(event);
    const slices = slicesOfPasses.get(key) ?? slicesOf(passesOf(timeline, event), timeline.pool.engine);
    slicesOfPasses.set(key, slices);
    return slices;
  };
}

/** Equal for events that do the same, whatever their duration. */
export function passKey({ kind, stage, chunk, layersOf = stage, beside, isDeferred }: ScheduleEvent): string {
  return `${kind}${isDeferred ? ' by inputs' : ''} ${chunk} ${layersOf} ${beside?.layersOf ?? ''}`;
}

function passesOf(timeline: Timeline, event: ScheduleEvent): Pass[] {
  const { kind, stage, chunk, layersOf = stage, beside } = event;
  if (kind === 'T') return [];
  const isWhole = timeline.pool.parallel.schedule !== 'zero-bubble' && !event.isDeferred;
  const chunks = chunksOf(timeline);
  const pass = (ofStage: number, as: Pass['kind']): Pass[] => {
    const run = timeline.step.stages[ofStage];
    const held = timeline.pool.stages[ofStage];
    const layers = (held && layersOfChunks(held, chunks)[chunk]) ?? [];
    const times = timeline.times?.[ofStage];
    const seconds = times && passSeconds(times, as, isWhole);
    return run ? [{ run, kind: as, chunk, chunks, layers, ...(seconds && { seconds }) }] : [];
  };
  if (kind !== 'FB') return pass(layersOf, kind);
  return [...pass(layersOf, 'F'), ...(beside ? pass(beside.layersOf, 'B') : [])];
}

/**
 * Seconds that a pass of training spends on computation and on exposed communication. `isWhole` includes weight gradients.
 */
function passSeconds(times: TrainingTimes, kind: Pass['kind'], isWhole: boolean): PassSeconds {
  const { forward, backwardInput, backwardWeight, exposed, exposedForward, hidden } = times;
  if (kind === 'W') return { compute: backwardWeight, communication: 0, hidden: 0 };
  const total = kind === 'F' ? forward : backwardInput + (isWhole ? backwardWeight : 0);
  const communication = Math.min(total, kind === 'F' ? exposedForward : exposed - exposedForward);
  return { compute: total - communication, communication, hidden };
}

/** Share of the stages' time in which they neither compute nor communicate for a micro-batch. Transfers do not count. */
export function bubbleOf({ events, step, seconds }: Timeline): number {
  let busy = 0;
  for (const { kind, start, end } of events) if (kind !== 'T') busy += end - start;
  return seconds > 0 ? 1 - busy / (seconds * step.stages.length) : 0;
}
