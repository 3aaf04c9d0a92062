import type { Workload } from '../plan/deployment.ts';
import { engineConstants } from './constants/engines.ts';
import type { Work } from './layers/context.ts';
import type { Step } from './operation.ts';
import { forwardSchedule } from './schedule.ts';
import type { PoolSetting } from './stage.ts';
import { decodeStep, pipelineTimes, stageCosts, stepOf } from './step.ts';

const IDEAL = engineConstants('ideal');

export type ServingWorkload = Extract<Workload, { kind: 'serving' }>;

/** Prefill on every attention rank. */
export interface Prefill {
  readonly step: Step;
  /** From the start of one prompt alone to its last layer's end. */
  readonly latency: number;
  /** How long a prompt keeps the slowest stage busy, `together` of them sharing a step. */
  readonly occupancy: number;
  readonly together: number;
}

export interface PoolState {
  readonly decode: Step;
  readonly prefill: Prefill | undefined;
  /** Requests in the pool, over all ranks and replicas. */
  readonly requests: number;
  readonly tpot: number;
  readonly ttft: number;
  readonly requestsPerSecond: number;
}

/** Tokens of a prompt that are computed, and those found in the prefix cache. */
function promptOf(workload: ServingWorkload): { readonly fresh: number; readonly cached: number } {
  const cached = Math.min(workload.input - 1, Math.round(workload.input * workload.prefixShare));
  return { fresh: workload.input - cached, cached };
}

/** The largest prefill micro-batch: a chunk, or the whole prompt. */
export function prefillWork(setting: PoolSetting, workload: ServingWorkload): Work {
  const { fresh, cached } = promptOf(workload);
  const length = Math.min(fresh, setting.pool.engine.chunkTokens ?? fresh);
  return { phase: 'prefill', sequences: 1, length, prefix: cached + fresh - length };
}

/**
 * Prefill in chunks. Attention's work grows linearly with what is cached, so the mean of the first and the last chunk is
 * that of all; the chunks follow one another through the pipeline. `requests` are those of one rank: prompts that come at
 * once share a step as far as its tokens reach.
 */
export function prefillOf(setting: PoolSetting, workload: ServingWorkload, requests: number): Prefill {
  const { fresh, cached } = promptOf(workload);
  const last = prefillWork(setting, workload);
  const chunks = Math.ceil(fresh / last.length);
  const costs = stageCosts(setting, last);
  const first = chunks > 1 ? stageCosts(setting, { ...last, prefix: cached }) : costs;
  // The last chunk may be shorter: chunks of equal length would do fresh / length of the work.
  const filled = fresh / (chunks * last.length);
  const { times: behind, links } = pipelineTimes(costs);
  const { times: ahead } = pipelineTimes(first);
  const times = behind.map((seconds, index) => ((seconds + (ahead[index] ?? seconds)) / 2) * filled);
  const schedule = forwardSchedule(times, chunks, links);
  const { stepTokens } = setting.stages[0]?.hardware.engine ?? IDEAL;
  const { perStep } = hostWork(setting);
  const ranks = setting.pool.parallel.dp * setting.pool.replicas;
  const alone = stepOf(costs, last, chunks, fresh * ranks, schedule, perStep * chunks);
  const atOnce = Math.max(1, Math.min(requests, Math.floor((setting.pool.engine.chunkTokens ?? stepTokens) / fresh)));
  // Arrivals that differ by milliseconds break a group up: half way between one by one and all that fit. Requests out of
  // step come as others end, a number of them in each decode step.
  const step = inStep(workload);
  const arriving = Math.min(atOnce, requests / workload.output);
  const together = (step * (1 + atOnce)) / 2 + (1 - step) * Math.max(1, arriving);
  const shared = together > 1 ? stageCosts(setting, { ...last, sequences: together }) : costs;
  const slowest = together > 1 ? Math.max(...pipelineTimes(shared).times) / together : chunks * Math.max(...times);
  const busy = slowest + (together > 1 ? perStep / together : perStep * chunks);
  return { step: alone, latency: alone.seconds, occupancy: busy, together };
}

/**
 * How far requests keep the offsets at which they started: 1 when all lengths are equal, so that those read together end
 * together; near 0 once lengths differ by many tokens.
 */
function inStep({ lengthSpread, output }: ServingWorkload): number {
  return lengthSpread === undefined ? 0 : 1 / (1 + lengthSpread * output);
}

/** What the host adds to a step and to each sequence in it, on the machines of the first stage. */
function hostWork({ stages }: PoolSetting): { readonly perStep: number; readonly perSequence: number } {
  const hardware = stages[0]?.hardware;
  const { perStep, perSequence } = hardware?.engine ?? IDEAL;
  const time = hardware?.hostTime ?? 1;
  return { perStep: perStep * time, perSequence: perSequence * time };
}

/** Tokens that a verified step yields with `drafted` tokens, each accepted with chance `acceptance` if the one before was. */
export function tokensPerStep(drafted: number, acceptance: number): number {
  return acceptance === 1 ? drafted + 1 : (1 - acceptance ** (drafted + 1)) / (1 - acceptance);
}

/** Decode with `requests` requests in the pool, each half way through its output. */
export function decodeOf(setting: PoolSetting, workload: ServingWorkload, requests: number): Step {
  const { pool } = setting;
  const { engine, parallel } = pool;
  const ranks = parallel.dp * pool.replicas;
  const perRank = Math.max(1, requests / ranks);
  const inFlight = Math.max(1, Math.min(setting.stages.length, Math.floor(perRank)));
  const work: Work = {
    phase: 'decode',
    sequences: perRank / inFlight,
    length: 1 + engine.speculativeTokens,
    prefix: workload.input + workload.output / 2,
  };
  const tokens = requests * tokensPerStep(engine.speculativeTokens, engine.acceptance);
  const step = decodeStep(setting, work, inFlight, tokens);
  const { perStep, perSequence } = hostWork(setting);
  return { ...step, seconds: step.seconds + perStep + perRank * perSequence };
}

/**
 * Continuous batching in closed form. Of b requests on a rank each decodes `output` steps while the others' prompts come in
 * between: `TPOT = T_dec + (b - k - a) / output x T_pre`, k prompts sharing a step and a prompts having been waited for
 * already. An engine that mixes prompts into decode steps hides a part of the decode step behind the prompt.
 *
 * The first token waits for the running step (half of one in the mean), for the a prompts ahead of it and for its own step; with
 * attention data parallelism some steps more.
 * Ahead are `rho / (2 (1 - rho))` prompts at a share rho of time spent on prompts, at most half of the others; where equal
 * lengths keep requests in step, an engine's own number of prompts, or half of the others where prompts go first. A
 * benchmark that starts all its requests at once adds the mean wait of that first burst, `b / 2` prompts, by the burst's
 * share of all requests.
 */
export function continuousBatching(setting: PoolSetting, workload: ServingWorkload, requests: number): PoolState {
  const { pool } = setting;
  const { engine, parallel } = pool;
  const ranks = parallel.dp * pool.replicas;
  const perRank = Math.max(1, requests / ranks);
  const constants = setting.stages[0]?.hardware.engine ?? IDEAL;
  const prefill = prefillOf(setting, workload, perRank);
  const { together, occupancy, latency } = prefill;
  const decode = decodeOf(setting, workload, requests);
  const perToken = decode.seconds / tokensPerStep(engine.speculativeTokens, engine.acceptance);
  const step = inStep(workload);
  const hidden = constants.mixed ? Math.min(occupancy, (constants.hidden * outsideAttention(decode)) / together) : 0;
  const share = (perRank * occupancy) / (workload.output * perToken + perRank * occupancy);
  const random = Math.min((perRank - 1) / 2, share < 1 ? share / (2 * (1 - share)) : Number.POSITIVE_INFINITY);
  const orderly = Math.min((perRank - 1) / 2, constants.mixed ? constants.ahead : Number.POSITIVE_INFINITY);
  const ahead = step * orderly + (1 - step) * random;
  // A prompt that was waited for does not come in between again. In step and mixed, what is waited for is their steps' time.
  const met = constants.mixed ? (1 - step) * random : ahead;
  const others = Math.max(0, perRank - together - met);
  const tpot = perToken + (others / workload.output) * (occupancy - hidden);
  const waves = workload.requests === undefined ? Number.POSITIVE_INFINITY : Math.max(1, workload.requests / requests);
  const burst = constants.mixed || step < 1 ? (perRank - 1) / 2 / waves : 0;
  // Prompts that come in one step end together; those in step are counted by what is ahead.
  const own = Math.max(latency, (1 - step) * together * occupancy);
  // Attention ranks step together: they hold prompts back for others to read theirs in the same step.
  const steps = parallel.dp > 1 ? 0.5 + constants.rankWait : 0.5;
  const ttft = constants.perRequest + own + (ahead + burst) * occupancy + steps * decode.seconds;
  const service = ttft + tpot * Math.max(0, workload.output - 1);
  return { decode, prefill, requests, tpot, ttft, requestsPerSecond: requests / service };
}

/** Seconds of a step of one stage in the mean without its attention: what a prompt in the same step does not add to. */
function outsideAttention({ stages, seconds }: Step): number {
  let attention = 0;
  for (const { layers } of stages) {
    for (const { layers: equal, operations } of layers) {
      for (const one of operations) if (one.key === 'attention') attention += equal.length * one.seconds;
    }
  }
  return Math.max(0, seconds - attention) / Math.max(1, stages.length);
}

/** Decode alone, prompts being read elsewhere. */
export function decodeOnly(setting: PoolSetting, workload: ServingWorkload, requests: number): PoolState {
  const { engine } = setting.pool;
  const decode = decodeOf(setting, workload, requests);
  const tpot = decode.seconds / tokensPerStep(engine.speculativeTokens, engine.acceptance);
  return {
    decode,
    prefill: undefined,
    requests,
    tpot,
    ttft: 0,
    requestsPerSecond: requests / (tpot * workload.output),
  };
}
