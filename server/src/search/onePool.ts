import { Scorer } from '../cost/score.ts';
import type { PlanSpec } from '../plan/spec.ts';
import { gpuCounts, layoutOptions, type Option, type OptionPlace, settingsBehind } from './options.ts';
import { OF_MEMORY, type Refusal } from './refusal.ts';
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
  let branch = 0;
  let scorer = new Scorer();
  for (const { at, option, chosen, scenarios } of branchesOf(place.space)) {
    branch++;
    if (branch % PARTS !== part) continue;
    if (branch % (PARTS * LAYOUTS_KEPT) === part) scorer = new Scorer();
    new Branch(place.space, run, scorer, ranges, at, scenarios, branch).decide(option, chosen);
    yield run.progress;
  }
  return run.result(part);
}

/** Every layout with what is chosen before it, in the order of the space. */
function* branchesOf(space: SearchSpace): Generator<{
  readonly at: OptionPlace;
  readonly option: Option;
  readonly chosen: readonly Chosen[];
  readonly scenarios: readonly Scenario[];
}> {
  const scenarios = scenariosOf(space);
  for (const { cluster, chosen } of clustersOf(space)) {
    for (const gpus of gpuCounts(space, cluster, 0, gpusOfBase(space, cluster.gpuCount))) {
      const at: OptionPlace = { space, cluster, index: 0, gpus };
      for (const option of layoutOptions(at)) yield { at, option, chosen, scenarios };
    }
  }
}

/** GPUs of the base's only pool. */
function gpusOfBase({ base }: SearchSpace, ofCluster: number): number {
  return (base.pools[0]?.gpus ?? base.gpus)?.length ?? ofCluster;
}

/** One layout with all settings and workloads. */
class Branch {
  private readonly space: SearchSpace;
  private readonly run: Run;
  private readonly scorer: Scorer;
  private readonly ranges: Ranges;
  private readonly at: OptionPlace;
  private readonly scenarios: readonly Scenario[];
  private order: number;

  constructor(
    space: SearchSpace,
    run: Run,
    scorer: Scorer,
    ranges: Ranges,
    at: OptionPlace,
    scenarios: readonly Scenario[],
    branch: number,
  ) {
    this.space = space;
    this.run = run;
    this.scorer = scorer;
    this.ranges = ranges;
    this.at = at;
    this.scenarios = scenarios;
    this.order = branch * ORDERS;
  }

  decide(option: Option, before: readonly Chosen[]): void {
    const { run, scenarios, at } = this;
    const options = settingsBehind(at, option);
    const [first] = options;
    const [scenario] = scenarios;
    if (!first || !scenario) return;
    const gpus: readonly Chosen[] = this.space.pools[0]?.gpus ? [{ axis: 'gpus', pool: 0, value: at.gpus }] : [];
    const chosen = [...before, ...gpus, ...option.chosen];
    const spec = this.specOf(first, scenario);
    const draft = this.scorer.deploymentOf(spec);
    const refusal = draft
      ? run.rules.refuseLayout(spec, draft)
      : { reason: 'layout', message: () => this.scorer.invalidOf(spec) ?? 'nothing can be computed of it' };
    if (refusal) {
      run.tally.refused(refusal, this.order, chosen, options.length * scenarios.length);
      return;
    }
    for (const each of options) this.decideSettings(each, [...before, ...gpus, ...each.chosen]);
  }

  /** All loads of one plan: both ends, and those between them that could be among the best. */
  private decideSettings(option: Option, chosen: readonly Chosen[]): void {
    const order = this.order + 1;
    this.order += this.scenarios.length;
    const isRising = this.space.plan.concurrency !== undefined;
    const decideOne = (index: number) => this.decideScenario(option, chosen, index, order + index);
    if (isRising) this.decideLoads(chosen, order, decideOne);
    else for (const index of this.scenarios.keys()) decideOne(index);
  }

  private decideLoads(
    chosen: readonly Chosen[],
    order: number,
    decideOne: (index: number) => Found['values'] | Refusal,
  ): void {
    const { tally } = this.run;
    let low = 0;
    let high = this.scenarios.length - 1;
    let atLow = decideOne(low);
    // What holds no request at the smallest load holds none at a larger one.
    if ('reason' in atLow && OF_MEMORY.has(atLow.reason)) {
      tally.refused(atLow, order + 1, chosen, high);
      return;
    }
    while ('reason' in atLow && low < high) atLow = decideOne(++low);
    if (low === high || 'reason' in atLow) return;
    let atHigh = decideOne(high);
    while ('reason' in atHigh && high - 1 > low) atHigh = decideOne(--high);
    if ('reason' in atHigh) return;
    const between = (from: number, to: number, before: Found['values'], behind: Found['values']) => {
      if (to - from < 2) return;
      if (!this.run.couldEnterBetween(before, behind)) {
        tally.leftOut(to - from - 1);
        return;
      }
      const middle = (from + to) >> 1;
      const at = decideOne(middle);
      // One that is refused bounds nothing; all that are left are tried.
      if ('reason' in at) {
        for (let index = from + 1; index < to; index++) if (index !== middle) decideOne(index);
        return;
      }
      between(from, middle, before, at);
      between(middle, to, at, behind);
    };
    between(low, high, atLow, atHigh);
  }

  private decideScenario(
    option: Option,
    before: readonly Chosen[],
    index: number,
    order: number,
  ): Found['values'] | Refusal {
    const scenario = this.scenarios[index];
    if (!scenario) throw new RangeError(`there is no load ${index}`);
    const spec = this.specOf(option, scenario);
    const chosen = [...before, ...scenario.chosen];
    const draft = this.scorer.deploymentOf(spec);
    const refusal = draft && this.run.rules.refuseSettings(spec, draft);
    const score = refusal ?? this.scorer.score(spec);
    if ('reason' in score || 'invalid' in score) {
      const why = 'reason' in score ? score : { reason: 'layout', message: () => score.invalid };
      this.run.tally.refused(why, order, chosen, 1);
      return why;
    }
    return this.run.take(score, { cluster: this.at.cluster, workload: scenario.workload }, order, chosen);
  }

  private specOf({ pool }: Option, { workload }: Scenario): PlanSpec {
    const { base, pools } = this.space;
    const { cluster, gpus } = this.at;
    const placed = pools[0]?.gpus ? { ...pool, gpus: this.ranges.of(0, gpus) } : pool;
    const { gpus: allowed, ...plan } = base;
    return {
      ...plan,
      ...(!pools[0]?.gpus && allowed && { gpus: allowed }),
      cluster,
      workload,
      pools: [placed],
    };
  }
}
