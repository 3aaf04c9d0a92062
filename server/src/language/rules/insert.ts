import type { TextEdit } from '../diagnostic.ts';
import type { SourceFile } from '../source.ts';
import type { BlockNode } from '../tree.ts';
import { edit } from './run.ts';

/**
 * The edits that write statements into a block, at its start or its end; nothing where its braces are not both there. The
 * block's indent is read from its line unless it is given: what a rule of the plan finds is kept with the block, and must
 * not depend on what stands before it.
 */
export function insertStatements(
  { text, lineIndex, uri }: SourceFile,
  node: BlockNode,
  statements: readonly string[],
  where: 'start' | 'end' = 'start',
  given?: string,
): readonly TextEdit[] | undefined {
  if (!node.closed || node.body.end === node.body.start) return undefined;
  const inner = text.slice(node.body.start + 1, node.body.end - 1);
  if (!/[\r\n]/.test(inner)) {
    const written = statements.join(', ');
    if (where === 'end' && inner.trim() !== '') {
      const end = node.body.start + 1 + inner.trimEnd().length;
      return [edit(uri, { start: end, end }, `, ${written}`)];
    }
    const brace = { start: node.body.start + 1, end: node.body.start + 1 };
    return [edit(uri, brace, inner.trim() === '' ? ` ${written}${inner === '' ? ' ' : ''}` : ` ${written},`)];
  }
  const lineOf = (offset: number) => lineIndex.lineStart(lineIndex.positionAt(offset).line);
  const indent = given ?? /^[ \t]*/.exec(text.slice(lineOf(node.span.start), node.span.start))?.[0] ?? '';
  const lines = statements.map((statement) => `${indent}  ${statement}`);
  if (where === 'start') {
    const brace = { start: node.body.start + 1, end: node.body.start + 1 };
    return [edit(uri, brace, lines.map((line) => `\n${line}`).join(''))];
  }
  const close = node.body.end - 1;
  const start = lineOf(close);
  const alone = text.slice(start, close).trim() === '';
  if (alone) return [edit(uri, { start, end: start }, lines.map((line) => `${line}\n`).join(''))];
  return [edit(uri, { start: close, end: close }, `${lines.map((line) => `\n${line}`).join('')}\n${indent}`)];
}
