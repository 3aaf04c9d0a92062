import type { SourceFile } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';

/** Letters of a line that are shown: what fits a wide terminal. */
export const LONGEST_LINE = 160;

/** Letters before the place, where a line must be shortened. */
const BEFORE = 60;

/** A line of the text, shortened around a place where it is long, and where the place lies in what is shown. */
export interface Excerpt {
  readonly text: string;
  readonly column: number;
  readonly length: number;
}

export function excerpt({ lineIndex, text }: SourceFile, span: Span): Excerpt {
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
