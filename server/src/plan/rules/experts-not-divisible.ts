import type { Rule } from '../../language/diagnostic.ts';
import { alternatives } from '../wording.ts';
import type { PlanContext } from './context.ts';
import {
  changeNumber,
  classesOfPool,
  commonDivisors,
  fittingDegree,
  linesOf,
  modelProperty,
  placeOfDegree,
  relatedProperty,
  stated,
} from './context.ts';
import { poolsWith } from './facts.ts';

/**
 * The experts of a layer cannot be spread evenly over the expert parallel ranks.
 *
 * Some ranks then hold one expert more than others, and every step waits for them. The EPLB algorithm needs an even
 * number, so with `balance = eplb` this is an error and experts are placed in order instead.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * parallel { ep = 6 }
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * parallel { ep = 8 }
 * ```
 *
 * ## How to fix it
 * Use an `ep` that divides the experts, or add `redundant-experts` up to the next multiple.
 */
export const expertsNotDivisible: Rule<PlanContext> = {
  name: 'experts-not-divisible',
  family: 'dimensions',
  severity: 'warning',
  summary: 'Experts cannot be spread evenly over the expert parallel ranks.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees')) {
      const { pool, source, resolved } = draftPool;
      const { ep, etp, edp } = pool.parallel;
      const { redundant, balance } = source.placement;
      if (pool.stages.every((_, index) => linesOf(draftPool, index).length > 0)) continue;
      const counts = new Set(
        classesOfPool(pool).flatMap(({ feedForward }) => (feedForward.kind === 'moe' ? [feedForward.count] : [])),
      );
      for (const count of counts) {
        const physical = count + redundant;
        if (physical % ep === 0) continue;
        const stageGpus = pool.stages[0]?.gpus.length ?? ep;
        const choices = commonDivisors([physical], draftPool.draft.cluster.gpuCount);
        const kept = (['etp', 'edp'] as const).filter((degree) => stated(source.parallel, degree));
        const product = (kept.includes('etp') ? etp : 1) * (kept.includes('edp') ? edp : 1);
        const missing = ep - (physical % ep);
        const held = `${Math.floor(physical / ep)} or ${Math.ceil(physical / ep)} per GPU`;
        const what = redundant > 0 ? `count = ${count} with ${redundant} redundant experts` : `count = ${count}`;
        report({
          ...placeOfDegree(draftPool, 'ep'),
          ...(balance === 'eplb' && { severity: 'error' as const }),
          message:
            `${what} cannot be spread evenly over ep = ${ep} (${held}): use ep = ${alternatives(choices)}, ` +
            `or redundant-experts = ${redundant + missing}`,
          related: relatedProperty(modelProperty(resolved, 'experts', 'count'), `${count} experts`),
          fixes: changeNumber(
            source.parallel?.properties.get('ep'),
            fittingDegree(choices, ep, stageGpus, product, kept.length < 2),
          ),
        });
      }
    }
  },
};
