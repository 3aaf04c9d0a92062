import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';

/**
 * A layer pattern has a letter that means nothing, or a layer is given a part that the model does not have.
 *
 * In `pattern` every letter is one layer: `E` experts, `-` dense, `M` a linear (state) layer, `*` attention. The pattern is
 * repeated to the number of layers.
 *
 * ## Not so
 * ```moeplan
 * pattern = "MEMEMAE"
 * ```
 *
 * ## But so
 * ```moeplan
 * pattern = "MEMEM*E"
 * ```
 *
 * ## How to fix it
 * Use one of the four letters, each with its block: `E` with `experts { }`, `-` with `dense { }`, `M` with an `attention` that
 * has `state`, `*` with another `attention`. The same holds for the words `moe` and `dense` of `layers { }`. A layer that computes
 * nothing is left out.
 */
export const layerPattern: Rule<PlanContext> = {
  name: 'layer-pattern',
  family: 'dimensions',
  severity: 'error',
  summary: 'A layer pattern has a letter that means nothing, or that the model has no part for.',
  check({ plan }, report) {
    for (const { rule, ...problem } of plan.problems) if (rule === 'layer-pattern') report(problem);
  },
};
