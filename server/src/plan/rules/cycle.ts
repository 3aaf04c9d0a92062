import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';
import { cyclesOf, flowsOf } from './flow.ts';

/**
 * Arrows run in a circle.
 *
 * Data flows through stages, pools and operators once, from a source to a sink. In a circle none can start, because each
 * waits for the one before. The message names the whole path; the finding stands at the arrow that closes it.
 *
 * ## Not so
 * ```moeplan
 * front -> back -> front
 * ```
 *
 * ## But so
 * ```moeplan
 * front -> back
 * ```
 *
 * ## How to fix it
 * Remove one of the arrows.
 */
export const cycle: Rule<PlanContext> = {
  name: 'cycle',
  family: 'graph',
  severity: 'error',
  summary: 'Arrows between stages, pools or operators run in a circle.',
  check(context, report) {
    for (const flow of flowsOf(context)) {
      for (const arrows of cyclesOf(flow)) {
        const last = arrows.at(-1);
        const [first] = arrows;
        if (!last || !first) continue;
        const path = [first.from, ...arrows.map(({ to }) => to)].join(' -> ');
        report({
          uri: last.uri,
          span: last.span,
          message: `the arrows run in a circle: ${path}; remove one of them`,
          related: arrows.slice(0, -1).map(({ uri, span, from, to }) => ({ uri, span, message: `${from} -> ${to}` })),
        });
      }
    }
  },
};
