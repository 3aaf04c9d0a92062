import { locationOfEntity } from '../../language/entity.ts';
import type { Location } from '../../language/span.ts';
import type { Stage } from '../../plan/deployment.ts';
import type { Claim, ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { Evaluation, PoolMemory, Sizes } from '../evaluation.ts';

/** Above this share of memory, fragmentation and what the model leaves out may not fit. */
export const NEARLY_FULL = 0.92;

/** What the rules of memory see: one deployment with its sizes. */
export interface MemoryContext {
  readonly resolved: ResolvedDeployment;
  readonly evaluation: Sizes;
}

/** What the rules of the prediction see: one deployment with its evaluation. */
export interface CostContext extends MemoryContext {
  readonly evaluation: Evaluation;
  /** `compare` statements whose last deployment is this one, with the evaluation of their first. */
  readonly comparisons?: readonly ComparedClaims[];
}

export interface ComparedClaims {
  readonly claims: readonly Claim[];
  readonly first: Evaluation;
  readonly last: Evaluation;
}

/** Where a stage is written, or where its pool is when it has no `stage` block. */
export function locationOfStage({ resolved, evaluation }: MemoryContext, stage: Stage): Location {
  const index = evaluation.deployment.pools.findIndex((pool) => pool.stages.includes(stage));
  return resolved.sources[index]?.stages[stage.index]?.location ?? locationOfPool({ resolved }, index);
}

export function locationOfPool({ resolved }: Pick<CostContext, 'resolved'>, index: number): Location {
  return resolved.sources[index]?.pool ?? locationOfEntity(resolved.entity);
}

/** Where the pool is written whose step limits the deployment. */
export function locationOfLimit({ resolved, evaluation }: CostContext): Location {
  const { deployment, prediction } = evaluation;
  const index = deployment.pools.findIndex(({ name }) => name === prediction.bottleneck.pool);
  return locationOfPool({ resolved }, Math.max(0, index));
}

/** Whether the engine leaves no memory for its cache although a setting would: the refusal of the engine tells it then. */
export function isMendedByStart({ startup }: PoolMemory): boolean {
  if (startup === undefined || startup.start.ok) return false;
  return startup.start.fault.kind === 'no-cache' && startup.start.remedy !== undefined;
}
