import type { Scored, Scorer } from '../../cost/score.ts';
import type { Entity } from '../../language/entity.ts';
import type { Workload } from '../../plan/deployment.ts';
import { resolveCluster } from '../../plan/resolve/cluster.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { holdersOf, readSpec } from '../../plan/resolve/spec.ts';
import { resolveWorkload } from '../../plan/resolve/workload.ts';
import type { PlanSpec } from '../../plan/spec.ts';
import { rejectedInPlan, targetOf } from '../../plan/values.ts';
import type { Analysis } from '../analysis.ts';
import { type Changes, type Knob, settingsOf } from '../whatIf/knobs.ts';
import { type Setting, withSettings } from '../whatIf/settings.ts';

const CANNOT = 'this cannot be tried here: a block that it would change is not there';

/** A deployment with changes, scored with one of its values at any other. */
export class Variants {
  readonly workload: Workload;
  private readonly scorer: Scorer;
  private readonly specAt: (value: number) => PlanSpec | string;

  private constructor(base: PlanSpec, scorer: Scorer, specAt: (value: number) => PlanSpec | string) {
    this.workload = base.workload;
    this.scorer = scorer;
    this.specAt = specAt;
  }

  /** The reason instead, when nothing can be computed of the deployment with these changes. */
  static of(
    analysis: Analysis,
    resolved: ResolvedDeployment,
    scorer: Scorer,
    changes: Changes,
    knob: Knob,
  ): Variants | string {
    const { spec } = resolved;
    const unread = rejectedInPlan(resolved.entity);
    if (!spec) return resolved.invalid ?? `${resolved.name} cannot be computed as it is written`;
    if (unread !== undefined) return `what is written for \`${unread}\` is not understood`;
    const specOf = (tried: Changes): PlanSpec | string => {
      const settings = settingsOf(analysis, resolved, tried);
      return typeof settings === 'string' ? settings : (specWith(resolved.entity, spec, settings) ?? CANNOT);
    };
    const base = specOf(changes);
    if (typeof base === 'string') return base;
    return new Variants(base, scorer, (value) => {
      const changed = specOf({ ...changes, [knob.name]: value });
      // The lists of the base are kept, by whose identity layouts are found again.
      return typeof changed === 'string' || knob.name === 'gpus' ? changed : withLayoutOf(changed, base);
    });
  }

  scoreAt(value: number): Scored {
    const spec = this.specAt(value);
    if (typeof spec === 'string') return { invalid: spec };
    try {
      return this.scorer.score(spec);
    } catch (error) {
      // A value that nothing can be computed of for a reason of its own is a gap, not the end of the curve.
      if (error instanceof RangeError) return { invalid: error.message };
      throw error;
    }
  }
}

/** The specification that settings make of one. Undefined where a block that they change is not there. */
function specWith(entity: Entity, spec: PlanSpec, settings: readonly Setting[]): PlanSpec | undefined {
  if (settings.length === 0) return spec;
  const changed = withSettings(entity, settings);
  if (!changed) return undefined;
  const named = (keyword: string) => {
    const target = targetOf(changed, keyword);
    return target === targetOf(entity, keyword) ? undefined : target;
  };
  const [clusterBlock, workloadBlock] = [named('cluster'), named('workload')];
  const cluster = clusterBlock ? resolveCluster(clusterBlock) : spec.cluster;
  const workload = workloadBlock ? resolveWorkload(workloadBlock) : spec.workload;
  if (!cluster || !workload) return undefined;
  if (settings.every(({ block }) => block !== 'deployment')) return { ...spec, cluster, workload };
  return readSpec(changed, holdersOf(changed), { model: spec.model, cluster, workload });
}

/** A specification that differs from another in its workload and micro-batches alone, with the other's lists. */
function withLayoutOf(changed: PlanSpec, base: PlanSpec): PlanSpec {
  return {
    ...base,
    workload: changed.workload,
    pools: base.pools.map((pool, index) => {
      const parallel = changed.pools[index]?.parallel ?? pool.parallel;
      return { ...pool, parallel };
    }),
  };
}
