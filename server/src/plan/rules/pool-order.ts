import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity } from '../../language/entity.ts';
import type { PlanContext } from './context.ts';
import { flowsOf } from './flow.ts';

/**
 * An arrow leads from a pool that generates tokens to one that reads prompts.
 *
 * A prompt is read first: its KV cache goes from the `prefill` pool to the `decode` pool. Figures are computed for that
 * direction, whatever the arrow says.
 *
 * ## Not so
 * ```moeplan
 * decode -> prefill
 * ```
 *
 * ## But so
 * ```moeplan
 * prefill -> decode
 * ```
 *
 * ## How to fix it
 * Turn the arrow round, or exchange the roles of the two pools.
 */
export const poolOrder: Rule<PlanContext> = {
  name: 'pool-order',
  family: 'graph',
  severity: 'error',
  summary: 'An arrow leads from a decode pool to a prefill pool.',
  check(context, report) {
    for (const flow of flowsOf(context)) {
      if (flow.kind !== 'pool') continue;
      const draft = context.plan.deployments.find(({ entity }) => entity === flow.holder)?.draft;
      const roles = new Map(draft?.pools.map(({ name, role }) => [name, role]));
      for (const { from, to, uri, span } of flow.arrows) {
        if (roles.get(from) !== 'decode' || roles.get(to) !== 'prefill') continue;
        const reader = flow.blocks.get(to);
        report({
          uri,
          span,
          message: `pool ${to} reads prompts and pool ${from} generates tokens from them: write \`${to} -> ${from}\``,
          related: reader ? [{ ...locationOfEntity(reader), message: `pool ${to} has the role prefill` }] : [],
        });
      }
    }
  },
};
