import type { Rule } from '../../language/diagnostic.ts';
import { locationOfProperty } from '../../language/entity.ts';
import { divisors, nearest } from '../divisors.ts';
import { childrenOf, numberOf } from '../values.ts';
import type { PlanContext } from './context.ts';
import { changeNumber, ownProperty } from './context.ts';

/** FlashAttention-2 takes head sizes that are multiples of this. */
const KERNEL_STEP = 8;

/**
 * The heads of attention do not make up the hidden width.
 *
 * Without `head-size` a head is `hidden / heads` wide, so `heads` must divide `hidden`: this is an error. With `head-size`
 * the product of both may differ from `hidden`, and does in many models (Qwen3, gpt-oss, Nemotron): the output projection
 * maps one width to the other. That alone says nothing. Where the head size is no multiple of 8 as well, which kernels of
 * attention ask for (FlashAttention-2), it is pointed out: it is what a slip of the pen looks like.
 *
 * ## Not so
 * ```moeplan
 * model m {
 *   hidden = 4096
 *   attention { heads = 30 }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * model m {
 *   hidden = 4096
 *   attention { heads = 32, head-size = 128 }
 * }
 * ```
 *
 * ## How to fix it
 * Use a number of heads that divides `hidden`, or give `head-size`.
 */
export const hiddenMismatch: Rule<PlanContext> = {
  name: 'hidden-mismatch',
  family: 'dimensions',
  severity: 'error',
  summary: 'Heads and head size do not make up the hidden width.',
  check({ program }, report) {
    for (const model of program.own) {
      const hidden = model.keyword === 'model' ? numberOf(model, 'hidden') : undefined;
      if (hidden === undefined) continue;
      for (const attention of childrenOf(model, 'attention')) {
        const heads = attention.properties.get('heads');
        const count = numberOf(attention, 'heads');
        const isPlain = ['kv-rank', 'state', 'output-rank'].every((name) => !attention.properties.has(name));
        if (!heads || count === undefined || !isPlain) continue;
        const size = numberOf(attention, 'head-size');
        const width = model.properties.get('hidden');
        const related = width ? [{ ...locationOfProperty(width), message: `hidden = ${hidden}` }] : [];
        if (size === undefined && hidden % count !== 0) {
          const nearby = nearest(divisors(hidden), count);
          report({
            ...locationOfProperty(ownProperty(model, heads, width) ?? heads),
            message: `hidden = ${hidden} cannot be divided into heads = ${count}: use ${nearby} heads, or give \`head-size\``,
            related,
            fixes: changeNumber(heads, nearby),
          });
        } else if (size !== undefined && count * size !== hidden && size % KERNEL_STEP !== 0) {
          const property = attention.properties.get('head-size');
          report({
            ...locationOfProperty(ownProperty(model, property, heads, width) ?? heads),
            severity: 'information',
            message: `heads x head-size = ${count} x ${size} = ${count * size}, and hidden = ${hidden}, and ${size} is no multiple of ${KERNEL_STEP}, as kernels of attention ask; leave it if the model is so, else correct one of the three`,
            related,
          });
        }
      }
    }
  },
};
