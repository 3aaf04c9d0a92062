import type { TextEdit } from '../diagnostic.ts';
import type { SourceFile } from '../source.ts';
import type { BlockNode } from '../tree.ts';
import { beforeBlanks, behindBlanks, edit } from './run.ts';

/**
 * The edits that write statements into a block, at its start or its end; undefined where one of its braces is missing. They
 * depend only on the block's own text, because the findings of rules are kept with the block, whatever stands before it.
 */
export function insertStatements(
  source: SourceFile,
  node: BlockNode,
  statements: readonly string[],
  where: 'start' | 'end' = 'start',
): readonly TextEdit[] | undefined {
  const { text } = source;
  const [open, close] = [node.body.start + 1, node.body.end - 1];
  if (!node.closed || close < open || text[open - 1] !== '{' || text[close] !== '}') return undefined;
  return where === 'start' ? atStart(source, node, statements) : atEnd(source, node, statements);
}

function atStart(source: SourceFile, node: BlockNode, statements: readonly string[]): readonly TextEdit[] {
  const { text, uri } = source;
  const [open, close] = [node.body.start + 1, node.body.end - 1];
  const first = behindBlanks(text, open);
  const at = endOfLine(source, first);
  if (first === at || text.startsWith('//', first)) {
    const indent = indentOf(source, node);
    const newline = newlineIn(text, at);
    return [
      edit(uri, { start: at, end: at }, statements.map((statement) => `${newline}${indent}${statement}`).join('')),
    ];
  }
  const written = statements.join(', ');
  const place = { start: open, end: open };
  if (first === close) return [edit(uri, place, ` ${written}${open === close ? ' ' : ''}`)];
  return [edit(uri, place, ` ${written},${first === open ? ' ' : ''}`)];
}

function atEnd(source: SourceFile, node: BlockNode, statements: readonly string[]): readonly TextEdit[] {
  const { text, uri, lineIndex } = source;
  const [open, close] = [node.body.start + 1, node.body.end - 1];
  const last = beforeBlanks(text, close);
  if (last === open) return atStart(source, node, statements);
  const start = lineIndex.lineStart(lineIndex.positionAt(close).line);
  if (last === start) {
    const indent = indentOf(source, node);
    const newline = newlineBehind(source, open);
    return [
      edit(uri, { start, end: start }, statements.map((statement) => `${indent}${statement}${newline}`).join('')),
    ];
  }
  const separator = text[last - 1] === ',' ? ' ' : ', ';
  return [edit(uri, { start: last, end: last }, `${separator}${statements.join(', ')}`)];
}

/** The line break that ends the line of an offset. */
export function newlineBehind(source: SourceFile, offset: number): string {
  return newlineIn(source.text, endOfLine(source, offset));
}

/** The indent of a statement of the block that starts a line, or else one that follows from the closing brace. */
export function indentOf(source: SourceFile, node: BlockNode): string {
  for (const item of node.items) {
    const indent = indentBefore(source, item.span.start);
    if (indent !== undefined) return indent;
  }
  return `${indentBefore(source, node.body.end - 1) ?? ''}  `;
}

/** The blanks between a line's start and an offset; undefined if anything else stands there. */
function indentBefore({ text, lineIndex }: SourceFile, offset: number): string | undefined {
  const start = lineIndex.lineStart(lineIndex.positionAt(offset).line);
  return beforeBlanks(text, offset) <= start ? text.slice(start, offset) : undefined;
}

function endOfLine({ lineIndex }: SourceFile, offset: number): number {
  return lineIndex.lineEnd(lineIndex.positionAt(offset).line);
}

function newlineIn(text: string, offset: number): string {
  return text.startsWith('\r\n', offset) ? '\r\n' : '\n';
}
