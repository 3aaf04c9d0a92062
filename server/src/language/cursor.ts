import type { Token, TokenKind } from './lexer.ts';
import type { Span } from './span.ts';
import type { ParseError } from './tree.ts';
import { childBlocks } from './vocabulary/vocabulary.ts';

type Suggestion = Pick<ParseError, 'insert' | 'replace'>;

const TOP_LEVEL: ReadonlySet<string> = new Set([
  'import',
  'let',
  'compare',
  ...childBlocks('file').map((block) => block.keyword),
]);

/** The parser's place in the tokens. Comments are left out, and line breaks too while inside brackets. */
export class Cursor {
  readonly text: string;
  readonly errors: ParseError[] = [];
  /** End of the last token taken. Spans end there, and not where the next token starts. */
  previousEnd = 0;
  /** Where the line of the next token starts. */
  lineStart = 0;
  private failed = false;
  private readonly tokens: readonly Token[];
  private readonly end: Token;
  private at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.tokens = tokens.filter((token) => token.kind !== 'line-comment' && token.kind !== 'block-comment');
    this.end = { kind: 'newline', start: text.length, end: text.length };
  }

  /** The next token. Behind the last one there is an empty line break for ever. */
  get token(): Token {
    return this.tokens[this.at] ?? this.end;
  }

  get kind(): TokenKind {
    return this.token.kind;
  }

  get atEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  peek(distance = 1): Token {
    return this.tokens[this.at + distance] ?? this.end;
  }

  textOf(token: Span): string {
    return this.text.slice(token.start, token.end);
  }

  get word(): string {
    return this.textOf(this.token);
  }

  take(): Token {
    const { token } = this;
    if (this.at < this.tokens.length) this.at++;
    if (token.kind === 'newline') this.lineStart = token.end;
    else this.previousEnd = token.end;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  accept(kind: TokenKind): Token | undefined {
    return this.kind === kind ? this.take() : undefined;
  }

  skipNewlines(): void {
    while (this.kind === 'newline' && !this.atEnd) this.take();
  }

  /** True when the next token is the first of its line. */
  get startsLine(): boolean {
    const previous = this.tokens[this.at - 1];
    return previous === undefined || previous.kind === 'newline';
  }

  /** How far the next token stands from the start of its line, if it is the first of the line. */
  get column(): number {
    return this.token.start - this.lineStart;
  }

  /** Only the first finding of a statement counts, because the others follow from it. */
  beginStatement(): void {
    this.failed = false;
  }

  fail(span: Span, message: string, suggestion: Suggestion = {}): void {
    if (this.failed) return;
    this.failed = true;
    this.errors.push({ rule: 'unexpected-token', span: { start: span.start, end: span.end }, message, ...suggestion });
  }

  /**
   * Takes the rest of a statement, including whole braces in it. It ends at the end of the line, at a comma outside brackets, or
   * at a closing brace.
   */
  skipStatement(): void {
    let braces = 0;
    let brackets = 0;
    while (!this.atEnd && !this.startsTopLevel) {
      const { kind } = this;
      if (braces === 0 && (kind === 'newline' || kind === '}' || (kind === ',' && brackets <= 0))) return;
      if (kind === '{') braces++;
      else if (kind === '}') braces--;
      else if (kind === '[' || kind === '(') brackets++;
      else if (kind === ']' || kind === ')') brackets--;
      this.take();
    }
  }

  /** Takes the rest of the line, including commas and braces. This is for a top-level statement that makes no sense at all. */
  skipLine(): void {
    let depth = 0;
    while (!this.atEnd && !this.startsTopLevel && (this.kind !== 'newline' || depth > 0)) {
      if (this.kind === '{') depth++;
      if (this.kind === '}') depth--;
      this.take();
    }
  }

  /** Takes everything up to the brace that closes an open one. */
  skipBraces(): void {
    let depth = 1;
    while (!this.atEnd && depth > 0 && !this.startsTopLevel) {
      if (this.kind === '{') depth++;
      if (this.kind === '}') depth--;
      this.take();
    }
  }

  /** True at a word in the first column that looks like the start of a top-level statement. Recovery stops there. */
  get startsTopLevel(): boolean {
    if (this.kind !== 'word' || !this.startsLine || this.column !== 0 || !TOP_LEVEL.has(this.word)) return false;
    const { kind } = this.peek();
    return this.word === 'import'
      ? kind === 'string'
      : kind === 'word' || kind === 'number' || kind === '{' || kind === 'string';
  }

  /** What to underline where something is missing: the next token or, at the end of a line, the end of the last token. */
  get here(): Span {
    const { token } = this;
    if (token.kind !== 'newline') return token;
    return { start: Math.max(0, this.previousEnd - 1), end: this.previousEnd };
  }

  /** The next token, as a message names it: `found `x``. */
  get found(): string {
    if (this.atEnd) return 'the file ends here';
    if (this.kind === 'newline') return 'the line ends here';
    return `found \`${shorten(this.word)}\``;
  }
}

function shorten(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
