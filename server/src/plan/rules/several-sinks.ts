import type { Rule } from '../../language/diagnostic.ts';
import { mayLack } from '../values.ts';
import type { PlanContext } from './context.ts';
import { cyclesOf, endsOf, enumerateNodes, flowsOf } from './flow.ts';

/**
 * The data of a pipeline or of a hand-drawn layer ends at several places.
 *
 * A pipeline has one source, which reads the tokens, and one sink, which gives the result; a layer has its `input` and its
 * `output`. Pools are free to have several.
 *
 * ## Not so
 * ```moeplan
 * split -> left
 * split -> right
 * ```
 *
 * ## But so
 * ```moeplan
 * split -> left -> join
 * split -> right -> join
 * ```
 *
 * ## How to fix it
 * Draw the arrow that is missing, from the one that has none.
 */
export const severalSinks: Rule<PlanContext> = {
  name: 'several-sinks',
  family: 'graph',
  severity: 'error',
  summary: 'Data ends at several stages or operators.',
  check(context, report) {
    for (const flow of flowsOf(context)) {
      if (flow.kind === 'pool' || mayLack(flow.holder, [flow.kind]) || cyclesOf(flow).length > 0) continue;
      const { sinks } = endsOf(flow);
      const [first, ...others] = sinks;
      const [second] = others;
      const place = second === undefined ? undefined : flow.nodes.get(second);
      const firstPlace = first === undefined ? undefined : flow.nodes.get(first);
      if (!place || !firstPlace) continue;
      report({
        ...place,
        message: `data ends at ${enumerateNodes(flow, [first ?? '', ...others])}: draw an arrow from all but one of them`,
        related: [{ ...firstPlace, message: `${first} is one sink` }],
      });
    }
  },
};
