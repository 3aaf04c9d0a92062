import type { Stage } from '../../plan/deployment.ts';
import type { GpuClass } from '../../plan/ranks.ts';
import type { PoolMemory } from '../evaluation.ts';

/** Routed experts, or parts of them, that one GPU holds. */
export interface HeldExperts {
  /** Experts of one layer. The two differ where experts do not divide evenly over GPUs. */
  readonly fewest: number;
  readonly most: number;
  /** Number of layers of which the GPU holds any expert. */
  readonly layers: number;
  readonly inAll: number;
}

export function heldExperts({ stage, rank }: Pick<GpuClass, 'stage' | 'rank'>): HeldExperts {
  return heldByRank(stage, rank.ep);
}

/** Experts of each rank of a stage's expert group. */
function heldByRank({ experts }: Pick<Stage, 'experts'>, ep: number): HeldExperts {
  const held = [...experts.values()].map(({ ranks }) => ranks[ep]?.length ?? 0).filter((count) => count > 0);
  return {
    fewest: held.reduce((least, count) => Math.min(least, count), held[0] ?? 0),
    most: held.reduce((largest, count) => Math.max(largest, count), 0),
    layers: held.length,
    inAll: held.reduce((sum, count) => sum + count, 0),
  };
}

/** Experts of the GPU of a stage that holds most. */
export function mostHeldIn(stage: Pick<Stage, 'experts'>): HeldExperts {
  // Sums come first: a stage may have many ranks, and only one of them is looked at closely.
  const sums: number[] = [];
  for (const { ranks } of stage.experts.values())
    ranks.forEach((experts, rank) => {
      sums[rank] = (sums[rank] ?? 0) + experts.length;
    });
  const fullest = sums.reduce((best, sum, rank) => (sum > (sums[best] ?? 0) ? rank : best), 0);
  return heldByRank(stage, fullest);
}

/** Experts of the GPU that holds most, over all pools. */
export function mostHeld(pools: readonly PoolMemory[]): HeldExperts {
  const classes = pools.flatMap(({ classes: ofPool }) => ofPool.map(({ gpuClass }) => gpuClass));
  const [first, ...others] = classes;
  if (!first) return { fewest: 0, most: 0, layers: 0, inAll: 0 };
  return heldExperts(
    others.reduce((fullest, gpuClass) => (gpuClass.experts > fullest.experts ? gpuClass : fullest), first),
  );
}

/** `8 per layer, 464 over 58 MoE layers`: the total over all layers alone says little. */
export function formatHeld({ fewest, most, layers, inAll }: HeldExperts): string {
  const count = (value: number) => value.toLocaleString('en-US');
  if (layers === 0) return '0';
  const perLayer = fewest === most ? count(most) : `${count(fewest)} to ${count(most)}`;
  return layers === 1
    ? `${perLayer} in 1 MoE layer`
    : `${perLayer} per layer, ${count(inAll)} over ${layers} MoE layers`;
}
