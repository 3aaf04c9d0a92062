import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';

/**
 * A layer pattern has a letter that means nothing.
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
 * Use one of the four letters.
 */
export const layerPattern: Rule<PlanContext> = {
  name: 'layer-pattern',
  family: 'dimensions',
  severity: 'error',
  summary: 'A layer pattern has a letter that means nothing.',
  check({ plan }, report) {
    for (const { rule, ...problem } of plan.problems) if (rule === 'layer-pattern') report(problem);
  },
};
