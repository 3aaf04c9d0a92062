import type { Work } from '../layers/context.ts';
import type { Step } from '../operation.ts';
import { forwardSchedule, type ScheduleResult } from '../schedule/schedule.ts';
import type { Pass } from './pass.ts';
import { type PoolSetting, passOfStage, type StageCost, stageCost, type TimedLayers } from './stage.ts';

/** One step of a pool in numbers. */
export interface StepTimes {
  readonly work: Work;
  readonly microBatches: number;
  /** The pass of one of its micro-batches. */
  readonly pass: Pass;
  /** From the first stage's start to the last stage's end. */
  readonly seconds: number;
  /** The part of `seconds` outside of the schedule of micro-batches. */
  readonly overheadSeconds: number;
  /** Share of GPU time in the schedule lost to waiting for other stages. */
  readonly bubbleFraction: number;
  readonly exposedCommunicationSeconds: number;
  /** Tokens of all replicas finished per step. */
  readonly tokens: number;
}

export function stageCosts(setting: PoolSetting, work: Work): readonly StageCost[] {
  const timedLayers: TimedLayers = [];
  return setting.stages.map((_, index) => stageCost(setting, index, work, timedLayers));
}

/** One micro-batch through all stages, timed once for each work. */
export function passOf(setting: PoolSetting, work: Work): Pass {
  return setting.passes.of(work, () => {
    const costs = stageCosts(setting, work);
    return { pass: costs.map(passOfStage), costs };
  });
}

/** Sends `microBatches` equal micro-batches forward through the pipeline. `tokens` are those that all replicas finish. */
export function forwardStep(setting: PoolSetting, work: Work, microBatches: number, tokens: number): StepTimes {
  const pass = passOf(setting, work);
  const { times, links } = pipelineTimes(pass);
  return stepOf(pass, work, microBatches, tokens, forwardSchedule(times, microBatches, links));
}

/**
 * A decode step. `inFlight` micro-batches circulate, so each stage starts the next token of one when the pipeline has
 * finished its last: `max(sum t_i, inFlight x max t_i)`.
 */
export function decodeStep(setting: PoolSetting, work: Work, inFlight: number, tokens: number): StepTimes {
  const pass = passOf(setting, work);
  let sum = 0;
  let slowest = 0;
  for (const { seconds } of pass) {
    sum += seconds;
    slowest = Math.max(slowest, seconds);
  }
  const busy = inFlight * sum;
  for (const { sent = 0 } of pass) {
    sum += sent;
    slowest = Math.max(slowest, sent);
  }
  const seconds = Math.max(sum, inFlight * slowest);
  const bubbleFraction = seconds > 0 ? Math.max(0, 1 - busy / (seconds * pass.length)) : 0;
  return stepOf(pass, work, inFlight, tokens, { seconds, bubbleFraction });
}

/** Seconds of each stage without its transfer, and of the transfers. */
export function pipelineTimes(pass: Pass): { readonly times: number[]; readonly links: number[] } {
  const times: number[] = [];
  const links: number[] = [];
  for (const { seconds, sent } of pass) {
    times.push(seconds);
    if (sent !== undefined) links.push(sent);
  }
  return { times, links };
}

export function stepOf(
  pass: Pass,
  work: Work,
  microBatches: number,
  tokens: number,
  schedule: ScheduleResult,
  overhead = 0,
): StepTimes {
  let exposed = 0;
  for (const stage of pass) exposed = Math.max(exposed, stage.exposedCommunicationSeconds);
  return {
    work,
    microBatches,
    pass,
    seconds: schedule.seconds + overhead,
    overheadSeconds: overhead,
    bubbleFraction: schedule.bubbleFraction,
    exposedCommunicationSeconds: exposed * microBatches,
    tokens,
  };
}

/** A step with its operations, as views show it. */
export function drawnStep(setting: PoolSetting, step: StepTimes): Step {
  const { work, pass, microBatches, seconds, overheadSeconds, bubbleFraction, exposedCommunicationSeconds, tokens } =
    step;
  const costs = setting.passes.costsOf(pass) ?? stageCosts(setting, work);
  return {
    phase: work.phase,
    tokensPerRank: work.sequences * work.length,
    sequencesPerRank: work.sequences,
    context: work.phase === 'decode' ? work.prefix : work.prefix + (work.length + 1) / 2,
    microBatches,
    stages: costs.map(({ run }) => run),
    seconds,
    overheadSeconds,
    bubbleFraction,
    exposedCommunicationSeconds,
    tokens,
  };
}
