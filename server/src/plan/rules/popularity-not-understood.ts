import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';

/**
 * The file of `popularity = "loads.csv"` does not say how often each expert was chosen.
 *
 * It has one count per line, in the order of the experts, or lines of `expert,count`; the counts of an expert are summed.
 * While it is not understood, nothing is computed of the model: no other popularity stands in for the one that is meant.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 64, top-k = 4, ffn = 2048, popularity = "loads.csv" }   // a file of 32 lines
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 64, top-k = 4, ffn = 2048, popularity = "loads.csv" }   // one line for each of the 64
 * ```
 *
 * ## How to fix it
 * Correct the line that the message names.
 */
export const popularityNotUnderstood: Rule<PlanContext> = {
  name: 'popularity-not-understood',
  family: 'experts',
  severity: 'error',
  summary: 'A file of counts does not say how often each expert was chosen.',
  check({ plan }, report) {
    for (const { rule, ...problem } of plan.problems) if (rule === 'popularity-not-understood') report(problem);
  },
};
