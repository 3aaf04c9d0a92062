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
  /** How long a prompt keeps the slowest stage busy: alone, and when `together` of them share a step. */
  readonly alone: number;
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
  const single = chunks * (Math.max(...times) + perStep);
  return { step: alone, latency: alone.seconds, alone: single, occupancy: busy, together };
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
 * tokens of a step` steps, and the rank reads the prompts of all b: `round = reading + S T_dec + other waits of the first
 * token`, which by Little's law is `b / throughput`. The part of the prompts' time that is not over before the first token
 * falls between the later tokens; with one token all of it is over before.
 */
export function continuousBatching(setting: PoolSetting, workload: ServingWorkload, requests: number): PoolState {
  const { pool } = setting;
  const perRank = Math.max(1, requests / (pool.parallel.dp * pool.replicas));
  const { constants } = engineProfile(pool.engine.name);
  const prefill = prefillOf(setting, workload, perRank);
  const decode = decodeOf(setting, workload, requests);
  const perToken = decode.seconds / tokensPerStep(pool.engine.speculativeTokens, pool.engine.acceptance);
  const later = workload.output - 1;
  if (later === 0) {
    const ttft = constants.perRequest + Math.max(prefill.latency, perRank * prefill.occupancy);
    return { decode, prefill, requests, tpot: perToken, ttft, requestsPerSecond: requests / ttft };
  }
  const steps = (later * perToken) / decode.seconds;
  const round: Round = { setting, workload, requests, perRank, prefill, decode, steps };
  const { first, between } = constants.mixed ? promptsInSteps(round) : promptsBetweenSteps(round);
  const tpot = perToken + between / later;
  const ttft = constants.perRequest + first;
  return { decode, prefill, requests, tpot, ttft, requestsPerSecond: requests / (ttft + tpot * later) };
}

/** What is known of a round before the waits for prompts are. */
interface Round {
  readonly setting: PoolSetting;
  readonly workload: ServingWorkload;
  readonly requests: number;
  readonly perRank: number;
  readonly prefill: Prefill;
  readonly decode: StepTimes;
  /** Decode steps in a life. */
  readonly steps: number;
}

/** Seconds up to the first token, without what the engine adds to every request, and those of prompts between later ones. */
interface Waits {
  readonly first: number;
  readonly between: number;
}

/** Rounds that a benchmark's requests make; Infinity for a service without end. */
function wavesOf({ requests: all }: ServingWorkload, requests: number): number {
  return all === undefined ? Number.POSITIVE_INFINITY : Math.max(1, all / requests);
}

/**
 * An engine that mixes prompts into decode steps, which hide `h` of each. The first token waits for the running step (half of
 * one on average), for the a prompts ahead of it and for its own step, which may hold k prompts; where ranks step together it
 * waits for some more steps.
 * `rho / (2 (1 - rho))` prompts are ahead at a share rho of time spent on prompts, at most half of the others. When equal
 * lengths keep requests in step, it is an engine's own number of prompts. In a benchmark that starts all its requests at once a
 * request waits for half of that first burst, weighted with the burst's share of all requests.
 */
function promptsInSteps(round: Round): Waits {
  const { setting, workload, requests, perRank, prefill, decode, steps } = round;
  const { together, occupancy, latency } = prefill;
  const { constants } = engineProfile(setting.pool.engine.name);
  const step = inStep(workload);
  const half = (perRank - together) / 2;
  const lasting = steps * decode.seconds;
  const perToken = lasting / (workload.output - 1);
  const random = Math.min(half, (perRank * occupancy) / (2 * workload.output * perToken));
  const ahead = (1 - step) * random + half / wavesOf(workload, requests);
  // Prompts that arrive in one step end together. With requests in step they arrive one by one.
  const ownReading = Math.max(latency, (1 - step) * together * occupancy);
  const hidden = hiddenPart(setting, prefill, decode, perRank / steps);
  const reading = Math.max(ownReading, perRank * (occupancy - hidden));
  const seen = Math.min(reading, ownReading + ahead * occupancy);
  // An orderly prompt waits during steps that run in any case, so no fewer prompts come later.
  const orderly = step * (1 - 1 / perRank) * Math.min(constants.ahead * occupancy, lasting);
  const saved = orderly > 0 ? savedByBatching(setting, workload, perRank, decode) : 0;
  const waited = (0.5 + stepsHeldBack(setting, perRank, steps)) * decode.seconds + Math.min(orderly, steps * saved);
  return { first: seen + waited, between: reading - seen };
}

/**
 * An engine that reads all waiting prompts before decode goes on. While requests are in step, half of the others' prompts are
 * read before one's own. Out of step they come as others end: after a decode step there are prompts with the chance `p = 1 -
 * exp(-n)`, n of them on average over all ranks that step together, and they share one step. A life of S decode steps goes
 * through `S p` such steps, its own among them, and a prompt, which came while a decode step ran, waits for that and is read
 * with n others. In a benchmark that starts all requests at once the first of its rounds is read in full steps.
 */
function promptsBetweenSteps(round: Round): Waits {
  const { workload } = round;
  const step = inStep(workload);
  const [together, apart] = [step > 0 ? readInStep(round) : undefined, step < 1 ? readOutOfStep(round) : undefined];
  const mean = (waitOf: (waits: Waits) => number) =>
    step * (together ? waitOf(together) : 0) + (1 - step) * (apart ? waitOf(apart) : 0);
  return { first: mean(({ first }) => first), between: mean(({ between }) => between) };
}

/** Prompts of all requests of a rank that come at once are read in full steps: a request waits for half of them. */
function readInStep({ setting, workload, perRank, prefill, decode }: Round): Waits {
  const { all, step } = fullSteps(setting, workload, prefill, perRank);
  return { first: (all + step) / 2 + decode.seconds / 2, between: (all - step) / 2 };
}

/** Seconds of all prompts of a rank, read in full steps, and of one such step. */
function fullSteps(setting: PoolSetting, workload: ServingWorkload, prefill: Prefill, perRank: number) {
  const full = Math.max(1, Math.min(perRank, promptsInStep(setting, workload)));
  const step = timeOfPrompts(setting, workload, prefill, full);
  return { all: (perRank / full) * step, step };
}

function readOutOfStep({ setting, workload, requests, perRank, prefill, decode, steps }: Round): Waits {
  const ranks = ranksInStep(setting);
  const arriving = perRank / steps;
  const chance = 1 - Math.exp(-ranks * arriving);
  const own = timeOfPrompts(setting, workload, prefill, 1 + arriving);
  const alone = timeOfPrompts(setting, workload, prefill, 1);
  // Prompts on the rank that has most of those that are read in one step; the time of more is between those of one and of n + 1.
  const group = Math.max(1, arriving / chance);
  const shared = alone + (own - alone) * Math.min(1, (group - 1) / arriving);
  const reading = Math.max(own, steps * chance * shared);
  const waves = wavesOf(workload, requests);
  const { all, step } = Number.isFinite(waves) ? fullSteps(setting, workload, prefill, perRank) : { all: 0, step: 0 };
  const mean = (later: number, first: number) => later + (first - later) / waves;
  const wait = (1 - 1 / perRank) * decode.seconds;
  return {
    first: mean(wait + own, (all + step) / 2),
    between: mean(reading - own, (all - step) / 2),
  };
}

/** Prompts that fit into one step of a rank. */
function promptsInStep({ pool }: PoolSetting, workload: ServingWorkload): number {
  return Math.max(1, Math.floor(pool.engine.stepTokens / promptOf(workload).fresh));
}

/** Seconds of one rank for a number of prompts that it reads together, in as many steps as they need. */
function timeOfPrompts(setting: PoolSetting, workload: ServingWorkload, prefill: Prefill, prompts: number): number {
  const most = promptsInStep(setting, workload);
  if (prompts <= 1 || most === 1) return prompts * prefill.alone;
  const sequences = Math.min(prompts, most);
  const pass = passOf(setting, { ...prefillWork(setting, workload), sequences });
  const { perStep } = hostWork(setting);
  return (Math.max(...pipelineTimes(pass).times) + perStep) * Math.max(1, prompts / most);
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
function stepsHeldBack(setting: PoolSetting, perRank: number, steps: number): number {
  const limit = setting.stages[0]?.hardware.engine.rankWait ?? 0;
  const ranks = ranksInStep(setting);
  if (limit === 0 || ranks <= 1) return 0;
  let last = 0;
  for (let rank = 2; rank <= ranks; rank++) last += 1 / rank;
  return Math.min(1, perRank - 1) * Math.min(limit, (last * steps) / perRank);
}

/** Attention data-parallel ranks that exchange tokens with one another, and so begin each step together. */
function ranksInStep({ pool }: PoolSetting): number {
  const { tp, cp, dp, etp, ep } = pool.parallel;
  return expertsOf(pool.model) ? Math.max(1, Math.min(dp, (etp * ep) / (tp * cp))) : 1;
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
