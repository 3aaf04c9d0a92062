import type { GpuClass } from '../plan/ranks.ts';
import type { PoolMemory } from './evaluation.ts';

/** Routed experts, or parts of them, that one GPU holds. */
export interface HeldExperts {
  /** Of one layer; the two differ where experts do not divide evenly over GPUs. */
  readonly fewest: number;
  readonly most: number;
  /** Layers of which it holds any. */
  readonly layers: number;
  readonly inAll: number;
}

export function heldExperts({ stage, rank, experts }: GpuClass): HeldExperts {
  const held = [...stage.experts.values()].map(({ ranks }) => ranks[rank.ep]?.length ?? 0).filter((count) => count > 0);
  return {
    fewest: held.reduce((least, count) => Math.min(least, count), held[0] ?? 0),
    most: held.reduce((largest, count) => Math.max(largest, count), 0),
    layers: held.length,
    inAll: experts,
  };
}

/** Of the GPU that holds most. */
export function mostHeld(pools: readonly PoolMemory[]): HeldExperts {
  const classes = pools.flatMap(({ classes: own }) => own.map(({ gpuClass }) => gpuClass));
  const [first, ...rest] = classes;
  if (!first) return { fewest: 0, most: 0, layers: 0, inAll: 0 };
  return heldExperts(rest.reduce((fullest, one) => (one.experts > fullest.experts ? one : fullest), first));
}

/** `8 per layer, 464 over 58 MoE layers`: the number over all layers alone says little. */
export function formatHeld({ fewest, most, layers, inAll }: HeldExperts): string {
  const count = (value: number) => value.toLocaleString('en-US');
  if (layers === 0) return '0';
  const perLayer = fewest === most ? count(most) : `${count(fewest)} to ${count(most)}`;
  return layers === 1
    ? `${perLayer} in 1 MoE layer`
    : `${perLayer} per layer, ${count(inAll)} over ${layers} MoE layers`;
}
