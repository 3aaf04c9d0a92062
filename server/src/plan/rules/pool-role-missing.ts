import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { missingRole } from '../validity/plan.ts';
import { childrenOf, mayLack } from '../values.ts';
import type { PlanContext } from './context.ts';

/**
 * Serving lacks a pool that reads prompts, or one that generates tokens.
 *
 * A `prefill` pool reads prompts and hands their KV cache over, a `decode` pool generates tokens; a pool of role `both` does
 * the two. Without one of the halves no request is ever answered.
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
 * Add the pool that is missing, or use `role = both`.
 */
export const poolRoleMissing: Rule<PlanContext> = {
  name: 'pool-role-missing',
  family: 'graph',
  severity: 'error',
  summary: 'Serving lacks a pool for prompts or for tokens.',
  check({ plan }, report) {
    for (const { draft, entity } of plan.deployments) {
      const fault = draft && missingRole(draft);
      const isUnknown = mayLack(entity, ['pool']) || childrenOf(entity, 'pool').some((pool) => mayLack(pool, ['role']));
      if (!fault || isUnknown) continue;
      const job = fault.role === 'decode' ? 'generates tokens' : 'reads prompts';
      report({
        ...locationOfEntity(entity),
        message: `no pool ${job}: write a \`pool ${fault.role}\`, or use \`role = both\``,
      });
    }
  },
};
