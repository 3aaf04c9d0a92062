import type { TextEdit } from '../../language/diagnostic.ts';
import { isClosedComment } from '../../language/lexer.ts';
import { parseSource, type SourceFile } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';
import type { Tree } from '../../language/tree.ts';
import { childNodes, type Node, nodesAt } from '../../language/walk.ts';
import { applyEdits } from '../edits.ts';
import { align } from './align.ts';
import type { Care } from './lines.ts';
import { type Row, rowsOf } from './rows.ts';

/**
 * Edits that bring a text into its usual form: two blanks per level, aligned `=` of properties, at most one empty line, one
 * blank between words. Only the space between tokens changes, and a comma where a line break takes its place, so no word,
 * number or comment can be lost. Lines that could not be read stay as they are. A change that would alter the meaning of
 * the text is not made.
 */
export function format(source: SourceFile): readonly TextEdit[] {
  const careful: readonly Care[] = source.tree.errors.length > 0 ? ['lines', 'statements'] : ['lines'];
  for (const care of careful) {
    const edits = editsWith(source, care);
    if (edits.length === 0) return edits;
    if (meaningOf(parseSource(source.uri, applyEdits(source.text, edits)).tree) === meaningOf(source.tree))
      return edits;
  }
  return [];
}

/** The edits of `format` on the lines that a span touches. */
export function formatRange(source: SourceFile, range: Span): readonly TextEdit[] {
  return formatRanges(source, [range]);
}

/** The edits of `format` on the lines that any of the spans touches. */
export function formatRanges(source: SourceFile, ranges: readonly Span[]): readonly TextEdit[] {
  const { lineIndex } = source;
  const lines = ranges.map((range) => ({
    start: lineIndex.lineStart(lineIndex.positionAt(range.start).line),
    end: lineIndex.lineEnd(lineIndex.positionAt(range.end).line),
  }));
  return format(source).filter(({ span }) =>
    lines.some(({ start, end }) => start <= span.end && span.start <= end && !crosses(source, span, start, end)),
  );
}

/** An edit that also changes lines outside of the range is left out and not cut. */
function crosses({ text }: SourceFile, span: Span, start: number, end: number): boolean {
  const before = text.slice(span.start, Math.max(span.start, Math.min(span.end, start)));
  return (span.start < start && before.trim() !== '') || span.end > end;
}

/**
 * After `}` it formats the closed block, and after a line break the lines above that belong together. It never changes the
 * line of the cursor, so that nothing moves there.
 */
export function formatOnType(source: SourceFile, offset: number, typed: string): readonly TextEdit[] {
  const { lineIndex } = source;
  const { line } = lineIndex.positionAt(offset);
  if (typed === '}') {
    const block = nodesAt(source.tree, offset).findLast((node) => node.kind === 'block' && node.body.end === offset);
    return block ? formatRange(source, block.span).filter(({ span }) => span.start < offset) : [];
  }
  if (line === 0) return [];
  const above = { start: paragraphStart(source, line - 1), end: lineIndex.lineEnd(line - 1) };
  return formatRange(source, above).filter(({ span }) => span.end <= above.end);
}

/** The start of the lines around this one without an empty line between. */
function paragraphStart({ text, lineIndex }: SourceFile, line: number): number {
  let first = line;
  const isEmpty = (at: number) => text.slice(lineIndex.lineStart(at), lineIndex.lineEnd(at)).trim() === '';
  while (first > 0 && !isEmpty(first - 1)) first--;
  return lineIndex.lineStart(first);
}

function editsWith(source: SourceFile, care: Care): readonly TextEdit[] {
  const { text, uri } = source;
  const rows = rowsOf(source, care);
  align(rows, source.lineIndex);
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const edits: TextEdit[] = [];
  const replace = (start: number, end: number, wanted: string) => {
    if (text.slice(start, end) === wanted) return;
    let same = 0;
    while (start + same < end && text[start + same] === wanted[same]) same++;
    edits.push({ uri, span: { start: start + same, end }, text: wanted.slice(same) });
  };
  // A byte order mark says how the file is written, so the formatter keeps it.
  const top = text.startsWith('\ufeff') ? 1 : 0;
  const endOf = (row: Row | undefined) => row?.cells.at(-1)?.token.end ?? top;
  let previous: Row | undefined;
  for (const row of rows) {
    const [first] = row.cells;
    if (!first) continue;
    const start = endOf(previous);
    const written = text.slice(start, first.token.start);
    replace(start, first.token.start, between(previous, row, written, newline));
    if (!row.frozen) {
      row.cells.forEach(({ token, blanks }, index) => {
        const left = row.cells[index - 1]?.token;
        if (left) replace(left.end, token.start, ' '.repeat(blanks));
      });
    }
    previous = row;
  }
  // A comment that is never closed would include the line break.
  if (previous?.frozen || endsInComment(source)) return edits;
  const tail = text.slice(endOf(previous));
  const end = previous ? (/\r\n|\n|\r/.exec(tail)?.[0] ?? newline) : '';
  replace(endOf(previous), text.length, end);
  return edits;
}

function endsInComment({ tokens, text }: SourceFile): boolean {
  const last = tokens.at(-1);
  return last?.kind === 'block-comment' && !isClosedComment(text.slice(last.start, last.end));
}

/** The text between two rows: line breaks, at most one empty line, and the second row's indentation. */
function between(above: Row | undefined, below: Row, written: string, newline: string): string {
  const lineBreak = /\r\n|\n|\r/.exec(written)?.[0] ?? newline;
  const breaks = written.match(/\r\n|\n|\r/g)?.length ?? 0;
  const indent = below.frozen
    ? written.slice(Math.max(written.lastIndexOf('\n'), written.lastIndexOf('\r')) + 1)
    : ' '.repeat(below.cells[0]?.blanks ?? 0);
  if (!above) return indent;
  if (above.frozen && below.frozen) return written;
  // Blanks at the end of a line that could not be read may be text that is being typed.
  const trailing = above.frozen ? written.slice(0, written.search(/\r\n|\n|\r/)) : '';
  const opens = !above.frozen && lastCode(above) === '{';
  const closes = !below.frozen && below.cells[0]?.token.kind === '}';
  return trailing + lineBreak.repeat(opens || closes ? 1 : Math.min(2, Math.max(1, breaks))) + indent;
}

function lastCode({ cells }: Row): string | undefined {
  return cells.findLast(({ token }) => token.kind !== 'line-comment' && token.kind !== 'block-comment')?.token.kind;
}

/** A tree without its positions. It is equal for texts with the same meaning. */
function meaningOf(tree: Tree): string {
  const describe = (node: Node): string => {
    const written =
      node.kind === 'word' || node.kind === 'string'
        ? JSON.stringify(node.text)
        : node.kind === 'number'
          ? String(node.value)
          : node.kind === 'property' || node.kind === 'binary'
            ? node.operator
            : '';
    return `${node.kind}${written}(${childNodes(node).map(describe).join(' ')})`;
  };
  return [...tree.items.map(describe), ...tree.errors.map(({ rule, message }) => `${rule}: ${message}`)].join('\n');
}
