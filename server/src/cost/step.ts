import type { Work } from './layers/context.ts';
import type { Step } from './operation.ts';
import { forwardSchedule, type ScheduleResult } from './schedule.ts';
import { type PoolSetting, type StageCost, stageCost, type TimedLayers } from './stage.ts';

export function stageCosts(setting: PoolSetting, work: Work): StageCost[] {
  const known: TimedLayers = [];
  return setting.stages.map((_, index) => stageCost(setting, index, work, known));
}

/** `microBatches` equal micro-batches forward through the pipeline. `tokens` are those that all replicas finish. */
export function forwardStep(setting: PoolSetting, work: Work, microBatches: number, tokens: number): Step {
  const costs = stageCosts(setting, work);
  const { times, links } = pipelineTimes(costs);
  return stepOf(costs, work, microBatches, tokens, forwardSchedule(times, microBatches, links));
}

/**
 * A decode step: `inFlight` micro-batches circulate, so each stage starts the next token of one when the pipeline has
 * finished its last: `max(sum t_i, inFlight x max t_i)`.
 */
export function decodeStep(setting: PoolSetting, work: Work, inFlight: number, tokens: number): Step {
  const costs = stageCosts(setting, work);
  const { times, links } = pipelineTimes(costs);
  let sum = 0;
  let slowest = 0;
  for (const one of times) {
    sum += one;
    slowest = Math.max(slowest, one);
  }
  const busy = inFlight * sum;
  for (const one of links) sum += one;
  const seconds = Math.max(sum, inFlight * slowest, ...links.map((one) => inFlight * one));
  const bubbleFraction = seconds > 0 ? Math.max(0, 1 - busy / (seconds * costs.length)) : 0;
  return stepOf(costs, work, inFlight, tokens, { seconds, bubbleFraction });
}

/** Seconds of each stage without its transfer, and of the transfers. */
export function pipelineTimes(costs: readonly StageCost[]): { readonly times: number[]; readonly links: number[] } {
  const times: number[] = [];
  const links: number[] = [];
  for (const { run } of costs) {
    const sent = run.transfer?.seconds ?? 0;
    times.push(run.seconds - sent);
    if (run.transfer) links.push(sent);
  }
  return { times, links };
}

export function stepOf(
  costs: readonly StageCost[],
  work: Work,
  microBatches: number,
  tokens: number,
  schedule: ScheduleResult,
  overhead = 0,
): Step {
  let exposed = 0;
  for (const { run } of costs) exposed = Math.max(exposed, run.exposedCommunicationSeconds);
  return {
    phase: work.phase,
    tokensPerRank: work.sequences * work.length,
    sequencesPerRank: work.sequences,
    context: work.phase === 'decode' ? work.prefix : work.prefix + (work.length + 1) / 2,
    microBatches,
    stages: costs.map(({ run }) => run),
    seconds: schedule.seconds + overhead,
    bubbleFraction: schedule.bubbleFraction,
    exposedCommunicationSeconds: exposed * microBatches,
    tokens,
  };
}
