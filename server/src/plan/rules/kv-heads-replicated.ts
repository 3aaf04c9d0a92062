import type { Rule } from '../../language/diagnostic.ts';
import { shapeOf } from '../attention.ts';
import { divisors } from '../divisors.ts';
import { alternatives } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import {
  changeNumber,
  classesOfPool,
  commonDivisors,
  degreeToWrite,
  modelProperty,
  placeOfDegree,
  relatedProperty,
} from './context.ts';

import { poolsWith } from './facts.ts';

/**
 * There are fewer key/value heads than tensor parallel GPUs, so each is held by several of them.
 *
 * Each GPU needs at least one key/value head. Beyond `tp = kv-heads` the KV cache of a GPU gets no smaller: the cache of the
 * deployment holds every token several times. Where `kv-heads` and `tp` do not divide each other, engines refuse to start,
 * and this is an error.
 *
 * ## Not so
 * ```moeplan
 * attention { heads = 32, kv-heads = 4, head-size = 128 }
 * parallel { tp = 8 }
 * ```
 *
 * ## But so
 * ```moeplan
 * attention { heads = 32, kv-heads = 4, head-size = 128 }
 * parallel { tp = 4, dp = 2 }
 * ```
 *
 * ## How to fix it
 * Use a smaller `tp` with more `dp`, share the tokens with `dcp = tp / kv-heads`, or accept the copies.
 */
export const kvHeadsReplicated: Rule<PlanContext> = {
  name: 'kv-heads-replicated',
  family: 'dimensions',
  severity: 'information',
  summary: 'Key/value heads are held by several GPUs of a tensor parallel group.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees', 'heads')) {
      const { pool, resolved } = draftPool;
      const { tp, dcp = 1 } = pool.parallel;
      const seen = new Set<number>();
      for (const { attention } of classesOfPool(pool)) {
        const shape = shapeOf(attention);
        if (shape?.kvHeads === undefined) continue;
        const { heads, kvHeads } = shape;
        // `heads-not-divisible` reports heads that tp does not divide.
        if (heads % tp !== 0 || kvHeads % tp === 0) continue;
        // `kv-heads-not-divisible` reports heads that kv-heads do not divide.
        if (seen.has(kvHeads) || heads % kvHeads !== 0) continue;
        seen.add(kvHeads);
        // Ranks that share the tokens hold no copies.
        if (dcp * kvHeads === tp) continue;
        const related = relatedProperty(modelProperty(resolved, 'attention', 'kv-heads'), `${kvHeads} key/value heads`);
        const place = placeOfDegree(draftPool, 'tp');
        if (tp % kvHeads === 0) {
          report({
            ...place,
            message: `kv-heads = ${kvHeads} on tp = ${tp}: ${tp / kvHeads} GPUs hold each head, and the KV cache of a GPU is no smaller than with tp = ${kvHeads}; use tp = ${kvHeads} and more dp to hold more tokens`,
            related,
            fixes: changeTp(draftPool, [kvHeads]),
          });
        } else {
          const choices = commonDivisors([heads], tp * 2).filter(
            (degree) => divisors(kvHeads).includes(degree) || degree % kvHeads === 0,
          );
          report({
            ...place,
            severity: 'error',
            message: `kv-heads = ${kvHeads} can be neither split over tp = ${tp} nor repeated evenly on it: use ${alternatives(choices)}`,
            related,
            fixes: changeTp(draftPool, choices),
          });
        }
      }
    }
  },
};

function changeTp(draftPool: DraftPool, choices: readonly number[]) {
  return changeNumber(draftPool.source.parallel?.properties.get('tp'), degreeToWrite(draftPool, 'tp', choices));
}
