import type { Diagnostic } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';

/** A `// moeplan-ignore rule-name: reason` comment of a text. */
export interface Suppression {
  /** The whole comment. */
  readonly span: Span;
  readonly rules: readonly { readonly name: string; readonly span: Span }[];
  /** The text after the colon. Without it the comment has no effect. */
  readonly reason: string;
  /** The line whose findings it silences. */
  readonly line: number;
}

const COMMENT = /^\/\/\s*moeplan-ignore(?![\p{L}\p{N}-])([^:]*)(?::(.*))?$/u;

/**
 * The comments of a text that silence findings. A comment on a line of its own applies to the next line that is not such a
 * comment.
 */
export function suppressionsOf(source: SourceFile): readonly Suppression[] {
  const { text, lineIndex } = source;
  if (!text.includes('moeplan-ignore')) return [];
  const { tokens } = source;
  const suppressions: Suppression[] = [];
  // From the end, so that the line below a comment is known when the comment is reached.
  let below: (typeof tokens)[number] | undefined;
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index];
    if (!token) continue;
    if (token.kind !== 'newline' && token.kind !== 'line-comment' && token.kind !== 'block-comment') below = token;
    if (token.kind !== 'line-comment') continue;
    const match = COMMENT.exec(text.slice(token.start, token.end));
    if (!match) continue;
    const [, names = '', reason = ''] = match;
    const start = token.start + match[0].indexOf('moeplan-ignore') + 'moeplan-ignore'.length;
    const rules = [...names.matchAll(/[^\s,]+/g)].map(({ 0: name, index: at }) => ({
      name,
      span: { start: start + at, end: start + at + name.length },
    }));
    const previous = tokens[index - 1];
    const alone = !previous || previous.kind === 'newline';
    const line = lineIndex.positionAt(((alone ? below : token) ?? token).start).line;
    suppressions.push({ span: { start: token.start, end: token.end }, rules, reason: reason.trim(), line });
  }
  return suppressions.reverse();
}

/** Findings that no comment silences. Findings about the comments themselves cannot be silenced. */
export function unsuppressed(
  diagnostics: readonly Diagnostic[],
  suppressions: readonly Suppression[],
  { lineIndex }: SourceFile,
): readonly Diagnostic[] {
  if (suppressions.length === 0) return diagnostics;
  const silenced = new Set<string>();
  for (const { reason, line, rules } of suppressions)
    if (reason !== '') for (const { name } of rules) silenced.add(`${line} ${name}`);
  return diagnostics.filter(({ rule, span }) => !silenced.has(`${lineIndex.positionAt(span.start).line} ${rule}`));
}
