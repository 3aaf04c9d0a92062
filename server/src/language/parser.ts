import { parseBlock } from './blocks.ts';
import { Cursor } from './cursor.ts';
import { ExpressionParser, opensStatement } from './expressions.ts';
import { continuesCommand } from './flags.ts';
import { type Token, tokenize } from './lexer.ts';
import type { Span } from './span.ts';
import { parseStatement } from './statements.ts';
import type { BlockNode, Item, Tree } from './tree.ts';
import type { BlockSpec } from './vocabulary/spec.ts';
import { blockSpec, propertySpec } from './vocabulary/vocabulary.ts';

/** A block whose closing brace has not come yet. */
export interface OpenBlock {
  /** `file` at the top level. */
  readonly keyword: string;
  /** Missing for a keyword that the language does not have. Such a block may hold anything. */
  readonly spec?: BlockSpec | undefined;
  /** Column of the line on which it opens. */
  readonly column: number;
  readonly lineStart: number;
}

interface Whole {
  readonly tree: Tree;
  /** How many errors there were before each of the tree's items, in the parser's order. */
  readonly errorsBefore: readonly number[];
}

/** A text that was read, and what is needed to read it again after an edit. */
export interface Parsed extends Whole {
  readonly text: string;
}

/** What the functions that read statements and blocks share. */
export class Parser {
  readonly cursor: Cursor;
  readonly expressions: ExpressionParser;
  private readonly open: OpenBlock[] = [{ keyword: 'file', column: -1, lineStart: -1 }];
  /** Column of the statement that started the current line. */
  column = 0;
  private readonly errorsBefore: number[] = [];
  private stop: number | undefined;

  constructor(text: string, tokens: readonly Token[]) {
    this.cursor = new Cursor(text, tokens);
    this.expressions = new ExpressionParser(this.cursor);
  }

  /** The innermost block around the next statement. */
  get parent(): OpenBlock {
    return this.open.at(-1) ?? { keyword: 'file', column: -1, lineStart: -1 };
  }

  get depth(): number {
    return this.open.length;
  }

  parse(): Whole;
  /** The same up to a statement that starts at an offset; undefined if no statement starts there. */
  parse(stop: number | undefined): Whole | undefined;
  parse(stop?: number): Whole | undefined {
    const { cursor, errorsBefore } = this;
    this.stop = stop;
    const items: Item[] = [];
    for (;;) {
      this.items(items);
      if (this.isAtStop) return { tree: { items, errors: cursor.errors }, errorsBefore };
      if (cursor.atEnd)
        return stop === undefined ? { tree: { items, errors: cursor.errors }, errorsBefore } : undefined;
      cursor.beginStatement();
      const brace = cursor.take();
      cursor.fail(brace, 'this `}` closes nothing; remove it', {
        replace: { title: 'Remove `}`', span: { start: brace.start, end: brace.end }, text: '' },
      });
    }
  }

  /** Reads statements up to the block's closing brace, or to where the block must have ended without one. */
  items(items: Item[] = []): Item[] {
    const { cursor } = this;
    for (;;) {
      while (!cursor.atEnd && (cursor.kind === 'newline' || cursor.kind === ',')) cursor.take();
      if (cursor.atEnd || cursor.kind === '}' || this.hasEnded() || this.isAtStop) return items;
      if (cursor.startsLine) this.column = cursor.column;
      cursor.beginStatement();
      const tokenBefore = cursor.token;
      const errors = cursor.errors.length;
      const item = parseStatement(this);
      if (item) {
        items.push(item);
        if (this.depth === 1) this.errorsBefore.push(errors);
      }
      this.endStatement();
      // Every path through a statement takes a token. If one did not, skipping a token here would keep the parser from standing
      // still.
      if (cursor.token === tokenBefore && !cursor.atEnd) cursor.take();
    }
  }

  private get isAtStop(): boolean {
    return this.depth === 1 && this.cursor.token.start === this.stop;
  }

  block(): BlockNode {
    return parseBlock(this);
  }

  /** Reads a block's items with the block on the stack. */
  inside(keyword: string, spec: BlockSpec | undefined): Item[] {
    this.open.push({ keyword, spec, column: this.column, lineStart: this.cursor.lineStart });
    const items = this.items();
    this.open.pop();
    return items;
  }

  /** Reports a block without its closing brace, and where the brace should go. */
  unclosed(what: string, header: Span, items: readonly Item[], open: Span): void {
    const { cursor } = this;
    const place = cursor.atEnd ? 'the end of the file' : `\`${cursor.word}\``;
    const lastItem = items.at(-1);
    const last = lastItem?.span.end ?? open.end;
    const isMultiline = /[\r\n]/.test(cursor.text.slice(open.end, last));
    const indent = /[ \t]*$/.exec(cursor.text.slice(this.lineStartOf(header.start), header.start))?.[0] ?? '';
    cursor.errors.push({
      rule: 'unclosed-block',
      span: header,
      message: `\`${what}\` is not closed: expected \`}\` before ${place}`,
      // While an inner block lacks its brace, a brace inserted here would close the inner one.
      ...(!(lastItem?.kind === 'block' && !lastItem.closed) && {
        insert: { title: 'Insert `}`', offset: last, text: isMultiline ? `\n${indent}}` : ' }' },
      }),
    });
  }

  private lineStartOf(offset: number): number {
    const { text } = this.cursor;
    let at = offset;
    while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at--;
    return at;
  }

  private endStatement(): void {
    const { cursor } = this;
    const { kind } = cursor;
    if (kind === 'newline' || kind === ',' || kind === '}' || cursor.startsLine || continuesCommand(cursor)) return;
    // A statement that follows without a comma is still read. Stray words are skipped together with the line.
    const startsAnother = this.startsAnother();
    cursor.fail(cursor.token, `expected a comma or a new line before \`${cursor.word}\``, {
      insert: { title: 'Insert a comma', offset: cursor.previousEnd, text: ',' },
    });
    if (!startsAnother) cursor.skipStatement();
  }

  /** Whether another statement without its comma follows a whole one, and not a stray word. */
  private startsAnother(): boolean {
    const { cursor } = this;
    if (cursor.kind !== 'word' && cursor.kind !== 'unit') return false;
    const [next, afterNext] = [cursor.peek().kind, cursor.peek(2).kind];
    return opensStatement(next) || afterNext === '{' || (cursor.word === 'let' && afterNext === '=');
  }

  /**
   * True where the innermost block must have ended although its brace is missing. That is at a top-level keyword in the first
   * column, or at a line that is indented no more than the block itself and that only an outer block can hold.
   */
  private hasEnded(): boolean {
    const { cursor, parent } = this;
    if (this.open.length === 1 || cursor.kind !== 'word' || !cursor.startsLine) return false;
    if (this.holds(parent)) return false;
    if (cursor.startsTopLevel) return true;
    if (cursor.column > parent.column || parent.lineStart === cursor.lineStart) return false;
    return this.open.slice(1, -1).some((outer) => outer.spec !== undefined && this.holds(outer));
  }

  /** Whether the next statement may stand in the block. */
  private holds({ keyword, spec }: OpenBlock): boolean {
    const { cursor } = this;
    const next = cursor.peek().kind;
    if (keyword === 'compare') return opensStatement(next) && next !== '{';
    if (!spec) return true;
    if (next === '=' || next === '>=' || next === '<=') return propertySpec(spec, cursor.word) !== undefined;
    if (next === '->') return spec.holds?.includes('edges') ?? false;
    return blockSpec(keyword, cursor.word) !== undefined;
  }
}

/**
 * Parses any text at all. What cannot be read becomes an error in the tree, and nothing is thrown. The time is linear in the
 * length.
 */
export function parseText(text: string): Parsed {
  return { text, ...new Parser(text, tokenize(text)).parse() };
}

export function parse(text: string): Tree {
  return parseText(text).tree;
}
