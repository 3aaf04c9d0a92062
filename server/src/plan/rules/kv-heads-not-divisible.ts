import type { Rule } from '../../language/diagnostic.ts';
import { locationOfProperty } from '../../language/entity.ts';
import { divisors, nearest } from '../divisors.ts';
import { kvHeadsFault } from '../modelFaults.ts';
import { childrenOf, numberOf } from '../values.ts';
import type { PlanContext } from './context.ts';
import { changeNumber } from './context.ts';

/**
 * The query heads cannot be shared out evenly over the key/value heads.
 *
 * In grouped-query attention each key/value head serves `heads / kv-heads` query heads, a whole number.
 *
 * ## Not so
 * ```moeplan
 * attention { heads = 8, kv-heads = 3, head-size = 128 }
 * ```
 *
 * ## But so
 * ```moeplan
 * attention { heads = 8, kv-heads = 2, head-size = 128 }
 * ```
 *
 * ## How to fix it
 * Use a divisor of `heads` for `kv-heads`. The quick fix takes the nearest one.
 */
export const kvHeadsNotDivisible: Rule<PlanContext> = {
  name: 'kv-heads-not-divisible',
  family: 'dimensions',
  severity: 'error',
  summary: 'Query heads cannot be shared out evenly over the key/value heads.',
  check({ program, plan }, report) {
    for (const { rule, ...problem } of plan.problems) if (rule === 'kv-heads-not-divisible') report(problem);
    for (const model of program.own) {
      if (model.keyword !== 'model') continue;
      for (const attention of childrenOf(model, 'attention')) {
        const property = attention.properties.get('kv-heads');
        const heads = numberOf(attention, 'heads');
        const kvHeads = numberOf(attention, 'kv-heads');
        if (!property || heads === undefined || kvHeads === undefined) continue;
        const fault = kvHeadsFault(heads, kvHeads);
        if (!fault) continue;
        report({
          ...locationOfProperty(property),
          message: fault.message,
          fixes: changeNumber(property, nearest(divisors(heads), kvHeads)),
        });
      }
    }
  },
};
