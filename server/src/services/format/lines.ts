import type { Token } from '../../language/lexer.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';
import type { Item } from '../../language/tree.ts';
import { nodesAt } from '../../language/walk.ts';

/** The tokens between two line breaks. A comment of several lines makes one line of them. */
export interface Line {
  readonly tokens: readonly Token[];
  /** From the start of its text, including indentation, to the start of its line break. */
  readonly span: Span;
  /** Whether it has text that could not be read, so that it stays as it is. */
  readonly frozen: boolean;
}

/** A pair of braces from the tree. */
export interface Braces {
  readonly open: number;
  readonly close: number;
}

/** How much around an error is left unchanged: its lines, or whole top-level statements. */
export type Care = 'lines' | 'statements';

/** Lines with tokens. Empty lines are part of the space between. */
export function linesOf(source: SourceFile, care: Care): readonly Line[] {
  const frozen = frozenSpans(source, care);
  const lines: Line[] = [];
  let start = 0;
  let tokens: Token[] = [];
  const close = (end: number) => {
    const span = { start, end };
    if (tokens.length > 0) {
      const first = tokens[0]?.start ?? start;
      lines.push({ tokens, span, frozen: frozen.some((part) => touches(part, first, end)) });
    }
    tokens = [];
  };
  for (const token of source.tokens) {
    if (token.kind !== 'newline') {
      tokens.push(token);
      continue;
    }
    close(token.start);
    start = token.end;
  }
  close(source.text.length);
  return lines;
}

function touches(part: Span, first: number, end: number): boolean {
  return part.start <= end && (first < part.end || (first === part.end && part.start === part.end));
}

/** The braces of blocks and of `compare`, outer ones first. */
export function bracesOf({ tree, tokens, text }: SourceFile): readonly Braces[] {
  const braces: Braces[] = [];
  const visit = (item: Item) => {
    if (item.kind !== 'block' && item.kind !== 'compare') return;
    const open =
      item.kind === 'block'
        ? item.body.start
        : tokens.find(({ kind, start }) => kind === '{' && start >= item.keyword.span.end)?.start;
    const close = (item.kind === 'block' ? item.body.end : item.span.end) - 1;
    if (open !== undefined && open < close && text[open] === '{' && text[close] === '}') braces.push({ open, close });
    item.items.forEach(visit);
  };
  tree.items.forEach(visit);
  return braces;
}

/** Text that was not understood, widened to the statements around it. */
function frozenSpans(source: SourceFile, care: Care): readonly Span[] {
  const { tree } = source;
  if (tree.errors.length === 0) return [];
  const spans: Span[] = [...unreadTokens(source)];
  for (const { rule, span, insert, replace } of tree.errors) {
    const parts: Span[] = [span];
    if (insert) parts.push({ start: insert.offset, end: insert.offset });
    if (replace) parts.push(replace.span);
    for (const part of parts) {
      spans.push(part);
      const path = nodesAt(tree, part.start);
      const item = path.findLast((node): node is Item => ITEMS.has(node.kind));
      if (!item) continue;
      // Without its brace the extent of a block is unknown.
      if (rule === 'unclosed-block' || item.kind !== 'block') spans.push(item.span);
      else spans.push({ start: item.span.start, end: item.body.start });
    }
  }
  if (care === 'lines') return spans;
  return spans.flatMap((part) => [
    part,
    ...tree.items.filter(({ span }) => span.start <= part.end && part.start <= span.end).map(({ span }) => span),
  ]);
}

const ITEMS: ReadonlySet<string> = new Set([
  'property',
  'entry',
  'edge',
  'placement',
  'import',
  'let',
  'compare',
  'block',
]);

/** Tokens that recovery skipped, so that no statement of the tree contains them. */
function unreadTokens({ tree, tokens }: SourceFile): readonly Span[] {
  const read: Span[] = [];
  const visit = (item: Item) => {
    if (item.kind !== 'block') {
      read.push(item.span);
      return;
    }
    read.push({ start: item.span.start, end: item.body.start + 1 });
    item.items.forEach(visit);
    if (item.body.end > item.body.start) read.push({ start: item.body.end - 1, end: item.body.end });
  };
  tree.items.forEach(visit);
  read.sort((left, right) => left.start - right.start);
  let at = 0;
  return tokens.filter(({ kind, start }) => {
    if (kind === 'newline' || kind === ',' || kind === 'line-comment' || kind === 'block-comment') return false;
    while ((read[at]?.end ?? Number.POSITIVE_INFINITY) <= start) at++;
    const part = read[at];
    return !part || start < part.start;
  });
}
