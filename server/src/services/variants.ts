import { type DegreeName, degreeField } from '../plan/parallel.ts';
import type { ResolvedDeployment } from '../plan/resolve/resolved.ts';
import type { ParallelSpec, PlanSpec } from '../plan/spec.ts';
import { rejectedInPlan } from '../plan/values.ts';

/** The pools of a deployment, by their indexes, whose degrees one `parallel` block states. */
export interface Shared {
  readonly resolved: ResolvedDeployment;
  readonly pools: readonly number[];
}

/** The plan with one degree of some pools set to a value. Undefined when too little of the plan is known. */
export function withDegree({ resolved, pools }: Shared, degree: DegreeName, value: number): PlanSpec | undefined {
  return variantOf(resolved, [degree], (spec) =>
    changedParallel(spec, pools, (parallel) => ({ ...parallel, [degreeField(degree)]: value })),
  );
}

/** The plan with some degrees of these pools left out. */
export function withoutDegrees({ resolved, pools }: Shared, degrees: readonly DegreeName[]): PlanSpec | undefined {
  return variantOf(resolved, degrees, (spec) =>
    changedParallel(spec, pools, (parallel) => {
      const left: { -readonly [Name in keyof ParallelSpec]: ParallelSpec[Name] } = { ...parallel };
      for (const degree of degrees) delete left[degreeField(degree)];
      return left;
    }),
  );
}

/** The plan after a change of its specification. Undefined when too little of it is known. */
export function withSpec(resolved: ResolvedDeployment, change: (spec: PlanSpec) => PlanSpec): PlanSpec | undefined {
  return variantOf(resolved, [], change);
}

/** Other text that is not understood stays so in the variant. The changed degrees count as stated. */
function variantOf(
  { entity, spec }: ResolvedDeployment,
  changed: readonly string[],
  change: (spec: PlanSpec) => PlanSpec,
): PlanSpec | undefined {
  const isChanged = (block: string, name: string) => block === 'parallel' && changed.includes(name);
  return spec && rejectedInPlan(entity, isChanged) === undefined ? change(spec) : undefined;
}

function changedParallel(
  spec: PlanSpec,
  pools: readonly number[],
  change: (parallel: ParallelSpec) => ParallelSpec,
): PlanSpec {
  return {
    ...spec,
    pools: spec.pools.map((pool, index) =>
      pools.includes(index) ? { ...pool, parallel: change(pool.parallel) } : pool,
    ),
  };
}
