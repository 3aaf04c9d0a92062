import type { Rule } from '../../language/diagnostic.ts';
import { at, beforeBlanks, behindBlanks, didYouMean, fix } from '../../language/rules/run.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';
import { suggest } from '../../language/suggest.ts';
import type { Suppression } from '../findings/suppressions.ts';
import type { SuppressionContext } from './context.ts';

/**
 * A comment silences a finding that is not there.
 *
 * The plan has changed since, or the comment names a rule that does not exist. Left alone it would silence a finding
 * that comes later and that nobody has looked at.
 *
 * ## Not so
 * ```moeplan
 * // moeplan-ignore missing-unit: read as bytes
 * gpu mine { memory = 80 GiB }
 * ```
 *
 * ## But so
 * ```moeplan
 * gpu mine { memory = 80 GiB }
 * ```
 *
 * ## How to fix it
 * Remove the comment, or correct the name of the rule.
 */
export const suppressionUnused: Rule<SuppressionContext> = {
  name: 'suppression-unused',
  family: 'syntax',
  severity: 'hint',
  summary: 'A comment silences a finding that is not there.',
  check({ source, suppressions, found, known }, report) {
    if (suppressions.length === 0) return;
    const there = new Set(found.map(({ rule, span }) => `${lineOf(source, span.start)} ${rule}`));
    let searches = 0;
    for (const suppression of suppressions) {
      if (suppression.rules.length === 0) {
        report({
          ...at(source.uri, suppression.span),
          message: 'name the rule that this silences: `// moeplan-ignore rule-name: reason`',
        });
      }
      for (const { name, span } of suppression.rules) {
        if (!known.has(name)) {
          const meant = searches++ < MOST_SEARCHES ? suggest(name, [...known]) : undefined;
          const { hint, fixes } = didYouMean(source.uri, span, meant);
          report({ ...at(source.uri, span), message: `there is no rule \`${name}\`${hint}`, fixes });
        } else if (!there.has(`${suppression.line} ${name}`)) {
          report({
            ...at(source.uri, span),
            message: `\`${name}\` finds nothing on the line that this is about: remove it`,
            fixes: [removal(source, suppression, span)],
            tags: ['unnecessary'],
          });
        }
      }
    }
  },
};

/** Characters between the names of a comment. */
const BETWEEN_NAMES = ' \t,';

/** Most names for which similar ones are searched. */
const MOST_SEARCHES = 100;

function lineOf({ lineIndex }: SourceFile, offset: number): number {
  return lineIndex.positionAt(offset).line;
}

/** Removes one of several names, or the comment with its line when the comment is alone there. */
function removal({ uri, text, lineIndex }: SourceFile, { rules, span }: Suppression, name: Span) {
  if (rules.length > 1) {
    const isLast = rules.at(-1)?.span.end === name.end;
    const removed = isLast
      ? { start: beforeBlanks(text, name.start, BETWEEN_NAMES), end: name.end }
      : { start: name.start, end: behindBlanks(text, name.end, BETWEEN_NAMES) };
    return fix('Remove the name', uri, removed, '');
  }
  const { line } = lineIndex.positionAt(span.start);
  const start = beforeBlanks(text, span.start);
  if (start > lineIndex.lineStart(line)) return fix('Remove the comment', uri, { start, end: span.end }, '');
  const end = line + 1 < lineIndex.lineCount ? lineIndex.lineStart(line + 1) : span.end;
  return fix('Remove the comment', uri, { start: lineIndex.lineStart(line), end }, '');
}
