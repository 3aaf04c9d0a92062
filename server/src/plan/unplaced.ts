import { Memo } from '../language/memo.ts';
import type { ExpertMap } from './deployment.ts';

/** Layers with equal placement share one map, so its missing experts are counted once and not for each layer. */
const counted = new Memo<ExpertMap, Map<number, readonly number[]>>();

/** Those of `count` experts that a layer's placement puts on no GPU, in order. */
export function unplacedExperts(map: ExpertMap | undefined, count: number): readonly number[] {
  if (!map) return missingIn([], count);
  const missingByCount = counted.get(map) ?? new Map<number, readonly number[]>();
  counted.set(map, missingByCount);
  const missing = missingByCount.get(count) ?? missingIn(map.ranks, count);
  missingByCount.set(count, missing);
  return missing;
}

function missingIn(ranks: ExpertMap['ranks'], count: number): readonly number[] {
  const held = new Set<number>();
  for (const rank of ranks) for (const expert of rank) held.add(expert);
  return Array.from({ length: count }, (_, index) => index).filter((expert) => !held.has(expert));
}
