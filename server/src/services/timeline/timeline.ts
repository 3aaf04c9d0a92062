import type { Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import type { Step } from '../../cost/operation.ts';
import { decodeEvents, forwardEvents, type ScheduleEvent, trainingEvents } from '../../cost/scheduleEvents.ts';
import { poolSetting } from '../../cost/stage.ts';
import { trainingStages } from '../../cost/training.ts';
import type { Pool } from '../../plan/deployment.ts';

/** When each micro-batch is where: the step of a pool as it is drawn and exported. */
export interface Timeline {
  readonly pool: Pool;
  readonly step: Step;
  readonly events: readonly ScheduleEvent[];
  /** End of the last event; what the step takes longer is host work, gradients and optimizer. */
  readonly seconds: number;
  /** Micro-batches in `events`: at most all of the step's. */
  readonly microBatches: number;
  /** What the events leave out or simplify, a sentence each. */
  readonly notes: readonly string[];
}

/** Pairs of stage and micro-batch: more would neither be read nor drawn. */
const MOST_PAIRS = 8192;

/** The first step of each pool, the one that the DAG shows too. */
export function timelinesOf(evaluation: Evaluation): readonly Timeline[] {
  return evaluation.prediction.pools.flatMap((prediction) => timelineOf(evaluation, prediction) ?? []);
}

function timelineOf(evaluation: Evaluation, { pool, steps }: PoolPrediction): Timeline | undefined {
  const step = steps[0];
  if (!step) return undefined;
  const { microBatches, phase } = step;
  const most = Math.max(1, Math.floor(MOST_PAIRS / step.stages.length));
  const shown = Math.min(microBatches, most);
  const notes: string[] = [];
  if (shown < microBatches) notes.push(`The first ${shown} of ${microBatches} micro-batches.`);
  if (phase === 'training') return training(evaluation, pool, step, shown, notes);
  const links = step.stages.flatMap(({ transfer }) => transfer?.seconds ?? []);
  const times = step.stages.map(({ seconds, transfer }) => seconds - (transfer?.seconds ?? 0));
  if (phase === 'decode') {
    const { period, events } = decodeEvents(times, microBatches, links);
    if (microBatches > 1) notes.push('Steady state: what begins at the end of the step goes on at its beginning.');
    return { pool, step, events, seconds: period, microBatches, notes };
  }
  if (phase === 'prefill' && microBatches > 1)
    notes.push('Every chunk is drawn as the last one, which sees the whole prompt; the prediction takes the mean.');
  const events = forwardEvents(times, shown, links);
  return { pool, step, events, seconds: endOf(events), microBatches: shown, notes };
}

function training(
  { deployment }: Evaluation,
  pool: Pool,
  step: Step,
  shown: number,
  notes: string[],
): Timeline | undefined {
  const { workload, cluster } = deployment;
  if (workload.kind !== 'training') return undefined;
  const times = trainingStages(poolSetting(cluster, pool), workload);
  const events = trainingEvents(times, shown, pool.parallel.schedule, pool.parallel.vpp);
  if (!events) return undefined;
  return { pool, step, events, seconds: endOf(events), microBatches: shown, notes };
}

function endOf(events: readonly ScheduleEvent[]): number {
  let end = 0;
  for (const event of events) end = Math.max(end, event.end);
  return end;
}

/** Share of the stages' time in which they neither compute nor communicate for a micro-batch; transfers do not count. */
export function bubbleOf({ events, step, seconds }: Timeline): number {
  let busy = 0;
  for (const { kind, start, end } of events) if (kind !== 'T') busy += end - start;
  return seconds > 0 ? 1 - busy / (seconds * step.stages.length) : 0;
}
