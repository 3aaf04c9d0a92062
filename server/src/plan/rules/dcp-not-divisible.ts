import type { Rule } from '../../language/diagnostic.ts';
import { shapeOf } from '../attention.ts';
import { divisors } from '../divisors.ts';
import { alternatives } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { changeNumber, classesOfPool, placeOfProperty } from './context.ts';
import { poolsWith } from './facts.ts';

/**
 * Decode context parallelism asks for more ranks than hold the same keys and values.
 *
 * `dcp` shares the tokens of the cache among ranks of the tp group that would hold copies of it: all of them where attention
 * is latent, `tp / kv-heads` where heads are cached. Engines refuse a `dcp` that does not divide that number (vLLM 0.22:
 * `ModelConfig.verify_with_parallel_config`).
 *
 * ## Not so
 * ```moeplan
 * attention { heads = 32, kv-heads = 4, head-size = 128 }
 * parallel { tp = 8, dcp = 4 }
 * ```
 *
 * ## But so
 * ```moeplan
 * attention { heads = 32, kv-heads = 4, head-size = 128 }
 * parallel { tp = 8, dcp = 2 }
 * ```
 *
 * ## How to fix it
 * Use a divisor of the number of copies. The quick fix takes the largest that is not larger than what is written.
 */
export const dcpNotDivisible: Rule<PlanContext> = {
  name: 'dcp-not-divisible',
  family: 'dimensions',
  severity: 'error',
  summary: 'Decode context parallelism does not divide the copies of the cache.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees', 'heads')) {
      const { pool, source } = draftPool;
      const { tp, dcp = 1 } = pool.parallel;
      const heads = classesOfPool(pool).flatMap(({ attention }) => shapeOf(attention)?.kvHeads ?? []);
      const copies = heads.length === 0 ? tp : Math.max(1, Math.floor(tp / Math.max(...heads)));
      if (copies % dcp === 0) continue;
      const property = source.parallel?.properties.get('dcp');
      const choices = divisors(copies);
      const held = heads.length === 0 ? '' : ` with kv-heads = ${Math.max(...heads)}`;
      const number = copies === 1 ? '1 copy' : `${copies} copies`;
      report({
        ...placeOfProperty(draftPool, property),
        message: `dcp = ${dcp} does not divide the ${number} of the cache that tp = ${tp}${held} holds: use ${alternatives(choices)}`,
        fixes: changeNumber(
          property,
          choices.findLast((degree) => degree <= dcp),
        ),
      });
    }
  },
};
