import type { Token } from '../../language/lexer.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Item } from '../../language/tree.ts';

/** Offsets of the commas between two statements of a block, which a line break can replace. */
export function statementCommas({ tree, tokens }: SourceFile): ReadonlySet<number> {
  const gaps: { readonly start: number; readonly end: number }[] = [];
  const visit = (item: Item) => {
    if (item.kind !== 'block' && item.kind !== 'compare') return;
    item.items.forEach((child, index) => {
      const next = item.items[index + 1];
      if (next) gaps.push({ start: child.span.end, end: next.span.start });
      visit(child);
    });
  };
  tree.items.forEach(visit);
  gaps.sort((left, right) => left.start - right.start);
  const commas = new Set<number>();
  let at = 0;
  for (const { kind, start } of tokens) {
    while ((gaps[at]?.end ?? Number.POSITIVE_INFINITY) <= start) at++;
    if (kind === ',' && (gaps[at]?.start ?? Number.POSITIVE_INFINITY) <= start) commas.add(start);
  }
  return commas;
}

/** The statements of a line, separately. Undefined when there is only one, or when one of them contains others. */
export function statementsOf(
  tokens: readonly Token[],
  commas: ReadonlySet<number>,
): readonly (readonly Token[])[] | undefined {
  if (tokens.some(({ kind }) => kind === '{' || kind === '}')) return undefined;
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (commas.has(token.start)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  const written = parts.filter((part) => part.length > 0);
  return written.length > 1 ? written : undefined;
}

/** A list of a line that is wrapped onto lines of its own. */
export interface WrappedList {
  /** Everything up to its opening bracket. */
  readonly head: readonly Token[];
  /** Its values with their commas, as many on each line as fit. */
  readonly lines: readonly (readonly Token[])[];
  /** Its closing bracket and what follows. */
  readonly tail: readonly Token[];
}

/** Wraps the longest list with several values on a line. Undefined when there is none. */
export function wrapList(tokens: readonly Token[], fits: (line: readonly Token[]) => boolean): WrappedList | undefined {
  const list = longestList(tokens);
  if (!list) return undefined;
  const lines = filled(valuesOf(tokens.slice(list.open + 1, list.close)), fits);
  return { head: tokens.slice(0, list.open + 1), lines, tail: tokens.slice(list.close) };
}

/** Wraps the names of a `compare` into as few lines as possible. Undefined when each line would have only one. */
export function wrapNames(
  tokens: readonly Token[],
  fits: (line: readonly Token[]) => boolean,
): readonly (readonly Token[])[] | undefined {
  const lines = filled(valuesOf(tokens), fits);
  return lines.length > 1 ? lines : undefined;
}

function filled(
  values: readonly (readonly Token[])[],
  fits: (line: readonly Token[]) => boolean,
): readonly (readonly Token[])[] {
  const lines: Token[][] = [];
  for (const value of values) {
    const last = lines.at(-1);
    if (last && fits([...last, ...value])) last.push(...value);
    else lines.push([...value]);
  }
  return lines;
}

interface List {
  readonly open: number;
  readonly close: number;
}

/** The longest list by the indexes of its brackets. Of nested lists, the outermost with several values counts. */
function longestList(tokens: readonly Token[]): List | undefined {
  const open: number[] = [];
  let closed: List[] = [];
  for (const [close, { kind }] of tokens.entries()) {
    if (kind === '[') open.push(close);
    const start = kind === ']' ? open.pop() : undefined;
    if (start === undefined || valuesOf(tokens.slice(start + 1, close)).length < 2) continue;
    // Inner lists close first, and this one replaces them.
    closed = [...closed.filter((list) => list.open < start), { open: start, close }];
  }
  const lengthOf = (list: List) => (tokens[list.close]?.end ?? 0) - (tokens[list.open]?.start ?? 0);
  return closed.toSorted((left, right) => lengthOf(right) - lengthOf(left))[0];
}

/** Values of a list, each with its comma. */
function valuesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const values: Token[][] = [[]];
  let nested = 0;
  for (const token of tokens) {
    values.at(-1)?.push(token);
    if (token.kind === '[' || token.kind === '(') nested++;
    if (token.kind === ']' || token.kind === ')') nested--;
    if (token.kind === ',' && nested === 0) values.push([]);
  }
  return values.filter((value) => value.length > 0);
}
