import { fileName } from '../../text/fileName.ts';
import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { article, enumerate } from '../vocabulary/describe.ts';
import { problemsOf } from './run.ts';

/**
 * Two imported files define the same name, and this file uses it.
 *
 * Which of the two is meant cannot be told, and taking the first would make the plan depend on the order of imports.
 * A file's own definition goes before imported ones, and those go before the catalogue's, so there only imports can
 * disagree.
 *
 * ## Not so
 * ```moeplan
 * import "./our-clusters.moeplan"
 * import "./their-clusters.moeplan"
 *
 * deployment plan {
 *   model = moe-4l, workload = long-batch
 *   cluster = two-nodes
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * import "./our-clusters.moeplan"
 *
 * deployment plan {
 *   model = moe-4l, workload = long-batch
 *   cluster = two-nodes
 * }
 * ```
 *
 * ## How to fix it
 * Rename one of the two definitions, or leave out one of the imports.
 */
export const ambiguousName: Rule<FileAnalysis> = {
  name: 'ambiguous-name',
  family: 'names',
  severity: 'error',
  summary: 'Two imports define the same name.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { word, what, declarations } of problemsOf(analysis, 'ambiguous-name')) {
      const files = enumerate(declarations.map((declaration) => fileName(declaration.uri)));
      report({
        uri,
        span: word.span,
        message: `\`${word.text}\` is defined in ${files}; rename one ${what} or leave out one import`,
        related: declarations.map((declaration) => ({
          ...declaration,
          message: `${article(what)} named \`${word.text}\``,
        })),
      });
    }
  },
};
