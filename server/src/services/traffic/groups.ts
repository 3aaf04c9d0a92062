import type { GroupShape } from '../../cost/collectives/levels.ts';
import type { StageSetting } from '../../cost/layers/context.ts';
import { Memo } from '../../language/memo.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { type GroupKind, groupsOf, rankOf } from '../../plan/ranks.ts';

/** Kinds of group over which collectives run. */
export type LinkedGroup = GroupKind | 'expert-group';

/** GPUs that exchange data, in rank order, and their shape in the cluster. */
export interface PlacedGroup {
  readonly gpus: readonly number[];
  readonly shape: GroupShape;
}

const placedOfStages = new Memo<Stage, Map<LinkedGroup, readonly PlacedGroup[]>>();

/** The groups of a stage, made once. The expert group has all ranks that hold one copy of the experts. */
export function placedGroups({ pool, stage, places }: StageSetting, kind: LinkedGroup): readonly PlacedGroup[] {
  const ofStage = placedOfStages.get(stage) ?? new Map<LinkedGroup, readonly PlacedGroup[]>();
  placedOfStages.set(stage, ofStage);
  const before = ofStage.get(kind);
  if (before) return before;
  const domains = new Map(places.gpus.map((gpu, position) => [gpu, places.domains[position] ?? 0]));
  const groups = kind === 'expert-group' ? expertGroups(pool, stage) : groupsOf(pool, stage, kind);
  const made = groups.map((gpus) => {
    const spanned = new Set(gpus.map((gpu) => domains.get(gpu))).size;
    return { gpus, shape: { size: gpus.length, domains: spanned, perDomain: gpus.length / spanned } };
  });
  ofStage.set(kind, made);
  return made;
}

function expertGroups(pool: Pool, stage: Stage): readonly (readonly number[])[] {
  const copies = new Map<number, number[]>();
  stage.gpus.forEach((gpu, position) => {
    const { edp } = rankOf(pool, stage, position);
    const copy = copies.get(edp);
    if (copy) copy.push(gpu);
    else copies.set(edp, [gpu]);
  });
  return [...copies.values()];
}

/** `tp of 8 GPUs`. */
export function groupName(group: LinkedGroup, size: number): string {
  return group === 'expert-group' ? `experts over ${size} GPUs` : `${group} of ${size} GPUs`;
}
