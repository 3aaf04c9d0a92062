import type { Cluster } from '../../plan/cluster.ts';
import type { PoolBudget } from '../memory/memory.ts';
import type { PoolSetting } from '../steps/stage.ts';
import type { StepTimes } from '../steps/step.ts';
import { handover } from './handover.ts';
import type { PoolState, Prefill, ServingWorkload } from './serving.ts';
import { continuousBatching, decodeOnly, prefillOf } from './serving.ts';

export interface Served {
  /** The states of each pool: where tokens are generated, and where prompts are read. */
  readonly states: readonly (PoolState | undefined)[];
  readonly prefills: readonly (Prefill | undefined)[];
  readonly requestsNeeded: readonly number[];
  readonly tokensPerSecond: readonly number[];
  /** The decode step of the pool with the largest share of the requests. */
  readonly decode: StepTimes;
  /** Absent when more requests arrive than are finished, so that their queue grows without end. */
  readonly ttft?: number;
  readonly tpot: number;
  readonly requestsPerSecond: number;
  /** Requests that generate at once, over all pools, and the most that their caches hold at once. */
  readonly running: number;
  readonly most: number;
}

/** The number of requests that all pools hold together, and how fast they are served. */
interface Balance {
  readonly states: readonly (PoolState | undefined)[];
  readonly requestsPerSecond: number;
  readonly ttft: number;
  readonly tpot: number;
}

const BISECTIONS = 24;

/**
 * Relative difference at which the two sides of disaggregated serving count as balanced. It is small so that rates do not
 * depend on where a search began.
 */
const BALANCED = 1e-6;

/** The most requests in flight that an open loop tries: more than any cache holds. */
const MOST_REQUESTS = 2 ** 20;

/**
 * Serving by one or several pools.
 * A closed loop keeps `concurrency` requests in flight. In an open loop the requests in flight follow from Little's law,
 * `concurrency = rate x latency`: a search finds the concurrency at which as many requests finish as arrive (a mean-value
 * approximation: bursts of arrivals are not modelled). Requests beyond what the KV cache holds wait, and Little's law gives
 * their wait. When prefill and decode are separate, the slower side limits the rate. The requests that decode does not hold
 * are in prefill, so `TTFT = (concurrency - decoding) / rate`, and at least a prefill and the hand-over of its cache.
 */
export function predictServing(
  cluster: Cluster,
  settings: readonly PoolSetting[],
  budgets: readonly PoolBudget[],
  workload: ServingWorkload,
): Served {
  const prefills = settings.map((setting) =>
    setting.pool.role === 'prefill' ? prefillOf(setting, workload, 1) : undefined,
  );
  const apart = settings.some(({ pool }) => pool.role === 'prefill');
  const serve = (requests: number): Balance =>
    apart
      ? disaggregated(cluster, settings, budgets, prefills, workload, requests)
      : aggregated(settings, budgets, workload, requests);
  const arriving = workload.concurrency === undefined ? (workload.requestRate ?? 1) : Number.POSITIVE_INFINITY;
  const concurrency = workload.concurrency ?? openLoop(serve, arriving);
  const { states, requestsPerSecond: finishing, ttft, tpot } = serve(concurrency);
  const isOverloaded = concurrency === MOST_REQUESTS && finishing < arriving;
  // Where a batch starts one more micro-batch, the rate jumps over the rate of arrival. No more requests can finish than
  // arrive.
  const requestsPerSecond = Math.min(finishing, arriving) * meanInFlight(workload, () => serve(1).tpot / tpot);
  let largest: PoolState | undefined;
  for (const state of states) if (state && (!largest || state.requests > largest.requests)) largest = state;
  if (!largest) throw new RangeError('serving needs a pool that generates tokens');
  const total = states.reduce((sum, state) => sum + (state?.requests ?? 0), 0);
  return {
    states,
    prefills,
    requestsNeeded: settings.map((setting, index) =>
      setting.pool.role === 'prefill'
        ? setting.pool.parallel.dp * setting.pool.replicas
        : isOverloaded
          ? Math.min(states[index]?.requests ?? 0, budgets[index]?.requestsThatFit ?? 0)
          : (concurrency * (states[index]?.requests ?? 0)) / total,
    ),
    tokensPerSecond: states.map((state, index) =>
      state
        ? (requestsPerSecond * workload.output * state.requests) / total
        : prefills[index]
          ? requestsPerSecond * workload.input
          : 0,
    ),
    decode: largest.decode,
    ...(!isOverloaded && { ttft }),
    tpot,
    requestsPerSecond,
    running: total,
    most: mostAtOnce(settings, budgets, workload),
  };
}

/** Requests in all pools when the first cache is full, where they are spread in proportion to GPUs. */
function mostAtOnce(
  settings: readonly PoolSetting[],
  budgets: readonly PoolBudget[],
  workload: ServingWorkload,
): number {
  let gpus = 0;
  for (const { pool } of settings) if (pool.role !== 'prefill') gpus += pool.gpus.length;
  let most = Number.POSITIVE_INFINITY;
  for (const [index, setting] of settings.entries()) {
    const { role, gpus: ofPool } = setting.pool;
    if (role === 'prefill') continue;
    most = Math.min(most, (heldAtOnce(setting, budgets[index], workload) * gpus) / Math.max(1, ofPool.length));
  }
  return most;
}

/** The concurrency at which requests finish as fast as they arrive, or `MOST_REQUESTS` when they never do. */
function openLoop(serve: (requests: number) => Balance, rate: number): number {
  let low = 0;
  let high = 1;
  while (serve(high).requestsPerSecond < rate) {
    if (high >= MOST_REQUESTS) return MOST_REQUESTS;
    low = high;
    high *= 2;
  }
  for (let round = 0; round < BISECTIONS && high - low > 1e-3 * high; round++) {
    const middle = (low + high) / 2;
    if (serve(middle).requestsPerSecond < rate) low = middle;
    else high = middle;
  }
  return high;
}

/** Distributes requests over the pools in proportion to their GPUs, up to what each cache holds. */
function shares(
  settings: readonly PoolSetting[],
  budgets: readonly PoolBudget[],
  workload: ServingWorkload,
  requests: number,
): number[] {
  const generating = settings.map(({ pool }) => (pool.role === 'prefill' ? 0 : pool.gpus.length));
  const gpus = generating.reduce((sum, count) => sum + count, 0);
  return generating.map((count, index) =>
    Math.min(
      (requests * count) / Math.max(1, gpus),
      Math.max(1, heldAtOnce(settings[index], budgets[index], workload)),
    ),
  );
}

/**
 * Requests that run at once. When pages are given out as a request grows, its present length counts: the mean over its life
 * when requests are at all stages of theirs, and the full length when they go through it together. TensorRT-LLM keeps the
 * room of the full length free from the start.
 */
export function heldAtOnce(
  setting: PoolSetting | undefined,
  budget: Pick<PoolBudget, 'requestsThatFit'> | undefined,
  workload: ServingWorkload,
): number {
  const full = budget?.requestsThatFit ?? Number.POSITIVE_INFINITY;
  if (!setting?.stages[0]?.hardware.engine.growing) return full;
  const { input, output } = workload;
  const ranks = setting.pool.parallel.dp * setting.pool.replicas;
  const ofRank = (full / ranks) * ((input + output) / (input + (output * (1 + coherence(workload))) / 2));
  return ranks * Math.floor(ofRank);
}

/**
 * How far requests go through their lives together: 1 when all start at once and have one length, 0 in a service without
 * end. When lengths lie within a share s of their mean, the fastest and the slowest move apart by 2 s of a life in every
 * round.
 */
function coherence({ requests, concurrency, lengthSpread }: ServingWorkload): number {
  if (lengthSpread === undefined || requests === undefined || concurrency === undefined) return 0;
  return 1 / (1 + (2 * lengthSpread * requests) / concurrency);
}

/**
 * The mean of the requests in flight over a benchmark of `requests` requests, as a share of its concurrency c: 1 in a service
 * without end. When no request is left to be sent those in flight end one by one. Where all are at different points of
 * their lives, what is left of a life L is `(1 + s^2 / 3) / 2` of it on average for lengths that lie evenly within a share s of their
 * mean, and of c of them the longest is left of with `(1 + s) (1 - sqrt(pi / (4 c)))`, whose tokens come faster as the others end:
 * in the mean of their time among c and alone (`aloneShare` of the former). The benchmark lasts by the difference longer than
 * `requests / c` lives. Lengths that nothing is said of count as spread from 0 to twice their mean.
 */
function meanInFlight(workload: ServingWorkload, aloneShare: () => number): number {
  const { requests, concurrency, lengthSpread = 1 } = workload;
  const apart = 1 - coherence(workload);
  if (requests === undefined || concurrency === undefined || requests <= concurrency || apart === 0) return 1;
  const left = (1 + lengthSpread ** 2 / 3) / 2;
  const longest = (1 + lengthSpread) * (1 - Math.sqrt(Math.PI / (4 * Math.max(1, concurrency))));
  const waves = requests / concurrency;
  return waves / (waves + Math.max(0, (longest * (1 + aloneShare())) / 2 - left) * apart);
}

/**
 * The part of the wait for cache that comes before the first token. An engine that gives pages out as requests grow admits
 * a request when its prompt fits, and takes its pages away again when the growth of others needs them. The part is
 * therefore the cache that the first token needs, over the mean cache of a request.
 */
function waitsBefore(settings: readonly PoolSetting[], { input, output }: ServingWorkload): number {
  if (output === 1) return 1;
  const isGrowing = settings.some(({ pool, stages }) => pool.role !== 'prefill' && stages[0]?.hardware.engine.preempts);
  return isGrowing ? input / (input + output / 2) : 1;
}

function aggregated(
  settings: readonly PoolSetting[],
  budgets: readonly PoolBudget[],
  workload: ServingWorkload,
  requests: number,
): Balance {
  const held = shares(settings, budgets, workload, requests);
  const states = settings.map((setting, index) => {
    const poolRequests = held[index] ?? 0;
    return setting.pool.role !== 'decode' && poolRequests > 0
      ? continuousBatching(setting, workload, poolRequests)
      : undefined;
  });
  const { rate, ttft, tpot, inside } = means(states);
  // Requests that the cache does not hold wait before they enter.
  const wait = rate > 0 ? Math.max(0, requests - inside) / rate : 0;
  const before = waitsBefore(settings, workload);
  const later = ((1 - before) * wait) / Math.max(1, workload.output - 1);
  return { states, requestsPerSecond: rate, ttft: ttft + before * wait, tpot: tpot + later };
}

/**
 * Where a slowly growing function meets its argument, or `limit` when the function is still above it there. Uses secants,
 * of which four are enough for a nearly straight function. Undefined when they lead away.
 */
function fixedPoint(next: (value: number) => number, limit: number): number | undefined {
  let before = limit;
  let above = next(before) - before;
  if (above >= 0) return limit;
  let guess = before + above;
  for (let round = 0; round < 8 && guess > 0 && guess <= limit; round++) {
    const difference = next(guess) - guess;
    if (Math.abs(difference) <= BALANCED * guess) return guess;
    const slope = (difference - above) / (guess - before);
    before = guess;
    above = difference;
    guess -= difference / slope;
  }
  return undefined;
}

/** The largest value up to `limit` at which a falling function, 1 at 0, is not negative. Uses false position (Illinois). */
function mostWithRoom(room: (value: number) => number, limit: number): number {
  let low = 0;
  let atLow = 1;
  let high = limit;
  let atHigh = room(limit);
  if (atHigh >= 0) return limit;
  for (let round = 0; round < BISECTIONS && high - low > BALANCED * high; round++) {
    const between = low + ((high - low) * atLow) / (atLow - atHigh);
    const value = room(between);
    if (value >= 0) {
      low = between;
      atLow = value;
      atHigh /= 2;
      if (value < BALANCED) break;
    } else {
      high = between;
      atHigh = value;
      atLow /= 2;
    }
  }
  return low;
}

function means(states: readonly (PoolState | undefined)[]) {
  let rate = 0;
  let ttft = 0;
  let tpot = 0;
  let inside = 0;
  for (const state of states) {
    if (!state) continue;
    rate += state.requestsPerSecond;
    ttft += state.requestsPerSecond * state.ttft;
    tpot += state.requestsPerSecond * state.tpot;
    inside += state.requests;
  }
  return { rate, ttft: rate > 0 ? ttft / rate : 0, tpot: rate > 0 ? tpot / rate : 0, inside };
}

function disaggregated(
  cluster: Cluster,
  settings: readonly PoolSetting[],
  budgets: readonly PoolBudget[],
  prefills: readonly (Prefill | undefined)[],
  workload: ServingWorkload,
  requests: number,
): Balance {
  let capacity = 0;
  let latency = 0;
  settings.forEach(({ pool }, index) => {
    const prefill = prefills[index];
    if (!prefill || pool.role !== 'prefill') return;
    const rate = (pool.parallel.dp * pool.replicas) / prefill.occupancy;
    capacity += rate;
    latency += rate * prefill.latency;
  });
  latency = capacity > 0 ? latency / capacity : 0;
  const source = budgets.find((_, index) => settings[index]?.pool.role === 'prefill');
  const target = budgets.find((_, index) => settings[index]?.pool.role !== 'prefill');
  const least = latency + (source && target ? handover(cluster, source.pool, target.pool, workload).seconds : 0);
  const decoding = (inside: number) => {
    const held = shares(settings, budgets, workload, inside);
    return settings.map((setting, index) => {
      const poolRequests = held[index] ?? 0;
      return setting.pool.role !== 'prefill' && poolRequests > 0
        ? decodeOnly(setting, workload, poolRequests)
        : undefined;
    });
  };
  const fewest = 1e-6 * requests;
  if (workload.output === 1) {
    // The first token is the last, so nothing is left for decode.
    const states = decoding(fewest);
    const rate = Math.min(capacity, requests / least);
    return { states, requestsPerSecond: rate, ttft: requests / rate, tpot: states.find(Boolean)?.tpot ?? 0 };
  }
  // The most requests in decode that prefill can keep up with while keeping its share of the concurrency.
  const most = (inside: number) => {
    const { rate } = means(decoding(inside));
    const turn = rate > 0 ? inside / rate : 0;
    return Math.min(capacity * turn, (requests * turn) / (turn + least));
  };
  const room = (inside: number) => most(inside) / inside - 1;
  const balanced = fixedPoint(most, requests) ?? mostWithRoom(room, requests);
  const states = decoding(Math.max(balanced, fewest));
  const { rate, tpot, inside } = means(states);
  // The balance is found approximately, so the limit determines the rate itself.
  const turn = inside / rate;
  const isFull = inside < balanced * (1 - 1e-9);
  const served = isFull ? rate : Math.min(capacity, requests / (turn + least));
  return { states, requestsPerSecond: served, ttft: requests / served - turn, tpot };
}
