import { Memo } from '../language/memo.ts';
import type { Pool } from '../plan/deployment.ts';
import type { Experts } from '../plan/model.ts';
import type { Change, RuledPool } from './rule.ts';

/** Whether a pool has layers of experts. */
export function hasExperts({ stages }: Pool): boolean {
  return stages.some(({ experts }) => experts.size > 0);
}

/** GPUs of a stage of the pipeline. */
export function gpusOfStage({ stages }: Pool): number {
  return stages[0]?.gpus.length ?? 1;
}

/** The experts of a pool's model, each class of layers once. */
export function expertsOf({ model }: Pick<Pool, 'model'>): readonly Experts[] {
  return model.classes.flatMap(({ feedForward }) => (feedForward.kind === 'moe' ? [feedForward] : []));
}

/** Counted once for the stages of a layout, because many plans that are tried one after another share them. */
const physicalOfStages = new Memo<Pool['stages'], number>();

/** Experts of a layer with all of their copies, as they are placed. The largest number where layers differ. */
export function physicalExperts({ stages }: Pick<Pool, 'stages'>): number {
  const counted = physicalOfStages.get(stages) ?? mostPlaced(stages);
  physicalOfStages.set(stages, counted);
  return counted;
}

function mostPlaced(stages: Pool['stages']): number {
  const maps = new Set(stages.flatMap(({ experts }) => [...experts.values()]));
  const placed = [...maps].map(({ ranks }) => ranks.reduce((sum, held) => sum + held.length, 0));
  return Math.max(0, ...placed);
}

/** Leaves out the degrees of the experts beside `ep`, so that they follow from it. */
export const EP_ALONE: readonly Change[] = [{ setting: 'parallel.etp' }, { setting: 'parallel.edp' }];

/** Spreads whole experts over all GPUs of a stage. Nothing where their number, copies included, does not allow it. */
export function spreadOverStage({ pool, said }: RuledPool): readonly Change[] | undefined {
  const gpus = gpusOfStage(pool);
  const isEven = expertsOf(pool).every(({ count }) => (count + said.redundant) % gpus === 0);
  return isEven ? [{ setting: 'parallel.ep', value: String(gpus) }, ...EP_ALONE] : undefined;
}

/** Leaves out replicas of experts and how they are placed. */
export const WITHOUT_COPIES: readonly Change[] = [{ setting: 'pool.balance' }, { setting: 'pool.redundant-experts' }];
