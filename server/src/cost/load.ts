import type { ExpertMap } from '../plan/deployment.ts';
import type { Experts } from '../plan/model.ts';
import { expertShares } from '../plan/popularity.ts';

/** How the tokens of one layer are distributed over the ranks of its expert group. */
export interface Load {
  /** Token copies that the fullest rank is expected to compute. */
  readonly fullest: number;
  /** Token copies that a rank computes on average. */
  readonly mean: number;
  /** `fullest / mean`. */
  readonly imbalance: number;
  /** Experts of the fullest rank that have any token. */
  readonly active: number;
  /** Experts (or replicas) that the rank with most of them holds. */
  readonly held: number;
}

/** Choices per token that reach a real expert. Zero experts take the other choices. */
export function realChoices(experts: Experts): number {
  return (experts.topK * experts.count) / (experts.count + experts.zero);
}

/**
 * Load of an expert-parallel group into which `tokens` tokens enter together. The mean load of a rank is `mu_r = T k sum
 * p_e / c_e` over its experts (c_e copies of expert e). The fullest of R ranks is expected at `mu + sqrt(2 mu ln R) sqrt(1
 * - 1/R)`, the sampling noise of choices (agrees with a Monte Carlo to 5 %). The number of experts with any token is `sum
 * (1 - (1 - q_e)^T)` with `q_e = min(1, k p_e / c_e)`.
 */
export function loadOf(experts: Experts, map: ExpertMap | undefined, ep: number, tokens: number): Load {
  const choices = realChoices(experts);
  const assignments = tokens * choices;
  const mean = assignments / ep;
  if (experts.popularity.kind === 'uniform' && (map === undefined || isEven(map, experts.count))) {
    const held = map?.ranks[0]?.length ?? experts.count / ep;
    const copies = (held * ep) / experts.count;
    const active = held * (1 - (1 - Math.min(1, choices / (experts.count * copies))) ** tokens);
    const fullest = withNoise(mean, mean, ep);
    return { fullest, mean, imbalance: mean > 0 ? fullest / mean : 1, active, held };
  }
  return placedLoad(experts, map, ep, tokens, choices, mean);
}

function placedLoad(
  experts: Experts,
  map: ExpertMap | undefined,
  ep: number,
  tokens: number,
  choices: number,
  mean: number,
): Load {
  const ranks = map?.ranks ?? contiguous(experts.count, ep);
  const copies = new Array<number>(experts.count).fill(0);
  for (const rank of ranks) for (const expert of rank) copies[expert] = (copies[expert] ?? 0) + 1;
  const popularity = expertShares(experts);
  const perToken = popularity.map((share, expert) => Math.min(1, choices * share) / Math.max(1, copies[expert] ?? 1));
  let fullest = 0;
  let active = 0;
  let held = 0;
  for (const rank of ranks) {
    let load = 0;
    let awake = 0;
    for (const expert of rank) {
      const chosen = perToken[expert] ?? 0;
      load += tokens * chosen;
      awake += 1 - (1 - chosen) ** tokens;
    }
    held = Math.max(held, rank.length);
    if (load > fullest) {
      fullest = load;
      active = awake;
    }
  }
  fullest = withNoise(fullest, mean, ep);
  return { fullest, mean, imbalance: mean > 0 ? fullest / mean : 1, active, held };
}

function withNoise(load: number, mean: number, ranks: number): number {
  if (ranks <= 1) return load;
  return load + Math.sqrt(2 * mean * Math.log(ranks)) * Math.sqrt(1 - 1 / ranks);
}

/** Whether every rank holds equally many experts and every expert has equally many copies. */
function isEven(map: ExpertMap, count: number): boolean {
  const size = map.ranks[0]?.length ?? 0;
  let held = 0;
  for (const rank of map.ranks) {
    if (rank.length !== size) return false;
    held += rank.length;
  }
  if (held === count) return true;
  if (held % count !== 0) return false;
  const copies = new Array<number>(count).fill(0);
  for (const rank of map.ranks) for (const expert of rank) copies[expert] = (copies[expert] ?? 0) + 1;
  return copies.every((copy) => copy === held / count);
}

function contiguous(count: number, ep: number): readonly (readonly number[])[] {
  const ranks: number[][] = Array.from({ length: ep }, () => []);
  for (let expert = 0; expert < count; expert++) ranks[Math.floor((expert * ep) / count)]?.push(expert);
  return ranks;
}
