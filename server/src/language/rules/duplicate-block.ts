import type { Reported } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { at, problemsOf, removeStatement } from './run.ts';

/**
 * A block that may stand once stands twice in its parent. The first one counts and the second one is ignored.
 *
 * ## Not so
 * ```moeplan
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   parallel { tp = 8 }
 *   parallel { pp = 2 }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   parallel { tp = 8, pp = 2 }
 * }
 * ```
 *
 * ## How to fix it
 * Write the properties of both into one block. Several classes of attention need names: `attention local { }`.
 */
export const duplicateBlock: Rule<Reported> = {
  name: 'duplicate-block',
  family: 'syntax',
  severity: 'error',
  summary: 'A block that may stand once stands twice.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { node, first } of problemsOf(analysis, 'duplicate-block')) {
      const { text, span } = node.keyword;
      report({
        uri,
        span,
        message: `\`${text}\` stands already in this block, and this one is ignored; write both into one \`${text} { }\``,
        related: [{ ...at(uri, first.keyword.span), message: `the first \`${text}\`` }],
        fixes: [removeStatement(analysis, node.span, `Remove this \`${text}\``)],
      });
    }
  },
};
