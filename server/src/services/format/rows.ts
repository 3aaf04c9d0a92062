import type { Token } from '../../language/lexer.ts';
import type { SourceFile } from '../../language/source.ts';
import { type Braces, bracesOf, type Care, type Line, linesOf } from './lines.ts';
import { blanksBetween } from './spacing.ts';
import { statementCommas, statementsOf, wrapList, wrapNames } from './wrap.ts';

/** A line of the result: tokens with the blanks before each. The blanks before the first are the indentation. */
export interface Row {
  readonly cells: Cell[];
  readonly frozen: boolean;
  /** The line of the source from which it comes. */
  readonly line: Line;
}

export interface Cell {
  readonly token: Token;
  blanks: number;
}

/**
 * The maximum width of a line. A longer line is first divided into one line per statement, and then the values of lists are
 * wrapped into as few lines as possible.
 */
export const WIDTH = 120;

const INDENT = 2;

/** The lines of the result with indentation and spacing, before alignment. */
export function rowsOf(source: SourceFile, care: Care): readonly Row[] {
  const braces = bracesOf(source);
  const closeOf = new Map(braces.map(({ open, close }) => [open, close]));
  const openOf = new Map(braces.map(({ open, close }) => [close, open]));
  const commas = statementCommas(source);
  const depth = new Depth(source, braces);
  const rows: Row[] = [];

  /** `levels` is the number of open lists around the first token. */
  function add(line: Line, tokens: readonly Token[], levels: number): void {
    const [first] = tokens;
    if (!first) return;
    const indent = (depth.at(first) + levels) * INDENT;
    const fits = (part: readonly Token[], blanks: number) => {
      const code = part.filter(({ kind }) => kind !== 'line-comment');
      return widthOf(spaced(source, code, blanks)) <= WIDTH;
    };
    if (!fits(tokens, indent)) {
      const parts = exploded(tokens) ?? statementsOf(tokens, commas);
      if (parts) {
        for (const [index, part] of parts.entries()) add(line, part, index === 0 ? levels : 0);
        return;
      }
      const list = wrapList(tokens, (part) => fits(part, indent + INDENT));
      if (list) {
        rows.push({ cells: spaced(source, list.head, indent), frozen: false, line });
        for (const part of list.lines) add(line, part, levels + 1);
        add(line, list.tail, levels);
        return;
      }
      const names = depth.comparesAt(first) && wrapNames(tokens, (part) => fits(part, INDENT));
      if (names) {
        for (const [index, part] of names.entries()) {
          rows.push({ cells: spaced(source, part, index === 0 ? indent : INDENT), frozen: false, line });
        }
        return;
      }
    }
    rows.push({ cells: spaced(source, tokens, indent), frozen: false, line });
  }

  /** The outermost whole blocks of a line, written with one statement per line. Undefined when there are none. */
  function exploded(tokens: readonly Token[]): Token[][] | undefined {
    const ends = new Set<number>();
    let until = -1;
    for (const { start } of tokens) {
      const close = closeOf.get(start);
      if (close === undefined || start < until || !tokens.some((token) => token.start === close)) continue;
      if (tokens.some((token) => token.start > start && token.start < close)) ends.add(start).add(close);
      until = close;
    }
    return ends.size > 0 ? split(tokens, ends) : undefined;
  }

  /** Breaks after the opening braces in `ends`, before the closing ones, and at commas in between. */
  function split(tokens: readonly Token[], ends: ReadonlySet<number>): Token[][] {
    const parts: Token[][] = [];
    let part: Token[] = [];
    let nested = 0;
    let inside = false;
    const end = () => {
      if (part.length > 0) parts.push(part);
      part = [];
    };
    for (const token of tokens) {
      if (ends.has(token.start) && token.kind === '}') {
        end();
        inside = false;
      }
      // A line break replaces the comma.
      if (inside && nested === 0 && token.kind === ',') {
        end();
        continue;
      }
      part.push(token);
      if (ends.has(token.start) && token.kind === '{') {
        end();
        inside = true;
      } else if (token.kind === '{' || token.kind === '[' || token.kind === '(') nested++;
      else if ((token.kind === '}' && !ends.has(token.start)) || token.kind === ']' || token.kind === ')') nested--;
    }
    end();
    return parts;
  }

  for (const line of linesOf(source, care)) {
    if (line.frozen) {
      const cells = line.tokens.map((token) => ({ token, blanks: 0 }));
      rows.push({ cells, frozen: true, line });
      continue;
    }
    const onLine = (offset: number | undefined) => offset !== undefined && within(line, offset);
    const ends = new Set(
      line.tokens
        .filter(({ start }) => {
          const partner = closeOf.get(start) ?? openOf.get(start);
          return partner !== undefined && !onLine(partner);
        })
        .map(({ start }) => start),
    );
    for (const part of breakAt(line.tokens, ends)) add(line, part, depth.continued(part[0]));
  }
  return rows;
}

function within({ span }: Line, offset: number): boolean {
  return span.start <= offset && offset < span.end;
}

/** A block of several lines has only a comment, if anything, after its opening brace and before its closing one. */
function breakAt(tokens: readonly Token[], ends: ReadonlySet<number>): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    const last = parts.at(-1) ?? [];
    const previous = last.at(-1);
    const behindOpen = previous?.kind === '{' && ends.has(previous.start) && !isComment(token);
    const beforeClose = token.kind === '}' && ends.has(token.start) && last.length > 0;
    if (behindOpen || beforeClose) parts.push([token]);
    else last.push(token);
  }
  return parts;
}

function isComment({ kind }: Token): boolean {
  return kind === 'line-comment' || kind === 'block-comment';
}

function spaced({ text }: SourceFile, tokens: readonly Token[], indent: number): Cell[] {
  return tokens.map((token, index) => {
    const left = tokens[index - 1];
    if (!left) return { token, blanks: indent };
    const written = token.start - left.end;
    const hasTab = text.slice(left.end, token.start).includes('\t');
    return { token, blanks: blanksBetween(tokens[index - 2], left, token, hasTab ? 1 : written) };
  });
}

export function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { token, blanks }) => sum + blanks + token.end - token.start, 0);
}

/** The indentation levels of a line, by its first token. */
class Depth {
  private readonly braces: readonly Braces[];
  /** Levels of continued lines by their start: inside brackets, or after a comma of `compare`. */
  private readonly levels = new Map<number, number>();
  /** Starts of the words of a `compare`. */
  private readonly compares = new Set<number>();

  constructor(source: SourceFile, braces: readonly Braces[]) {
    this.braces = braces;
    this.readBrackets(source);
    for (const item of source.tree.items) {
      if (item.kind !== 'compare') continue;
      this.compares.add(item.keyword.span.start);
      for (const name of item.names) {
        this.levels.set(name.span.start, 1);
        this.compares.add(name.span.start);
      }
    }
  }

  /** Number of lists from earlier lines that a line continues when it starts with the token. */
  continued(token: Token | undefined): number {
    return (token && this.levels.get(token.start)) ?? 0;
  }

  /** Whether the token is `compare` or one of its names. */
  comparesAt({ start }: Token): boolean {
    return this.compares.has(start);
  }

  /** Number of blocks around the token. */
  at({ start }: Token): number {
    let depth = 0;
    for (const { open, close } of this.braces) if (open < start && start < close) depth++;
    return depth;
  }

  private readBrackets({ tokens }: SourceFile): void {
    let line = 0;
    const open: number[] = [];
    let startsLine = true;
    for (const [index, { kind, start }] of tokens.entries()) {
      if (kind === 'newline') {
        line++;
        startsLine = true;
        continue;
      }
      if (kind === '{' || kind === '}') open.length = 0;
      // A line that starts with closing brackets is aligned with what they close.
      const around = startsLine ? open.slice(0, Math.max(0, open.length - closersFrom(tokens, index))) : open;
      const levels = new Set(around.filter((opened) => opened < line)).size;
      if (kind === ']' || kind === ')') open.pop();
      if (startsLine && levels > 0) this.levels.set(start, levels);
      if (kind === '[' || kind === '(') open.push(line);
      startsLine = false;
    }
  }
}

function closersFrom(tokens: readonly Token[], first: number): number {
  let count = 0;
  while (tokens[first + count]?.kind === ']' || tokens[first + count]?.kind === ')') count++;
  return count;
}
