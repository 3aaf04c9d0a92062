import { locationOfEntity } from '../../language/entity.ts';
import type { Location } from '../../language/span.ts';
import type { Stage } from '../../plan/deployment.ts';
import type { Claim, ResolvedDeployment } from '../../plan/resolved.ts';
import type { Evaluation, Sizes } from '../evaluation.ts';

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

/** Where a stage is written; without a `stage` block where its pool is. */
export function locationOfStage({ resolved, evaluation }: MemoryContext, stage: Stage): Location {
  const index = evaluation.deployment.pools.findIndex((pool) => pool.stages.includes(stage));
  return resolved.sources[index]?.stages[stage.index]?.location ?? locationOfPool({ resolved }, index);
}

export function locationOfPool({ resolved }: Pick<CostContext, 'resolved'>, index: number): Location {
  return resolved.sources[index]?.pool ?? locationOfEntity(resolved.entity);
}

/** `GPU 3`, `GPUs 0..7`, or `GPUs 0, 2, 5` and how many more. */
export function nameGpus(gpus: readonly number[]): string {
  const [first = 0] = gpus;
  if (gpus.length === 1) return `GPU ${first}`;
  const last = gpus.at(-1) ?? first;
  if (last - first === gpus.length - 1) return `GPUs ${first}..${last}`;
  const shown = gpus.slice(0, 4).join(', ');
  return gpus.length > 4 ? `GPUs ${shown} and ${gpus.length - 4} more` : `GPUs ${shown}`;
}

/** `GPU 3 holds`, `GPUs 0..7 hold`. */
export function gpusDo(gpus: readonly number[], one: string, several: string): string {
  return `${nameGpus(gpus)} ${gpus.length === 1 ? one : several}`;
}
