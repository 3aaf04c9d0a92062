import type { Token } from '../../language/lexer.ts';
import type { BlockNode } from '../../language/tree.ts';
import type { Analysis } from '../analysis.ts';

/** What the text before the cursor says about the place. While one types, the tree does not know it yet. */

/**
 * The text of the line up to the offset. For a list that was opened on an earlier line, the text from that line on, as one
 * line.
 */
export function statementBefore({ source }: Analysis, offset: number): string {
  const { text, tokens, lineIndex } = source;
  const lineStart = (at: number) => lineIndex.lineStart(lineIndex.positionAt(at).line);
  const cursorLine = lineStart(offset);
  const open: number[] = [];
  for (const { kind, start } of tokens) {
    if (start >= cursorLine) break;
    if (kind === '{' || kind === '}') open.length = 0;
    else if (kind === '[' || kind === '(') open.push(start);
    else if (kind === ']' || kind === ')') open.pop();
  }
  const start = open[0] === undefined ? cursorLine : lineStart(open[0]);
  const earlier = tokens
    .filter(
      (token) => start <= token.start && token.end <= cursorLine && !['newline', 'line-comment'].includes(token.kind),
    )
    .map((token) => text.slice(token.start, token.end));
  return [...earlier, text.slice(cursorLine, offset)].join(' ');
}

/** `key = written|`, with a value that is not finished. */
export interface Assignment {
  readonly key: string;
  readonly written: string;
}

/** The property whose value is being written at the end of a statement. */
export function assignmentIn(before: string): Assignment | undefined {
  const [, key, written = ''] = /([\p{L}\p{N}][\p{L}\p{N}_.-]*)\s*(?:=|>=|<=)\s*([^=]*)$/u.exec(before) ?? [];
  if (key === undefined) return undefined;
  const statement = before.slice(
    Math.max(before.lastIndexOf('{'), before.lastIndexOf(','), before.lastIndexOf('}')) + 1,
  );
  const inList = /\[[^\]]*$/.test(written);
  return inList || /(?:=|>=|<=)/.test(statement) ? { key, written } : undefined;
}

/** What a word, number or name that is being typed may contain. */
const TYPED = /[\p{L}\p{M}\p{N}_.%-]*$/u;

/** The part of a word, number or name at the end of a text. */
export function typedAt(before: string): string {
  return TYPED.exec(before)?.[0] ?? '';
}

/** A number at the end of a text, with the beginning of its unit. */
const NUMBER = /(?:^|[\s[(,=+*/-])(\d[\d_.]*(?:e[+-]?\d+)?)(\s*)([\p{L}%/]*)$/u;

/** The beginning of a number's unit: `Gi` for `80 Gi`, undefined for `80`. */
export function unitAt(before: string): string | undefined {
  return NUMBER.exec(before)?.[3];
}

/** Where the cursor is in a value: at a word or before one, at or after a number, or after something complete. */
export type ValuePlace =
  | { readonly kind: 'word' }
  | { readonly kind: 'number'; readonly digits: string; readonly isApart: boolean; readonly unit: string }
  | { readonly kind: 'end' };

export function valuePlace(written: string): ValuePlace {
  const [, digits, blank, unit = ''] = NUMBER.exec(written) ?? [];
  if (digits !== undefined) return { kind: 'number', digits, isApart: blank !== '', unit };
  const head = written.slice(0, written.length - typedAt(written).length).trimEnd();
  return head === '' || /[[(,=+*/-]$/.test(head) ? { kind: 'word' } : { kind: 'end' };
}

/** The comment or string around the offset. */
export function tokenAround(
  { source }: Analysis,
  offset: number,
): { readonly comment?: Token; readonly string?: Token } {
  const { text, tokens } = source;
  for (const token of tokens) {
    const { kind, start, end } = token;
    if (start >= offset) break;
    if (kind === 'line-comment' && offset <= end) return { comment: token };
    if (kind === 'block-comment' && offset < end) return { comment: token };
    // A string ends at its closing quote. Without one it goes on to the end of the line.
    const isOpen = offset < end || (offset === end && (end - start < 2 || text[end - 1] !== '"'));
    if (kind === 'string' && isOpen) return { string: token };
  }
  return {};
}

/** Blocks with the offset between their braces, outermost first. A block that is not closed reaches to its end. */
export function blocksAround({ source }: Analysis, offset: number): readonly BlockNode[] {
  const blocks: BlockNode[] = [];
  let { items } = source.tree;
  for (;;) {
    const block = items.find(
      (item): item is BlockNode =>
        item.kind === 'block' &&
        item.body.start < offset &&
        (item.closed ? offset < item.body.end : offset <= item.body.end),
    );
    if (!block) return blocks;
    blocks.push(block);
    items = block.items;
  }
}
