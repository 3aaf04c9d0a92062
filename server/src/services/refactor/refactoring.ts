import type { TextEdit } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { BlockNode } from '../../language/tree.ts';

/** A change of the text that keeps what it means, or says more of it. */
export interface Refactoring {
  readonly title: string;
  readonly kind: 'refactor.rewrite' | 'refactor.extract' | 'refactor.inline';
  readonly edits: readonly TextEdit[];
  /** A file to be made, with its text; it must not exist. */
  readonly creates?: { readonly uri: string; readonly text: string };
}

export function newlineOf({ text }: SourceFile): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

/** Blanks in front of the line on which an offset lies. */
export function indentAt({ text, lineIndex }: SourceFile, offset: number): string {
  const start = lineIndex.lineStart(lineIndex.positionAt(offset).line);
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

/** Adds statements at the end of a block: on its line where it has only one, else each on a line of its own. */
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
  // A comment at the end of the block would take what follows on its line in.
  const lines = statements.map((statement) => `${newline}${outer}  ${statement}`).join('');
  return { uri, span: { start: end, end: brace }, text: `${lines}${newline}${outer}` };
}
