import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { problemsOf } from './run.ts';

/**
 * A launch says something that the deployment read from it leaves out.
 *
 * An argument is none that moeplan knows of the engine, or its value cannot be read: it depends on a variable that nothing in the
 * file sets, or names a file that is not there. `moeplan check` of the launch tells each at its place.
 *
 * ## Not so
 * ```moeplan
 * deployment prod from "misspelled.sh" { cluster = two-nodes, workload = long-batch }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment prod from "serve.sh" { cluster = two-nodes, workload = long-batch }
 * ```
 *
 * ## How to fix it
 * Correct the launch, or say in the braces what it means.
 */
export const launchNotWhole: Rule<FileAnalysis> = {
  name: 'launch-not-whole',
  family: 'names',
  severity: 'warning',
  summary: 'A launch says something that the deployment read from it leaves out.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { path, untold } of problemsOf(analysis, 'launch-not-whole')) {
      const [first, ...others] = untold;
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      report({
        uri,
        span: path.span,
        message: `what \`${path.text}\` says is not all in this deployment: ${first}${more}; correct it there, or write the property in the braces`,
      });
    }
  },
};
