import type { SourceFile } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';

/** How many letters of a line are shown, so that it fits a wide terminal. */
const LONGEST_LINE = 160;

/** How many letters are shown before the place in a shortened line. */
const BEFORE = 60;

/** A line of the text, shortened around a place if it is long. `column` and `length` give the place in the shown text. */
export interface Excerpt {
  readonly text: string;
  readonly column: number;
  readonly length: number;
}

export function excerpt({ lineIndex, text }: Pick<SourceFile, 'lineIndex' | 'text'>, span: Span): Excerpt {
  const { line } = lineIndex.positionAt(span.start);
  const [lineStart, lineEnd] = [lineIndex.lineStart(line), lineIndex.lineEnd(line)];
  const end = Math.min(span.end, lineEnd);
  if (lineEnd - lineStart <= LONGEST_LINE)
    return {
      text: text.slice(lineStart, lineEnd),
      column: span.start - lineStart,
      length: Math.max(1, end - span.start),
    };
  const from = Math.min(Math.max(lineStart, span.start - BEFORE), Math.max(lineStart, lineEnd - LONGEST_LINE));
  const to = Math.min(lineEnd, from + LONGEST_LINE);
  const ahead = from > lineStart ? '…' : '';
  return {
    text: `${ahead}${text.slice(from, to)}${to < lineEnd ? '…' : ''}`,
    column: span.start - from + ahead.length,
    length: Math.max(1, Math.min(end, to) - span.start),
  };
}
