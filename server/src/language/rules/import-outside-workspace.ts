import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { problemsOf } from './run.ts';

/**
 * A path is absolute, is a URL, or leads out of the workspace.
 *
 * A plan must mean the same for everyone who has the folder, and opening one must not read files elsewhere on the
 * machine. Nothing outside the workspace is ever read, and nothing is fetched.
 *
 * ## Not so
 * ```moeplan
 * import "/home/me/models.moeplan"
 * ```
 *
 * ## But so
 * ```moeplan
 * import "./models.moeplan"
 * ```
 *
 * ## How to fix it
 * Copy the file into the workspace and import it by a path relative to this file, or open the folder that holds both.
 */
export const importOutsideWorkspace: Rule<FileAnalysis> = {
  name: 'import-outside-workspace',
  family: 'names',
  severity: 'error',
  summary: 'A path is absolute or leads out of the workspace.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { path } of problemsOf(analysis, 'import-outside-workspace')) {
      report({
        uri,
        span: path.span,
        message: `\`${path.text}\` is outside the workspace; write a path relative to this file, for example \`"./models.moeplan"\``,
      });
    }
  },
};
