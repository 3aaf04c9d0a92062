import type { Rule } from '../../language/diagnostic.ts';
import { type Entity, locationOfProperty } from '../../language/entity.ts';
import { type ModelFault, routingFault } from '../modelFaults.ts';
import { childrenOf, numberOf } from '../values.ts';
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
  check({ program, plan }, report) {
    for (const { rule, ...problem } of plan.problems) if (rule === 'routing-impossible') report(problem);
    for (const model of program.own) {
      if (model.keyword !== 'model') continue;
      for (const experts of childrenOf(model, 'experts')) {
        const fault = faultOf(experts);
        if (!fault) continue;
        // When two properties exclude each other, the one that this model writes is reported: the other may be inherited.
        const properties = fault.properties.map((name) => experts.properties.get(name));
        const property = ownProperty(model, ...properties);
        const related = properties.flatMap((involved) =>
          isOwnProperty(model, involved) ? [] : relatedProperty(involved, `\`${involved?.spec.name}\` is set here`),
        );
        const fixes = changeNumber(properties[0], fault.nearest);
        if (property) report({ ...locationOfProperty(property), message: fault.message, fixes, related });
      }
    }
  },
};

function faultOf(experts: Entity): ModelFault | undefined {
  const number = (name: string) => numberOf(experts, name);
  const count = number('count');
  const topK = number('top-k');
  if (count === undefined || topK === undefined) return undefined;
  const [zero, groups, topGroups] = [number('zero'), number('groups'), number('top-groups')];
  return routingFault({
    count,
    topK,
    ...(zero !== undefined && { zero }),
    ...(groups !== undefined && { groups }),
    ...(topGroups !== undefined && { topGroups }),
  });
}
