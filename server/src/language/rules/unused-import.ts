import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { removeStatement } from './run.ts';

/**
 * An import brings no name that this file uses, or brings a file that is imported already.
 *
 * Imports are not handed on: a file that only imports others gives its own importers nothing of them.
 *
 * ## Not so
 * ```moeplan
 * import "./clusters.moeplan"
 *
 * cluster pair { node = DGX-H100, count = 2 }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster pair { node = DGX-H100, count = 2 }
 * ```
 *
 * ## How to fix it
 * Remove the import; the quick fix does.
 */
export const unusedImport: Rule<FileAnalysis> = {
  name: 'unused-import',
  family: 'names',
  severity: 'hint',
  summary: 'An import brings nothing that is used.',
  check(analysis, report) {
    const { source, imports, problems } = analysis;
    if (imports.length === 0) return;
    const usedFiles = new Set<string>();
    for (const target of analysis.targets)
      usedFiles.add(target.kind === 'let' ? target.constant.uri : target.entity.uri);
    for (const problem of problems) {
      if (problem.kind === 'ambiguous-name')
        for (const declaration of problem.declarations) usedFiles.add(declaration.uri);
    }
    const isBroken =
      source.tree.errors.length > 0 ||
      analysis.doubtfulUses.size > 0 ||
      problems.some((problem) => problem.kind === 'import-cycle');
    const seen = new Set<string>();
    for (const { node, target } of imports) {
      if (target === undefined) continue;
      const isRepeated = seen.has(target);
      seen.add(target);
      if (!isRepeated && (isBroken || usedFiles.has(target))) continue;
      const message = isRepeated
        ? 'this file is imported already; remove this import'
        : 'nothing of this import is used; remove it';
      report({
        uri: source.uri,
        span: node.span,
        message,
        tags: ['unnecessary'],
        fixes: [removeStatement(analysis, node.span, 'Remove this import')],
      });
    }
  },
};
