import { servingBudget } from '../cost/estimate.ts';
import { poolMemory } from '../cost/memory/memory.ts';
import { Scorer } from '../cost/score.ts';
import { handover } from '../cost/serving/handover.ts';
import { heldAtOnce } from '../cost/serving/pools.ts';
import { decodeOnly, prefillOf, type ServingWorkload } from '../cost/serving/serving.ts';
import type { PoolSetting } from '../cost/steps/stage.ts';
import type { Deployment } from '../plan/deployment.ts';
import type { PlanSpec, PoolSpec } from '../plan/spec.ts';
import { type Option, type OptionPlace, replicatedOptions, settingsBehind } from './options.ts';
import { memoryRefusal, type Refusal, type Rules } from './refusal.ts';
import type { Chosen } from './space.ts';

/** One pool of a plan with two, as far as it can be told without its partner. */
export interface Side {
  readonly option: Option;
  /** The most requests per second that it does its half of. */
  readonly rate: number;
  /** Seconds of one prompt, read alone; 0 of a pool that generates. */
  readonly latency: number;
  /** The most seconds that its cache then takes to any other GPU. */
  readonly sending: number;
  /** Of a pool that generates: ascending numbers of requests in it, with the rate and the time per token there. */
  readonly curve: readonly Load[];
}

export interface Load {
  readonly requests: number;
  /** Requests per second. */
  readonly rate: number;
  readonly tpot: number;
}

/** The sides of one pool that hold, the fastest first, and those that fell. */
export interface Sides {
  readonly list: readonly Side[];
  readonly fallen: readonly { readonly refusal: Refusal; readonly chosen: readonly Chosen[]; readonly count: number }[];
  /** Sides that are equal to one of the list in all their numbers. */
  readonly equal: number;
  /** All of them. */
  readonly count: number;
}

/** Where sides of a pool are made. */
export interface SidePlace {
  readonly at: OptionPlace;
  readonly workload: ServingWorkload;
  readonly rules: Rules;
  /** A plan of the pool alone, on its GPUs. */
  readonly planOf: (pool: PoolSpec) => PlanSpec;
}

/** Steps of the curve for each doubling of the requests. */
const PER_DOUBLING = 2;

/** Works out the sides of a pool. It pauses after each. */
export function* sidesOf(place: SidePlace): Generator<void, Sides> {
  const { at, rules } = place;
  const scorer = new Scorer();
  const byNumbers = new Map<string, Side>();
  const fallen: Sides['fallen'][number][] = [];
  let count = 0;
  let equal = 0;
  for (const option of replicatedOptions(at)) {
    const options = settingsBehind(at, option);
    count += options.length;
    const [first] = options;
    if (!first) continue;
    const half = halfOf(place, scorer, first.pool);
    const refusal = 'reason' in half ? half : rules.refuseLayout(half.spec, half.draft, [at.index]);
    if (refusal) {
      fallen.push({ refusal, chosen: option.chosen, count: options.length });
      yield;
      continue;
    }
    for (const each of options) {
      const side = sideOf(place, scorer, each);
      if ('reason' in side) {
        fallen.push({ refusal: side, chosen: each.chosen, count: 1 });
        yield;
        continue;
      }
      yield;
      if (byNumbers.has(side.key)) equal++;
      else byNumbers.set(side.key, side);
    }
  }
  const list = [...byNumbers.values()].toSorted((left, right) => right.rate - left.rate);
  return { list, fallen, equal, count };
}

type Half = { readonly spec: PlanSpec; readonly draft: Deployment };

function halfOf({ planOf }: SidePlace, scorer: Scorer, pool: PoolSpec): Half | Refusal {
  const spec = planOf(pool);
  const draft = scorer.layoutOf(spec);
  return 'invalid' in draft ? { reason: 'layout', message: () => draft.invalid } : { spec, draft };
}

function sideOf(place: SidePlace, scorer: Scorer, option: Option): (Side & { readonly key: string }) | Refusal {
  const { at, rules, workload } = place;
  const half = halfOf(place, scorer, option.pool);
  if ('reason' in half) return half;
  const refusal = rules.refuseSettings(half.spec, half.draft, [at.index]);
  if (refusal) return refusal;
  const [setting] = scorer.settingsOf(half.draft);
  if (!setting) return { reason: 'layout', message: () => 'it has no pool' };
  const budget = servingBudget(half.draft.cluster, setting, workload);
  const { pool } = setting;
  const ranks = pool.parallel.dp * pool.replicas;
  const memory = poolMemory(budget, ranks);
  const lacking = memoryRefusal([memory]);
  if (lacking) return lacking;
  const isPrefill = pool.role === 'prefill';
  const curve = isPrefill ? [] : curveOf(setting, workload, heldAtOnce(setting, budget, workload));
  const prefill = isPrefill ? prefillOf(setting, workload, 1) : undefined;
  const rate = prefill ? ranks / prefill.occupancy : (curve.at(-1)?.rate ?? Number.POSITIVE_INFINITY);
  const latency = prefill?.latency ?? 0;
  const sending = prefill ? slowestHandover(half.draft, setting, workload) : 0;
  const free = memory.classes.map(({ freeBytes }) => freeBytes);
  const times = curve.map(({ tpot }) => tpot);
  return {
    option,
    rate,
    latency,
    sending,
    curve,
    key: `${pool.engine.name},${rate},${latency},${sending},${times},${free}`,
  };
}

/** To a GPU beside it, or to the one that is farthest. */
function slowestHandover({ cluster }: Deployment, { pool }: PoolSetting, workload: ServingWorkload): number {
  const own = new Set(pool.gpus);
  const others = [pool.gpus.length, cluster.gpuCount - 1].filter((gpu) => gpu < cluster.gpuCount && !own.has(gpu));
  const seconds = others.map((gpu) => handover(cluster, pool, { stages: [{ gpus: [gpu] }] }, workload).seconds);
  return Math.max(0, ...seconds);
}

/** From one request on each rank to what the pool holds, or to all requests there are. */
function curveOf(setting: PoolSetting, workload: ServingWorkload, held: number): readonly Load[] {
  const most = Math.min(workload.concurrency ?? MOST_REQUESTS, held);
  const ranks = setting.pool.parallel.dp * setting.pool.replicas;
  const loads: Load[] = [];
  for (let step = 0; ; step++) {
    const requests = Math.min(most, ranks * 2 ** (step / PER_DOUBLING));
    const { requestsPerSecond, tpot } = decodeOnly(setting, workload, requests);
    loads.push({ requests, rate: requestsPerSecond, tpot });
    if (requests >= most) return loads;
  }
}

/** More requests at once than any pool holds. */
const MOST_REQUESTS = 2 ** 20;

/** What a pair of sides comes to at best. */
export interface AtBest {
  /** Requests per second. */
  readonly rate: number;
  readonly tpot: number;
}

/**
 * What a pair of sides comes to at best: where its balance lies on the curve of the pool that generates. It generates no more
 * than prefill reads, and the requests that it does not hold are in prefill, each for as long as a prompt and its hand-over.
 */
export function bestOf(prefill: Side, { curve }: Side, { concurrency, requestRate, output }: ServingWorkload): AtBest {
  const cap = concurrency === undefined ? Math.min(prefill.rate, requestRate ?? prefill.rate) : prefill.rate;
  const all = concurrency ?? Number.POSITIVE_INFINITY;
  const { latency, sending } = prefill;
  const behind = curve[lastWithRoom(curve, cap, latency, all, output) + 1] ?? curve.at(-1);
  const before = curve[Math.max(0, lastWithRoom(curve, cap, latency + sending, all, output))];
  return { rate: Math.min(cap, behind?.rate ?? cap), tpot: before?.tpot ?? 0 };
}

/** The last load of a curve that a pair holds in decode, or -1. */
function lastWithRoom(curve: readonly Load[], cap: number, least: number, all: number, output: number): number {
  let low = -1;
  let high = curve.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const load = curve[middle];
    const turn = (load?.tpot ?? 0) * (output - 1);
    const ofAll = Number.isFinite(all) ? (all * turn) / (turn + least) : Number.POSITIVE_INFINITY;
    if (load && load.requests <= Math.min(cap * turn, ofAll)) low = middle;
    else high = middle;
  }
  return low;
}
