import { engineProfile } from '../../engines/index.ts';
import type { Workload } from '../../plan/deployment.ts';
import { peakOf } from '../hardware.ts';
import type { Work } from '../layers/context.ts';
import { expertsOf } from '../parameters/parameters.ts';
import { forwardSchedule } from '../schedule/schedule.ts';
import type { PoolSetting } from '../steps/stage.ts';
import { decodeStep, passOf, pipelineTimes, type StepTimes, stepOf } from '../steps/step.ts';

export type ServingWorkload = Extract<Workload, { kind: 'serving' }>;

/** Prefill on every attention rank. */
export interface Prefill {
  readonly step: StepTimes;
  /** From the start of a single prompt to the end of its last layer. */
  readonly latency: number;
  /** How long a prompt keeps the slowest stage busy when `together` of them share a step. */
  readonly occupancy: number;
  readonly together: number;
}

export interface PoolState {
  readonly decode: StepTimes;
  readonly prefill: Prefill | undefined;
  /** Requests in the pool, over all ranks and replicas. */
  readonly requests: number;
  readonly tpot: number;
  readonly ttft: number;
  readonly requestsPerSecond: number;
}

/** Tokens of a prompt that are computed, and tokens found in the prefix cache. */
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
 * the mean of all. The chunks follow one another through the pipeline. `requests` are those of one rank: prompts that
 * arrive at once share a step as far as its tokens reach.
 */
export function prefillOf(setting: PoolSetting, workload: ServingWorkload, requests: number): Prefill {
  const { fresh, cached } = promptOf(workload);
  const last = prefillWork(setting, workload);
  const chunks = Math.ceil(fresh / last.length);
  const pass = passOf(setting, last);
  const first = chunks > 1 ? passOf(setting, { ...last, prefix: cached }) : pass;
  // The last chunk may be shorter. Chunks of equal length would do fresh / length of the work.
  const filled = fresh / (chunks * last.length);
  const { times: behind, links } = pipelineTimes(pass);
  const { times: ahead } = pipelineTimes(first);
  const times = behind.map((seconds, index) => ((seconds + (ahead[index] ?? seconds)) / 2) * filled);
  const sent = links.map((seconds) => seconds * filled);
  const schedule = forwardSchedule(times, chunks, sent);
  const { perStep } = hostWork(setting);
  const { stepTokens } = setting.pool.engine;
  const ranks = setting.pool.parallel.dp * setting.pool.replicas;
  const stages = times.map((seconds, index) => {
    const [before, after] = [
      first[index]?.exposedCommunicationSeconds ?? 0,
      pass[index]?.exposedCommunicationSeconds ?? 0,
    ];
    return { busy: chunks * seconds, exposed: ((chunks * (before + after)) / 2) * filled };
  });
  const scheduled = { stages, seconds: schedule.seconds, behind: { communication: 0, rest: perStep * chunks } };
  const mean = chunks > 1 ? { first: { ...last, prefix: cached }, filled } : undefined;
  const alone = stepOf(pass, last, chunks, fresh * ranks, scheduled, mean);
  const atOnce = Math.max(1, Math.min(requests, Math.floor(stepTokens / fresh)));
  // Arrivals that differ by milliseconds break a group up, which puts it half way between one by one and all that fit.
  // Requests out of step arrive as others end, a number of them in each decode step.
  const step = inStep(workload);
  const arriving = Math.min(atOnce, requests / workload.output);
  const together = (step * (1 + atOnce)) / 2 + (1 - step) * Math.max(1, arriving);
  const shared = together > 1 ? passOf(setting, { ...last, sequences: together }) : pass;
  const slowest = together > 1 ? Math.max(...pipelineTimes(shared).times) / together : chunks * Math.max(...times);
  const busy = slowest + (together > 1 ? perStep / together : perStep * chunks);
  return { step: alone, latency: alone.seconds, occupancy: busy, together };
}

/**
 * How far requests keep the offsets at which they started: 1 when all lengths are equal, so that requests read together end
 * together; near 0 when lengths differ by many tokens.
 */
function inStep({ lengthSpread, output }: ServingWorkload): number {
  return lengthSpread === undefined ? 0 : 1 / (1 + lengthSpread * output);
}

/** Time that the host adds to a step and to each sequence in it, on the machines of the first stage. */
function hostWork({ pool, stages }: PoolSetting): { readonly perStep: number; readonly perSequence: number } {
  const { perStep, perSequence } = engineProfile(pool.engine.name).constants;
  const time = stages[0]?.hardware.hostTime ?? 1;
  return { perStep: perStep * time, perSequence: perSequence * time };
}

/**
 * Tokens that a verified step yields with `drafted` tokens. Each is accepted with chance `acceptance` if the one before
 * was.
 */
export function tokensPerStep(drafted: number, acceptance: number): number {
  return acceptance === 1 ? drafted + 1 : (1 - acceptance ** (drafted + 1)) / (1 - acceptance);
}

/** Decode with `requests` requests in the pool, each half way through its output. */
function decodeOf(setting: PoolSetting, workload: ServingWorkload, requests: number): StepTimes {
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
  const { perStep, perSequence } = hostWork(setting);
  return decodeStep(setting, work, inFlight, tokens, perStep + perRank * perSequence);
}

/**
 * Continuous batching in closed form. In a round of its life each of b requests on a rank decodes `S = (output - 1) /
 * tokens of a step` steps, and the rank reads the prompts of all b: `round = b (T_pre - h) + S T_dec + other waits of the
 * first token`, which by Little's law is `b / throughput`. The part of the prompts' time that is not over before the first
 * token falls between the later tokens; with one token all of it is over before. `h` is what an engine that mixes prompts
 * into decode steps hides of them.
 * The first token waits for the running step (half of one on average), for the a prompts ahead of it and for its own step,
 * which may hold k prompts; where ranks step together it waits for some more steps.
 * `rho / (2 (1 - rho))` prompts are ahead at a share rho of time spent on prompts, at most half of the others. When equal
 * lengths keep requests in step, it is an engine's own number of prompts, or half of the others when prompts go first. In a
 * benchmark that starts all its requests at once a request waits for half of that first burst, weighted with the burst's
 * share of all requests.
 */
export function continuousBatching(setting: PoolSetting, workload: ServingWorkload, requests: number): PoolState {
  const { pool } = setting;
  const perRank = Math.max(1, requests / (pool.parallel.dp * pool.replicas));
  const { constants } = engineProfile(pool.engine.name);
  const prefill = prefillOf(setting, workload, perRank);
  const { together, occupancy, latency } = prefill;
  const decode = decodeOf(setting, workload, requests);
  const perToken = decode.seconds / tokensPerStep(pool.engine.speculativeTokens, pool.engine.acceptance);
  const later = workload.output - 1;
  if (later === 0) {
    const ttft = constants.perRequest + Math.max(latency, perRank * occupancy);
    return { decode, prefill, requests, tpot: perToken, ttft, requestsPerSecond: requests / ttft };
  }
  const { mixed } = constants;
  const step = inStep(workload);
  const waves = workload.requests === undefined ? Number.POSITIVE_INFINITY : Math.max(1, workload.requests / requests);
  const half = (perRank - together) / 2;
  const random = Math.min(half, (perRank * occupancy) / (2 * workload.output * perToken));
  const burst = mixed || step < 1 ? half / waves : 0;
  const ahead = (mixed ? 0 : step * half) + (1 - step) * random + burst;
  // Prompts that arrive in one step end together. With requests in step and prompts mixed into decode they arrive one by
  // one.
  const ownReading = Math.max(latency, (mixed ? 1 - step : 1) * together * occupancy);
  const steps = (later * perToken) / decode.seconds;
  const hidden = mixed ? hiddenPart(setting, prefill, decode, perRank / steps) : 0;
  const reading = Math.max(ownReading, perRank * (occupancy - hidden));
  const seen = Math.min(reading, ownReading + ahead * occupancy);
  const tpot = perToken + (reading - seen) / later;
  // In an engine that mixes, an orderly prompt waits during steps that run in any case, so no fewer prompts come later.
  const orderly = mixed ? step * (1 - 1 / perRank) * Math.min(constants.ahead * occupancy, later * perToken) : 0;
  const saved = orderly > 0 ? savedByBatching(setting, workload, perRank, decode) : 0;
  const waited = (0.5 + stepsHeldBack(setting, perRank, steps)) * decode.seconds + Math.min(orderly, steps * saved);
  const ttft = constants.perRequest + seen + waited;
  return { decode, prefill, requests, tpot, ttft, requestsPerSecond: requests / (ttft + tpot * later) };
}

/**
 * Time that one decode step of all of a rank's requests saves over a step for each of them. A request that waits longer
 * loses it by sharing.
 */
function savedByBatching(setting: PoolSetting, workload: ServingWorkload, perRank: number, decode: StepTimes): number {
  const { parallel, replicas } = setting.pool;
  const alone = decodeOf(setting, workload, parallel.dp * replicas);
  return Math.max(0, perRank * alone.seconds - decode.seconds);
}

/**
 * Seconds of a prompt's time that mixing it into decode steps saves: a part of what these steps take outside attention
 * beyond their arithmetic, which no prompt can hide. `perStep` prompts share one decode step, or a step of their own.
 */
function hiddenPart(
  { stages, pool }: PoolSetting,
  { occupancy, together }: Prefill,
  decode: StepTimes,
  perStep: number,
): number {
  const hardware = stages[0]?.hardware;
  if (!hardware) return 0;
  const { compute, experts } = pool.model.types;
  const peak = peakOf(hardware.gpu, compute ?? experts);
  let outside = decode.seconds;
  for (const { attentionSeconds, otherFlop } of decode.pass) outside -= attentionSeconds + otherFlop / peak;
  const idle = Math.max(0, outside) / Math.max(1, decode.pass.length);
  return Math.min(occupancy, (hardware.engine.hidden * idle) / Math.max(together, perStep));
}

/**
 * Steps for which a prompt is held back so that the other ranks read theirs in the same step: until each rank that steps
 * together has one, up to the engine's limit. A rank gets a prompt at random once in `steps / perRank` steps. After none
 * had one, the last of n ranks gets its prompt after `1 + 1/2 + ... + 1/n` times as many. Only ranks that exchange tokens
 * with one another wait, and only while each has a request to go on with.
 */
function stepsHeldBack({ pool, stages }: PoolSetting, perRank: number, steps: number): number {
  const { tp, cp, dp, etp, ep } = pool.parallel;
  const limit = stages[0]?.hardware.engine.rankWait ?? 0;
  const stepTogether = Math.min(dp, (etp * ep) / (tp * cp));
  if (limit === 0 || stepTogether <= 1 || !expertsOf(pool.model)) return 0;
  let last = 0;
  for (let rank = 2; rank <= stepTogether; rank++) last += 1 / rank;
  return Math.min(1, perRank - 1) * Math.min(limit, (last * steps) / perRank);
}

/**
 * Decode alone: another pool reads the prompts and gives their first tokens. Nothing limits requests of one token, so their
 * rate is infinite.
 */
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
    requestsPerSecond: requests / (tpot * (workload.output - 1)),
  };
}
