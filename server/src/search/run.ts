import { foundFigure } from '../cost/figures/found.ts';
import { formatFigure } from '../cost/format.ts';
import type { Score } from '../cost/score.ts';
import type { Cluster } from '../plan/cluster.ts';
import type { Workload } from '../plan/deployment.ts';
import type { ResolvedDeployment } from '../plan/resolve/resolved.ts';
import type { PlanContext } from '../plan/rules/context.ts';
import { type AtLoad, mostBetween, ROOM } from './loads.ts';
import { METRICS, type MetricName, merit, metricsOf, type Scored } from './metrics.ts';
import { BROKEN, memoryRefusal, type Refusal, Rules } from './refusal.ts';
import type { Sides } from './sides.ts';
import type { Bound, Chosen, SearchSpace, Tried } from './space.ts';
import { Best, type Found, Front } from './standing.ts';
import { type Decided, Tally } from './tally.ts';

/** Into how many parts every space is cut, whoever searches it, so that the answer does not depend on that. */
export const PARTS = 48;

/** Plans that are kept of each part by the objective, unless more or fewer are asked for. */
const KEPT = 64;

/** Orders of plans of one branch of a space lie within this range. */
export const ORDERS = 2 ** 34;

/** What a search needs of the text: the deployment that it starts from, and the file that its rules see. */
export interface SearchPlace {
  readonly space: SearchSpace;
  readonly base: ResolvedDeployment;
  readonly program: PlanContext['program'];
  /** What pools by themselves come to, which the parts of one space share. */
  readonly sides: Map<string, Sides>;
  /** Plans to keep of each part by the objective. */
  readonly kept?: number;
}

/** What one part of a space comes to, as plain data. */
export interface PartResult {
  readonly part: number;
  readonly decided: Decided;
  readonly best: readonly Found[];
  /** Whether there may be plans that are no better than the last of these and were not kept. */
  readonly isFull: boolean;
  readonly front: readonly Found[];
}

/** How far a part of a space has come, in plans. */
export interface Progress {
  readonly decided: number;
  /** Those that hold and keep every bound. */
  readonly held: number;
}

/** What is tried beside a pool: a cluster and a workload. */
export interface Scenario {
  readonly workload: Workload;
  readonly chosen: readonly Chosen[];
}

/** Keeps what a part of a space has come to. */
export class Run {
  readonly rules: Rules;
  readonly tally: Tally;
  private readonly space: SearchSpace;
  private readonly best: Best;
  private readonly front: Front;

  constructor({ space, base, program, kept = KEPT }: SearchPlace) {
    this.space = space;
    this.rules = new Rules(program, base);
    this.tally = new Tally(space.objective);
    this.best = new Best(space.objective, kept);
    this.front = new Front(space.against, space.objective);
  }

  /** Decides a plan that was scored. `refuse` is asked only of one that would enter a list. */
  take(
    score: Score,
    { cluster, workload }: { readonly cluster: Cluster; readonly workload: Workload },
    order: number,
    chosen: readonly Chosen[],
    refuse?: () => Refusal | undefined,
  ): Found['values'] | Refusal {
    this.tally.scored();
    const scored: Scored = { score, cluster, workload };
    const refusal = memoryRefusal(score.memory) ?? overload(score) ?? this.broken(scored);
    if (refusal) {
      this.tally.refused(refusal, order, chosen, 1);
      return refusal;
    }
    const { objective, against } = this.space;
    const value = METRICS[objective].of(scored);
    if (value === undefined || !Number.isFinite(value)) {
      const without = { reason: 'no-figure', message: () => `it has no \`${objective}\`` };
      this.tally.refused(without, order, chosen, 1);
      return without;
    }
    const own = merit(objective, value);
    const other = merit(against, METRICS[against].of(scored) ?? Number.NaN);
    const enters = this.best.takes(own) || this.front.takes(other, own);
    const late = enters ? refuse?.() : undefined;
    if (late) {
      this.tally.refused(late, order, chosen, 1);
      return late;
    }
    this.tally.held(chosen, value);
    const values = metricsOf(scored);
    if (enters) {
      const found: Found = { order, chosen, values };
      this.best.add(found);
      this.front.add(found);
    }
    return values;
  }

  /** Whether a plan of so many instances between two loads could enter a list. */
  couldEnterBetween(low: AtLoad, high: AtLoad, replicas: number): boolean {
    const { objective, against } = this.space;
    return this.couldEnter(mostBetween(objective, low, high, replicas), mostBetween(against, low, high, replicas));
  }

  /** Whether a plan of at most these merits could enter a list. */
  couldEnter(objective: number, against: number): boolean {
    return this.best.takes(objective) || this.front.takes(against, objective);
  }

  /** Whether a plan could enter a list whose metrics are at best these; others are not bounded. */
  couldEnterAtMost(values: Found['values']): boolean {
    const most = (name: MetricName) => {
      const value = values[name];
      return value === undefined ? Number.POSITIVE_INFINITY : merit(name, value);
    };
    const isBroken = this.space.bounds.some(({ metric, operator, value }) => {
      const best = values[metric];
      const isAtMost = METRICS[metric].better === 'less';
      return best !== undefined && isAtMost === (operator === '<=') && (isAtMost ? best > value : best < value);
    });
    return !isBroken && this.couldEnter(most(this.space.objective), most(this.space.against));
  }

  /** What has been decided so far. */
  get progress(): Progress {
    return this.tally.progress;
  }

  result(part: number): PartResult {
    return {
      part,
      decided: this.tally.result(),
      best: this.best.list,
      isFull: this.best.isFull,
      front: this.front.list,
    };
  }

  private broken(scored: Scored): Refusal | undefined {
    for (const bound of this.space.bounds) {
      const { metric, operator, value } = bound;
      const own = METRICS[metric].of(scored);
      if (own !== undefined && (operator === '<=' ? own <= value : own >= value)) continue;
      const message = () =>
        own === undefined
          ? `it has no \`${metric}\``
          : `${textOf(metric, own)}, asked for ${operator} ${textOf(metric, value)}`;
      const isFar = own !== undefined && isFarBeyond(bound, own);
      return { reason: `${BROKEN}${metric}`, message, ...(isFar && { holds: 'at more load' as const }) };
    }
    return undefined;
  }
}

/** Whether a bound is broken at every larger load too: by more than times may fall between two loads. */
function isFarBeyond({ metric, operator, value }: Bound, own: number): boolean {
  const { withRequests, isSum } = METRICS[metric];
  // Fewer instances have less of a sum at a larger load of each.
  if (isSum) return false;
  if (operator === '<=') return withRequests === 'rises' && own > value * (1 + ROOM);
  return withRequests === 'falls' && own < value * (1 - ROOM);
}

function textOf(metric: MetricName, value: number): string {
  return formatFigure(foundFigure(metric, value, METRICS[metric].unit));
}

function overload({ predicted }: Score): Refusal | undefined {
  return predicted.overload && { reason: 'overload', message: () => 'more requests arrive than are finished' };
}

/** Clusters that are tried, the base's own when none are named. */
export function clustersOf({
  base,
  plan,
}: SearchSpace): readonly { readonly cluster: Cluster; readonly chosen: readonly Chosen[] }[] {
  return plan.clusters
    ? plan.clusters.map(({ node, cluster }) => ({ cluster, chosen: [{ axis: 'node', value: node }] }))
    : [{ cluster: base.cluster, chosen: [] }];
}

const CONCURRENCIES = Array.from({ length: 14 }, (_, power) => 2 ** power);

/** Workloads that are tried. */
export function scenariosOf({ base: { workload }, plan }: SearchSpace): readonly Scenario[] {
  if (workload.kind === 'serving' && plan.concurrency)
    return listOf(plan.concurrency, CONCURRENCIES).map((concurrency) => ({
      workload: { ...workload, concurrency },
      chosen: [{ axis: 'concurrency', value: concurrency }],
    }));
  const sizes = workload.kind === 'training' && plan['micro-batch'];
  if (workload.kind === 'training' && sizes)
    return listOf(sizes, [1, 2, 4, 8]).map((microBatch) => ({
      workload: { ...workload, microBatch },
      chosen: [{ axis: 'micro-batch', value: microBatch }],
    }));
  return [{ workload, chosen: [] }];
}

function listOf(tried: Tried<number>, all: readonly number[]): readonly number[] {
  return tried === 'all' ? all : [...new Set(tried)].sort((left, right) => left - right);
}

/** Lists of GPUs, the same object for the same range, so that layouts are found again. */
export class Ranges {
  private readonly ranges = new Map<string, readonly number[]>();

  of(start: number, count: number): readonly number[] {
    const key = `${start},${count}`;
    const known = this.ranges.get(key);
    if (known) return known;
    const range = Array.from({ length: count }, (_, index) => start + index);
    this.ranges.set(key, range);
    return range;
  }
}
