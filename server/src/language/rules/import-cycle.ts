import { fileName } from '../../text/fileName.ts';
import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { problemsOf } from './run.ts';

/**
 * A file imports itself, directly or through others. The message shows the whole way round.
 *
 * Names are resolved all the same. But no file of the cycle can be understood, moved or reused without all the others,
 * so what they share belongs in a file of its own.
 *
 * ## Not so
 * ```moeplan
 * // models.moeplan
 * import "./plan.moeplan"
 *
 * // plan.moeplan
 * import "./models.moeplan"
 * ```
 *
 * ## But so
 * ```moeplan
 * // plan.moeplan
 * import "./models.moeplan"
 * ```
 *
 * ## How to fix it
 * Remove one import of the cycle; move what both files need to a third one.
 */
export const importCycle: Rule<FileAnalysis> = {
  name: 'import-cycle',
  family: 'names',
  severity: 'warning',
  summary: 'Files import each other in a circle.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { node, path } of problemsOf(analysis, 'import-cycle')) {
      const cycle = [...path.map((step) => fileName(step.uri)), fileName(uri)].join(' -> ');
      const message =
        path.length === 1
          ? 'this file imports itself; remove the import'
          : `import cycle: ${cycle}; remove one of these imports`;
      const related = path
        .slice(1)
        .map((step) => ({ ...step, message: `${fileName(step.uri)} imports the next file` }));
      report({ uri, span: node.path.span, message, related });
    }
  },
};
