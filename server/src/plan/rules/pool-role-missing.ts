import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { missingRole } from '../validity/plan.ts';
import { childrenOf, mayLack } from '../values.ts';
import type { PlanContext } from './context.ts';

/**
 * Serving lacks a pool that reads prompts, or one that generates tokens.
 *
 * A `prefill` pool reads prompts and hands their KV cache over, a `decode` pool generates tokens; a pool of role `both` does
 * the two. On Kubernetes each is often a file of its own, and one of them is a whole plan: its memory is computed. How fast
 * requests are answered is not, because that needs both.
 *
 * ## Not so
 * ```moeplan
 * pool prefill { gpus = 0..15 }
 * ```
 *
 * ## But so
 * ```moeplan
 * pool prefill { gpus = 0..7 }
 * pool decode  { gpus = 8..15 }
 * ```
 *
 * ## How to fix it
 * Add the pool that is missing, or use `role = both`. Leave it as it is to see memory alone.
 */
export const poolRoleMissing: Rule<PlanContext> = {
  name: 'pool-role-missing',
  family: 'graph',
  severity: 'information',
  summary: 'Serving lacks a pool for prompts or for tokens, and memory alone is computed.',
  check({ plan }, report) {
    for (const { draft, entity } of plan.deployments) {
      const fault = draft && missingRole(draft);
      const isUnknown = mayLack(entity, ['pool']) || childrenOf(entity, 'pool').some((pool) => mayLack(pool, ['role']));
      if (!fault || isUnknown) continue;
      const job = fault.role === 'decode' ? 'generates tokens' : 'reads prompts';
      report({
        ...locationOfEntity(entity),
        message: `no pool ${job}, so that memory alone is computed: write a \`pool ${fault.role}\`, or use \`role = both\``,
      });
    }
  },
};
