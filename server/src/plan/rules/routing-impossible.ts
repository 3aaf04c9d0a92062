import type { Finding, Rule } from '../../language/diagnostic.ts';
import { locationOfProperty } from '../../language/entity.ts';
import { divisors } from '../divisors.ts';
import { childrenOf, numberOf } from '../values.ts';
import { alternatives } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { changeNumber, isOwnProperty, ownProperty, relatedProperty } from './context.ts';

/**
 * Tokens cannot be routed as written: to more experts than there are, or by groups that do not fit.
 *
 * A token visits `top-k` different experts. With group-limited routing the experts are divided into `groups` of equal size,
 * and a token's experts come from `top-groups` of them, which must hold at least `top-k` experts.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 8, top-k = 16, ffn = 2048 }
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 16, top-k = 8, ffn = 2048 }
 * ```
 *
 * ## How to fix it
 * Correct the number that is wrong.
 */
export const routingImpossible: Rule<PlanContext> = {
  name: 'routing-impossible',
  family: 'dimensions',
  severity: 'error',
  summary: 'Tokens cannot be routed to experts as written.',
  check({ program }, report) {
    for (const model of program.own) {
      if (model.keyword !== 'model') continue;
      for (const experts of childrenOf(model, 'experts')) {
        const number = (name: string) => numberOf(experts, name);
        const count = number('count');
        const topK = number('top-k');
        const groups = number('groups') ?? 1;
        const topGroups = number('top-groups') ?? groups;
        if (count === undefined || topK === undefined) continue;
        // When two properties exclude each other, the one that this model writes is reported: the other may be inherited.
        const tell = (names: readonly string[], finding: Pick<Finding, 'message' | 'fixes'>) => {
          const properties = names.map((name) => experts.properties.get(name));
          const property = ownProperty(model, ...properties);
          const related = properties.flatMap((involved) =>
            isOwnProperty(model, involved) ? [] : relatedProperty(involved, `\`${involved?.spec.name}\` is set here`),
          );
          if (property) report({ ...locationOfProperty(property), ...finding, related });
        };
        const choices = count + (number('zero') ?? 0);
        if (topK > choices) {
          tell(['top-k', 'count'], {
            message: `a token cannot visit top-k = ${topK} of ${choices} experts: use at most ${choices}`,
            fixes: changeNumber(experts.properties.get('top-k'), choices),
          });
        } else if (count % groups !== 0) {
          tell(['groups', 'count'], {
            message: `count = ${count} experts cannot be divided into ${groups} equal groups: use ${alternatives(divisors(count))}`,
          });
        } else if (topGroups > groups) {
          tell(['top-groups', 'groups'], {
            message: `a token cannot choose top-groups = ${topGroups} of ${groups} groups: use at most ${groups}`,
            fixes: changeNumber(experts.properties.get('top-groups'), groups),
          });
        } else if (experts.properties.has('top-groups') && topGroups * (count / groups) < topK) {
          const least = Math.ceil(topK / (count / groups));
          tell(['top-groups', 'top-k', 'count'], {
            message: `top-groups = ${topGroups} groups of ${count / groups} experts do not hold the top-k = ${topK} experts of a token: use at least ${least}`,
            fixes: changeNumber(experts.properties.get('top-groups'), least),
          });
        }
      }
    }
  },
};
