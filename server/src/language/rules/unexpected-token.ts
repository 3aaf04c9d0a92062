import type { FileAnalysis } from '../analysis.ts';
import type { Fix, Rule } from '../diagnostic.ts';
import type { ParseError } from '../tree.ts';
import { fix, problemsOf } from './run.ts';

/**
 * The text cannot be read as a statement of the language. The message says what was expected at this place and, where
 * it can, gives an example of it.
 *
 * Only the statement in which it stands is affected: the rest of the file keeps its outline, hovers and figures.
 *
 * ## Not so
 * ```moeplan
 * gpu mine {
 *   memory =
 *   bandwidth 3.35 TB/s
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * gpu mine {
 *   memory    = 80 GiB
 *   bandwidth = 3.35 TB/s
 *   bf16      = 989 TFLOP/s
 * }
 * ```
 *
 * ## How to fix it
 * Write what the message asks for. A missing comma, bracket or equals sign is inserted by the quick fix, and a word
 * that does not belong is removed by it. `>=`, `<=` and `+-` belong to claims in `expect { }` only.
 */
export const unexpectedToken: Rule<FileAnalysis> = {
  name: 'unexpected-token',
  family: 'syntax',
  severity: 'error',
  summary: 'The text is no statement of the language at this place.',
  check(analysis, report) {
    const { uri, tree } = analysis.source;
    for (const error of tree.errors) {
      if (error.rule === 'unexpected-token')
        report({ uri, span: error.span, message: error.message, fixes: syntaxFixes(uri, error) });
    }
    for (const { node } of problemsOf(analysis, 'comparison-not-allowed')) {
      const { key, operator, value, tolerance } = node;
      if (operator !== '=') {
        const span = operatorSpan(analysis, key.span.end, operator);
        report({
          uri,
          span,
          message: `expected \`=\` after \`${key.text}\`: \`${operator}\` is for claims in \`expect\``,
          fixes: [fix('Write `=`', uri, span, '=')],
        });
      } else if (tolerance) {
        const span = { start: value.span.end, end: tolerance.span.end };
        report({
          uri,
          span: tolerance.span,
          message: `\`${key.text}\` takes one value: a tolerance is for claims in \`expect\``,
          fixes: [fix('Remove the tolerance', uri, span, '')],
        });
      }
    }
  },
};

function operatorSpan({ source }: FileAnalysis, from: number, operator: string): { start: number; end: number } {
  const start = source.text.indexOf(operator, from);
  return { start, end: start + operator.length };
}

/** The quick fix that the parser proposes for an error. */
export function syntaxFixes(uri: string, { insert, replace }: ParseError): Fix[] {
  const fixes: Fix[] = [];
  if (insert) fixes.push(fix(insert.title, uri, { start: insert.offset, end: insert.offset }, insert.text));
  if (replace) fixes.push(fix(replace.title, uri, replace.span, replace.text));
  return fixes;
}
