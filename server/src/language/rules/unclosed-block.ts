import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { syntaxFixes } from './unexpected-token.ts';

/**
 * A block has no closing brace. It is taken to end where it must have ended: before the next top-level keyword in the
 * first column, before a line that only a block around it can hold, or at the end of the file.
 *
 * The rest of the file is read as if the brace were there, so one missing brace is one finding.
 *
 * ## Not so
 * ```moeplan
 * cluster two-nodes {
 *   node = DGX-H100
 *   count = 2
 *
 * cluster four-nodes {
 *   node = DGX-H100
 *   count = 4
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster two-nodes {
 *   node = DGX-H100
 *   count = 2
 * }
 *
 * cluster four-nodes {
 *   node = DGX-H100
 *   count = 4
 * }
 * ```
 *
 * ## How to fix it
 * Insert `}` behind the block's last line; the quick fix does.
 */
export const unclosedBlock: Rule<FileAnalysis> = {
  name: 'unclosed-block',
  family: 'syntax',
  severity: 'error',
  summary: 'A block has no closing brace.',
  check({ source }, report) {
    for (const error of source.tree.errors) {
      if (error.rule !== 'unclosed-block') continue;
      report({ uri: source.uri, span: error.span, message: error.message, fixes: syntaxFixes(source.uri, error) });
    }
  },
};
