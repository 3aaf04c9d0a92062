import type { TextEdit } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { BlockNode } from '../../language/tree.ts';

/** A change of the text that keeps its meaning or states more of it. */
export interface Refactoring {
  readonly title: string;
  readonly kind: 'refactor.rewrite' | 'refactor.extract' | 'refactor.inline';
  readonly edits: readonly TextEdit[];
  /** A file to create, with its text. It must not exist yet. */
  readonly creates?: { readonly uri: string; readonly text: string };
}

export function newlineOf({ text }: SourceFile): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

/** Blanks at the start of the line with the offset. */
export function indentAt({ text, lineIndex }: SourceFile, offset: number): string {
  const start = lineIndex.lineStart(lineIndex.positionAt(offset).line);
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

/**
 * Adds statements at the end of a block: on its line when the block is on one line, otherwise each on a line of its own.
 */
export function appendTo(source: SourceFile, block: BlockNode, statements: readonly string[]): TextEdit {
  const { text, uri } = source;
  const brace = block.body.end - 1;
  const inside = text.slice(block.body.start + 1, brace);
  const end = block.body.start + 1 + inside.trimEnd().length;
  const isEmpty = inside.trim() === '';
  if (!/[\r\n]/.test(inside)) {
    const separator = isEmpty ? ' ' : ', ';
    return { uri, span: { start: end, end: brace }, text: `${separator}${statements.join(', ')} ` };
  }
  const newline = newlineOf(source);
  const outer = indentAt(source, block.span.start);
  // A comment at the end of the block would include what follows on its line.
  const lines = statements.map((statement) => `${newline}${outer}  ${statement}`).join('');
  return { uri, span: { start: end, end: brace }, text: `${lines}${newline}${outer}` };
}
