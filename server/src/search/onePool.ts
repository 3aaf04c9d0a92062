import { Scorer } from '../cost/score.ts';
import type { PlanSpec } from '../plan/spec.ts';
import { replicasOf } from './layouts.ts';
import { decideLoads, type Load } from './loads.ts';
import {
  gpuCounts,
  gpusOfBase,
  layoutOptions,
  type Option,
  type OptionPlace,
  settingsBehind,
  withReplicas,
} from './options.ts';
import type { Refusal } from './refusal.ts';
import {
  clustersOf,
  ORDERS,
  PARTS,
  type PartResult,
  type Progress,
  Ranges,
  Run,
  type Scenario,
  type SearchPlace,
  scenariosOf,
} from './run.ts';
import type { Chosen, SearchSpace } from './space.ts';
import type { Found } from './standing.ts';

/** Layouts after which the scorer forgets, so that its memory stays bounded. */
const LAYOUTS_KEPT = 64;

/** Searches one part of the space of a plan with one pool. It pauses after each layout. */
export function* searchOnePool(place: SearchPlace, part: number): Generator<Progress, PartResult> {
  const run = new Run(place);
  const ranges = new Ranges();
  let order = 0;
  let scorer = new Scorer();
  for (const branch of branchesOf(place.space)) {
    order++;
    if (order % PARTS !== part) continue;
    if (order % (PARTS * LAYOUTS_KEPT) === part) scorer = new Scorer();
    new Branch({ space: place.space, run, scorer, ranges, ...branch }, order).decide();
    yield run.progress;
  }
  return run.result(part);
}

/** So many equal instances on so many GPUs under a load. */
interface Case extends Load {
  readonly gpus: number;
  readonly scenario: Scenario;
}

/** One layout of an instance with what is chosen before it, and all that its instances may be. */
interface BranchPlace {
  readonly at: OptionPlace;
  readonly option: Option;
  readonly before: readonly Chosen[];
  /** In ascending load. */
  readonly cases: readonly Case[];
}

/** Every layout of one instance, in the order of the space. Plans that differ in the number of instances alone stand together. */
function* branchesOf(space: SearchSpace): Generator<BranchPlace> {
  const [said] = space.base.pools;
  const [axes] = space.pools;
  if (!said || !axes) return;
  const scenarios = scenariosOf(space);
  for (const { cluster, chosen: before } of clustersOf(space)) {
    const bySize = new Map<number, Case[]>();
    for (const gpus of gpuCounts(space, cluster, 0, gpusOfBase(space, cluster, 0))) {
      for (const replicas of replicasOf(said, axes, gpus)) {
        const cases = bySize.get(gpus / replicas) ?? [];
        bySize.set(gpus / replicas, cases);
        for (const scenario of scenarios) {
          const { workload } = scenario;
          const requests = workload.kind === 'serving' ? (workload.concurrency ?? 0) : 0;
          cases.push({ gpus, replicas, scenario, perInstance: requests / replicas });
        }
      }
    }
    for (const [size, cases] of bySize) {
      const at: OptionPlace = { space, cluster, index: 0, gpus: size };
      const ascending = cases.toSorted((left, right) => left.perInstance - right.perInstance || left.gpus - right.gpus);
      for (const option of layoutOptions(at)) yield { at, option, before, cases: ascending };
    }
  }
}

interface BranchWork extends BranchPlace {
  readonly space: SearchSpace;
  readonly run: Run;
  readonly scorer: Scorer;
  readonly ranges: Ranges;
}

/** One layout with all settings, numbers of instances and workloads. */
class Branch {
  private readonly work: BranchWork;
  private order: number;

  constructor(work: BranchWork, order: number) {
    this.work = work;
    this.order = order * ORDERS;
  }

  decide(): void {
    const { run, scorer, at, option, cases } = this.work;
    const options = settingsBehind(at, option);
    const [first] = options;
    const [smallest] = cases;
    if (!first || !smallest) return;
    const spec = this.specOf(first, smallest);
    const draft = scorer.deploymentOf(spec);
    const refusal = draft
      ? run.rules.refuseLayout(spec, draft)
      : { reason: 'layout', message: () => scorer.invalidOf(spec) ?? 'nothing can be computed of it' };
    if (refusal) {
      run.tally.refused(refusal, this.order, this.chosenOf(option, smallest), options.length * cases.length);
      return;
    }
    for (const each of options) this.decideSettings(each);
  }

  private decideSettings(option: Option): void {
    const { run, space, cases } = this.work;
    const order = this.order + 1;
    this.order += cases.length;
    const decide = (at: number) => this.decideCase(option, at, order + at);
    const { workload } = space.base;
    // A benchmark of so many requests drains, which instances do not do each by themselves.
    const isRising =
      workload.kind === 'serving' && workload.concurrency !== undefined && workload.requests === undefined;
    if (!isRising) for (const at of cases.keys()) decide(at);
    else
      decideLoads(cases, {
        decide,
        couldEnter: (at, low, high) => run.couldEnterBetween(low, high, cases[at]?.replicas ?? 1),
        refuse: (why, from, to) => {
          const place = cases[from];
          if (place && to > from) run.tally.refused(why, order + from, this.chosenOf(option, place), to - from);
        },
        leaveOut: (from, to) => run.tally.leftOut(to - from),
      });
  }

  private decideCase(option: Option, at: number, order: number): Found['values'] | Refusal {
    const { run, scorer, cases, at: place } = this.work;
    const which = cases[at];
    if (!which) throw new RangeError(`a layout has no load ${at}`);
    const spec = this.specOf(option, which);
    const chosen = this.chosenOf(option, which);
    const draft = scorer.deploymentOf(spec);
    const refusal = draft && run.rules.refuseSettings(spec, draft);
    const score = refusal ?? scorer.score(spec);
    if ('reason' in score || 'invalid' in score) {
      const why = 'reason' in score ? score : { reason: 'layout', message: () => score.invalid };
      run.tally.refused(why, order, chosen, 1);
      return why;
    }
    return run.take(score, { cluster: place.cluster, workload: which.scenario.workload }, order, chosen);
  }

  private chosenOf(option: Option, { gpus, replicas, scenario }: Case): readonly Chosen[] {
    const { space, at, before } = this.work;
    const ofGpus: readonly Chosen[] = space.pools[0]?.gpus ? [{ axis: 'gpus', pool: 0, value: gpus }] : [];
    return [...before, ...ofGpus, ...withReplicas(at, option, replicas).chosen, ...scenario.chosen];
  }

  private specOf(option: Option, { gpus, replicas, scenario }: Case): PlanSpec {
    const { space, at, ranges } = this.work;
    const { base, pools } = space;
    const { pool } = withReplicas(at, option, replicas);
    const placed = pools[0]?.gpus ? { ...pool, gpus: ranges.of(0, gpus) } : pool;
    const { gpus: allowed, ...plan } = base;
    return {
      ...plan,
      ...(!pools[0]?.gpus && allowed && { gpus: allowed }),
      cluster: at.cluster,
      workload: scenario.workload,
      pools: [placed],
    };
  }
}
