/** The expected number of distinct destinations of one token's top-k choices. */

/** C(n - drop, k) / C(n, k): the chance that k draws without replacement from n miss all of a part of size `drop`. */
function missing(n: number, drop: number, k: number): number {
  let ratio = 1;
  for (let index = 0; index < k; index++) ratio *= Math.max(0, n - drop - index) / (n - index);
  return ratio;
}

/**
 * `U(R) = R (1 - C(E - E/R, k) / C(E, k))`: distinct ranks among R that hold E experts in equal contiguous parts, for k
 * experts chosen uniformly without replacement.
 */
export function uniqueDestinations(experts: number, topK: number, ranks: number): number {
  if (ranks <= 1) return ranks;
  return ranks * (1 - missing(experts, experts / ranks, Math.min(topK, experts)));
}

/**
 * Distinct ranks under group-limited routing (DeepSeek-V3, 2.1.2: the top-k come from `topGroups` of `groups` groups). A
 * group is kept for its strong experts, so one expert of each kept group is taken as chosen, and the other k - topGroups
 * are spread evenly over the kept groups. Agrees with a Monte Carlo of the real selection to 1.5 %.
 */
export function groupLimitedDestinations(
  experts: number,
  topK: number,
  ranks: number,
  groups: number,
  topGroups: number,
): number {
  if (groups <= 1 || topGroups >= groups || topK < topGroups) return uniqueDestinations(experts, topK, ranks);
  if (ranks <= 1) return ranks;
  if (ranks <= groups) return ranks * (1 - missing(groups, groups / ranks, topGroups));
  const perGroup = experts / groups;
  const ranksPerGroup = ranks / groups;
  const remaining = topK - topGroups;
  const share = 1 / topGroups;
  let expected = 0;
  let chance = (1 - share) ** remaining;
  for (let extra = 0; extra <= remaining; extra++) {
    expected += chance * ranksPerGroup * (1 - missing(perGroup, perGroup / ranksPerGroup, 1 + extra));
    chance *= share === 1 ? 0 : ((remaining - extra) / (extra + 1)) * (share / (1 - share));
    if (share === 1 && extra === remaining - 1) chance = 1;
  }
  return topGroups * expected;
}

/** Distinct ranks for any placement: `sum over ranks (1 - product over its experts (1 - q_e))`. */
export function placedDestinations(ranks: readonly (readonly number[])[], chosen: (expert: number) => number): number {
  let expected = 0;
  for (const held of ranks) {
    let none = 1;
    for (const expert of held) none *= 1 - chosen(expert);
    expected += 1 - none;
  }
  return expected;
}
