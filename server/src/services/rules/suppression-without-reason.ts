import type { Rule } from '../../language/diagnostic.ts';
import { at } from '../../language/rules/run.ts';
import type { SuppressionContext } from './context.ts';

/**
 * A comment silences a rule without saying why.
 *
 * `// moeplan-ignore rule-name: reason` silences findings on its line, or on the next one where it stands alone. Whoever
 * reads the plan later needs to know why the finding does not matter here, so a comment without a reason has no effect.
 *
 * ## Not so
 * ```moeplan
 * // moeplan-ignore tp-across-nodes
 * deployment plan { parallel { tp = 16 } }
 * ```
 *
 * ## But so
 * ```moeplan
 * // moeplan-ignore tp-across-nodes: the two nodes share one NVLink switch
 * deployment plan { parallel { tp = 16 } }
 * ```
 *
 * ## How to fix it
 * Write the reason behind a colon, or remove the comment.
 */
export const suppressionWithoutReason: Rule<SuppressionContext> = {
  name: 'suppression-without-reason',
  family: 'syntax',
  severity: 'warning',
  summary: 'A comment silences a rule without saying why.',
  check({ source, suppressions }, report) {
    for (const { span, rules, reason } of suppressions) {
      if (reason !== '' || rules.length === 0) continue;
      const names = rules.map(({ name }) => name).join(', ');
      report({
        ...at(source.uri, span),
        message: `this silences nothing without a reason: write \`// moeplan-ignore ${names}: why it does not matter here\``,
      });
    }
  },
};
