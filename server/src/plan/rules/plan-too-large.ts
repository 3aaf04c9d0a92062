import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { tooLarge } from '../resolve/size.ts';
import type { PlanContext } from './context.ts';

/**
 * A model or a deployment holds more than is computed.
 *
 * A range names many GPUs, layers or experts with a few letters, and each is held as often as it is named. Over 2,000,000 of
 * them in one block or in the deployments of one file, or 10,000 stages in all pools nothing is computed.
 *
 * ## Not so
 * ```moeplan
 * pool a { gpus = 0..7, parallel { pp = 8_000 } }
 * pool b { gpus = 8..15, parallel { pp = 8_000 } }
 * ```
 *
 * ## But so
 * ```moeplan
 * pool a { gpus = 0..7, parallel { pp = 8 } }
 * pool b { gpus = 8..15, parallel { pp = 8 } }
 * ```
 *
 * ## How to fix it
 * Name each GPU, layer and expert once, and put deployments that have nothing in common into files of their own.
 */
export const planTooLarge: Rule<PlanContext> = {
  name: 'plan-too-large',
  family: 'gpus',
  severity: 'error',
  summary: 'A model or a deployment holds more than is computed.',
  check({ program, plan }, report) {
    for (const { rule, ...problem } of plan.problems) if (rule === 'plan-too-large') report(problem);
    for (const entity of program.own) {
      const reason = tooLarge(entity);
      if (reason !== undefined)
        report({
          ...locationOfEntity(entity),
          message: `${entity.keyword} ${entity.name ?? ''} is too large: ${reason}`,
        });
    }
  },
};
