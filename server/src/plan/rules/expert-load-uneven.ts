import type { Rule } from '../../language/diagnostic.ts';
import { type Experts, layerClass } from '../model.ts';
import { expertShares } from '../popularity.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { draftPools, linesOf, nameStage, placeOfProperty } from './context.ts';

/** A rank with at least this multiple of the mean load is reported. */
const UNEVEN = 1.2;

/**
 * One rank of the expert group gets far more tokens than the others.
 *
 * A layer waits for its busiest rank. The load is what the `popularity` of the experts, their places and their copies give
 * in the mean; the noise of single batches comes on top in the prediction.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 64, top-k = 4, ffn = 2048, popularity = zipf 1.1 }
 * deployment plan { parallel { ep = 16 } }
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 64, top-k = 4, ffn = 2048, popularity = zipf 1.1 }
 * deployment plan {
 *   balance = eplb, redundant-experts = 32
 *   parallel { ep = 16 }
 * }
 * ```
 *
 * ## How to fix it
 * Let the EPLB algorithm place and replicate experts by load: `balance = eplb` with `redundant-experts`.
 */
export const expertLoadUneven: Rule<PlanContext> = {
  name: 'expert-load-uneven',
  family: 'experts',
  severity: 'warning',
  summary: 'One rank gets far more tokens than the others.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const { pool, source, resolved } = draftPool;
      if (!resolved.deployment) continue;
      const worst = pool.stages
        .map((_, index) => imbalanceOf(draftPool, index))
        .reduce((most, stage) => (stage.imbalance > most.imbalance ? stage : most));
      if (worst.imbalance < UNEVEN) continue;
      const { balance, redundant } = source.placement;
      const property = source.holder.properties.get('balance') ?? resolved.entity.properties.get('balance');
      const more = moreCopies(draftPool, redundant);
      const remedy =
        balance === 'eplb'
          ? `use more \`redundant-experts\`, for example ${more}`
          : 'use `balance = eplb` with `redundant-experts`';
      report({
        ...(worst.line ? { uri: worst.line.uri, span: worst.line.node.span } : placeOfProperty(draftPool, property)),
        message: `rank ${worst.rank} of ep = ${pool.parallel.ep} in ${nameStage(pool, worst.stage)} gets ${worst.imbalance.toFixed(2)} times the mean load of experts: ${worst.line ? 'spread the experts evenly by load, or leave the `expert` lines out' : remedy}`,
      });
    }
  },
};

/** The next number of redundant experts that gives every rank equally many, as the EPLB algorithm requires. */
function moreCopies({ pool }: DraftPool, redundant: number): number {
  const { ep } = pool.parallel;
  const count = pool.model.classes.reduce(
    (most, { feedForward }) => (feedForward.kind === 'moe' ? Math.max(most, feedForward.count) : most),
    0,
  );
  return (Math.floor((count + redundant) / ep) + 1) * ep - count;
}

/**
 * The busiest rank of a stage over all its layers. Uniform popularity with contiguous experts and no copies is always even.
 */
function imbalanceOf(draftPool: DraftPool, index: number) {
  const { pool, source } = draftPool;
  const lines = linesOf(draftPool, index);
  let worst = { stage: index, imbalance: 1, rank: 0, line: lines[0]?.written };
  const seen = new Set<object>();
  for (const [layer, map] of pool.stages[index]?.experts ?? []) {
    const { feedForward } = layerClass(pool.model, layer);
    if (feedForward.kind !== 'moe' || seen.has(map)) continue;
    seen.add(map);
    if (feedForward.popularity.kind === 'uniform' && lines.length === 0 && source.placement.redundant === 0) continue;
    const loads = loadsOf(feedForward, map.ranks);
    const busiest = loads.reduce((most, load, rank) => (load > (loads[most] ?? 0) ? rank : most), 0);
    const imbalance = (loads[busiest] ?? 0) * loads.length;
    if (imbalance > worst.imbalance) worst = { ...worst, imbalance, rank: busiest };
  }
  return worst;
}

/** Share of the tokens that each rank gets. The copies of an expert share its tokens. */
function loadsOf(experts: Experts, ranks: readonly (readonly number[])[]): number[] {
  const shares = expertShares(experts);
  const copies = new Array<number>(experts.count).fill(0);
  for (const rank of ranks) for (const expert of rank) copies[expert] = (copies[expert] ?? 0) + 1;
  return ranks.map((rank) => rank.reduce((sum, expert) => sum + (shares[expert] ?? 0) / (copies[expert] ?? 1), 0));
}
