import type { Work } from '../layers/context.ts';
import type { Step } from '../operation.ts';
import { forwardSchedule } from '../schedule/schedule.ts';
import { type CountedPass, countedRun } from './countedRun.ts';
import { meanRun } from './meanRun.ts';
import { meanPart, NOTHING_BEHIND, partsOf, type Scheduled, stepSeconds, worksOf } from './parts.ts';
import type { Pass } from './pass.ts';
import { type PoolSetting, passOfStage, type StageCost, stageCost, type TimedLayers } from './stage.ts';

/** One step of a pool in numbers. */
export interface StepTimes {
  readonly work: Work;
  readonly microBatches: number;
  /** The pass of one of its micro-batches. */
  readonly pass: Pass;
  /** Set where micro-batches differ: the pass of `work` is that of the last, and each is drawn as the mean of all. */
  readonly mean?: MeanChunk;
  /** Training: what is counted of the forward pass through each stage. */
  readonly counted?: readonly CountedPass[];
  readonly scheduled: Scheduled;
  /** From one step to the next. */
  readonly seconds: number;
  /** The mean bubble of the stages, as a share of the step. */
  readonly bubbleFraction: number;
  /** The mean of the stages. */
  readonly exposedCommunicationSeconds: number;
  /** Tokens of all replicas finished per step. */
  readonly tokens: number;
}

/** What the mean chunk of a prompt is made of. */
export interface MeanChunk {
  /** The work of the first chunk. */
  readonly first: Work;
  /** Tokens of a mean chunk over those of a full one. */
  readonly filled: number;
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
  const { seconds } = forwardSchedule(times, microBatches, links);
  const stages = worksOf(pass, microBatches);
  return stepOf(pass, work, microBatches, tokens, { stages, seconds, behind: NOTHING_BEHIND });
}

/**
 * A decode step. `inFlight` micro-batches circulate, so each stage starts the next token of one when the pipeline has
 * finished its last: `max(sum t_i, inFlight x max t_i)`. The host adds its own time before the next step.
 */
export function decodeStep(
  setting: PoolSetting,
  work: Work,
  inFlight: number,
  tokens: number,
  hostSeconds: number,
): StepTimes {
  const pass = passOf(setting, work);
  let sum = 0;
  let slowest = 0;
  for (const { seconds, sent = 0 } of pass) {
    sum += seconds + sent;
    slowest = Math.max(slowest, seconds, sent);
  }
  const seconds = Math.max(sum, inFlight * slowest);
  const behind = { communication: 0, rest: hostSeconds };
  return stepOf(pass, work, inFlight, tokens, { stages: worksOf(pass, inFlight), seconds, behind });
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
  scheduled: Scheduled,
  mean?: MeanChunk,
): StepTimes {
  const seconds = stepSeconds(scheduled);
  const parts = partsOf(scheduled);
  return {
    work,
    microBatches,
    pass,
    ...(mean && { mean }),
    scheduled,
    seconds,
    bubbleFraction: seconds > 0 ? meanPart(parts, 'bubble') / seconds : 0,
    exposedCommunicationSeconds: meanPart(parts, 'exposedCommunication'),
    tokens,
  };
}

/** A step with its operations, as views show it. */
export function drawnStep(setting: PoolSetting, step: StepTimes): Step {
  const { work, mean, counted, scheduled, seconds, bubbleFraction, exposedCommunicationSeconds } = step;
  const costs = setting.passes.costsOf(step.pass) ?? stageCosts(setting, work);
  const length = work.length * (mean?.filled ?? 1);
  const prefix = mean ? (mean.first.prefix + work.prefix) / 2 : work.prefix;
  return {
    phase: work.phase,
    tokensPerRank: work.sequences * length,
    sequencesPerRank: work.sequences,
    context: work.phase === 'decode' ? prefix : prefix + (length + 1) / 2,
    microBatches: step.microBatches,
    stages: (mean ? meanStages(setting, costs, work, mean) : costs.map(({ run }) => run)).map((run) => {
      const pass = counted?.[run.stage];
      return pass ? countedRun(run, pass) : run;
    }),
    parts: partsOf(scheduled),
    seconds,
    overheadSeconds: scheduled.behind.communication + scheduled.behind.rest,
    bubbleFraction,
    exposedCommunicationSeconds,
    tokens: step.tokens,
  };
}

/** The stages with the mean of all chunks of a prompt: what they cost is linear in what is cached, and in their tokens. */
function meanStages(setting: PoolSetting, last: readonly StageCost[], work: Work, { first, filled }: MeanChunk) {
  const ahead = setting.passes.costsOf(passOf(setting, first)) ?? stageCosts(setting, first);
  const shapes = filled < 1 ? stageCosts(setting, { ...work, length: work.length * filled }) : last;
  return last.map(({ run }, index) => meanRun(ahead[index]?.run ?? run, run, shapes[index]?.run ?? run, filled));
}
