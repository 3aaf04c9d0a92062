import type { Reported } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { at, problemsOf, removeStatement } from './run.ts';

/**
 * A block sets a property twice. The first value counts and the second one is ignored.
 *
 * Two values for one thing mean that one of them is wrong, and nothing says which.
 *
 * ## Not so
 * ```moeplan
 * workload long-batch {
 *   sequences = 128
 *   length    = 10_000 tokens
 *   sequences = 256
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload long-batch {
 *   sequences = 256
 *   length    = 10_000 tokens
 * }
 * ```
 *
 * ## How to fix it
 * Keep one of the two; the quick fix removes the second. To change a value that a base sets, use `extends`: an own
 * value over an inherited one is no duplicate.
 */
export const duplicateProperty: Rule<Reported> = {
  name: 'duplicate-property',
  family: 'syntax',
  severity: 'error',
  summary: 'A block sets a property twice.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { node, first } of problemsOf(analysis, 'duplicate-property')) {
      const { text, span } = node.key;
      report({
        uri,
        span,
        message: `\`${text}\` is set already in this block, and this value is ignored; remove one of the two`,
        related: [{ ...at(uri, first.span), message: `\`${text}\` is set here first` }],
        fixes: [removeStatement(analysis, node.span, `Remove this \`${text}\``)],
      });
    }
  },
};
