import type { Cursor } from './cursor.ts';
import { startsLaunch, startsLongFlag, startsVariable } from './launch.ts';
import { isClosedString, stringText } from './lexer.ts';
import type {
  BinaryExpression,
  Expression,
  ListExpression,
  MissingExpression,
  NumberLiteral,
  StringLiteral,
  Word,
} from './tree.ts';
import { UNITS } from './units.ts';

/** The greatest height of an expression. It keeps every later walk over the expression from exhausting the stack. */
const HIGHEST = 100;

/** What the place calls for, as a message says it: `a size after `memory =``. */
export interface Expected {
  readonly what: string;
  readonly example?: string | undefined;
}

/** A function is called only when the text is needed, because few expressions are missing. */
export type Expectation = Expected | (() => Expected);

export function expectedMessage({ what, example }: Expected): string {
  return example === undefined ? `expected ${what}` : `expected ${what}, for example \`${example}\``;
}

const BEHIND_SIGN: Expected = { what: 'a number behind the sign' };

/** Words that belong to the statement around an expression and never to the expression. */
const STATEMENT_WORDS: ReadonlySet<string> = new Set(['by', 'of', 'on', 'from', 'extends']);

/** Whether a token behind a name shows that the name starts a statement. */
export function opensStatement(kind: string): boolean {
  return kind === '=' || kind === '{' || kind === '->' || kind === '>=' || kind === '<=';
}

/** Reads one expression, from ranges (which bind weakest) to literals. It never takes a token that it has no use for. */
export class ExpressionParser {
  private readonly cursor: Cursor;
  /** The height of the expression that was read last. */
  private height = 0;
  private depth = 0;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  parse(expected: Expectation): Expression {
    const { cursor } = this;
    const { start } = cursor.token;
    const from = this.sum(expected);
    if (!cursor.accept('..')) return from;
    const fromHeight = this.height;
    const to = this.sum({ what: 'the last index after `..`', example: '0..7' });
    const toHeight = this.height;
    let by: Expression | undefined;
    if (cursor.kind === 'word' && cursor.word === 'by') {
      cursor.take();
      by = this.sum({ what: 'a step after `by`', example: '0..60 by 4' });
    }
    this.height = Math.max(fromHeight, toHeight, by ? this.height : 0) + 1;
    return {
      kind: 'range',
      from,
      to,
      ...(by && { by }),
      span: { start: Math.min(start, from.span.start), end: cursor.previousEnd },
    };
  }

  private sum(expected: Expectation): Expression {
    const { start } = this.cursor.token;
    let left = this.product(expected);
    for (
      let kind = this.cursor.kind;
      (kind === '+' || (kind === '-' && !startsLongFlag(this.cursor))) && this.height < HIGHEST;
      kind = this.cursor.kind
    ) {
      const height = this.height;
      this.cursor.take();
      left = this.binary(kind, left, this.product(BEHIND_SIGN), start, height);
    }
    return left;
  }

  private product(expected: Expectation): Expression {
    const { start } = this.cursor.token;
    let left = this.negation(expected);
    for (
      let kind = this.cursor.kind;
      (kind === '*' || kind === '/') && this.height < HIGHEST;
      kind = this.cursor.kind
    ) {
      const height = this.height;
      this.cursor.take();
      left = this.binary(kind, left, this.negation(BEHIND_SIGN), start, height);
    }
    return left;
  }

  private binary(
    operator: BinaryExpression['operator'],
    left: Expression,
    right: Expression,
    start: number,
    leftHeight: number,
  ): Expression {
    const span = { start: Math.min(start, left.span.start), end: this.cursor.previousEnd };
    this.height = Math.max(leftHeight, this.height) + 1;
    if (this.height >= HIGHEST) this.tooLong();
    return { kind: 'binary', operator, left, right, span };
  }

  private negation(expected: Expectation): Expression {
    const { cursor } = this;
    if (cursor.kind !== '-') return this.primary(expected);
    const { start } = cursor.take();
    return this.nested(() => {
      const operand = this.negation({ what: 'a number behind the minus' });
      this.height++;
      return { kind: 'negative', operand, span: { start, end: cursor.previousEnd } };
    });
  }

  private primary(expected: Expectation): Expression {
    const { cursor } = this;
    this.height = 1;
    switch (cursor.kind) {
      case 'number':
        return this.number();
      case 'string':
        return this.string();
      case 'word':
        return this.wordOrApplication();
      case '[':
        return this.nested(() => this.list());
      case '(':
        return this.nested(() => this.parenthesis());
      default: {
        cursor.fail(cursor.here, this.missingMessage(expected));
        return this.missing();
      }
    }
  }

  private missingMessage(expected: Expectation): string {
    const { cursor } = this;
    const message = expectedMessage(typeof expected === 'function' ? expected() : expected);
    return cursor.kind === 'newline' || cursor.kind === '}' || cursor.kind === ','
      ? message
      : `${message}; ${cursor.found}`;
  }

  private missing(): MissingExpression {
    const at = this.cursor.previousEnd;
    return { kind: 'missing', span: { start: at, end: at } };
  }

  number(): NumberLiteral {
    const { cursor } = this;
    const token = cursor.take();
    const text = cursor.textOf(token);
    const value = Number(text.includes('_') ? text.replaceAll('_', '') : text);
    const unit = this.unit();
    const span = { start: token.start, end: cursor.previousEnd };
    return unit ? { kind: 'number', value, unit, span } : { kind: 'number', value, span };
  }

  private unit(): Word | undefined {
    const { cursor } = this;
    if (cursor.kind !== 'unit') return undefined;
    const text = cursor.word;
    // `count = 2 node = x` lacks a comma: `node` is no unit.
    if (!UNITS.has(text) && opensStatement(cursor.peek().kind)) return undefined;
    // `NCCL_DEBUG=1 vllm serve` sets a variable for the command that follows.
    if (startsLaunch(cursor) || startsVariable(cursor)) return undefined;
    // `expert 0..3 gpu 5` lacks `on`.
    if (/^(?:gpu|layer)s?$/.test(text) && cursor.peek().kind === 'number') return undefined;
    const { start, end } = cursor.take();
    return { kind: 'word', text, span: { start, end } };
  }

  private string(): StringLiteral {
    return takeString(this.cursor);
  }

  private wordOrApplication(): Expression {
    const { cursor } = this;
    if (this.isLoneRate()) {
      const { start } = cursor.take();
      cursor.take();
      const { end } = cursor.take();
      const unit = cursor.textOf({ start, end });
      cursor.fail({ start, end }, `expected a number before \`${unit}\`, for example \`10 ${unit}\``);
      return { kind: 'missing', span: { start: end, end } };
    }
    const word = takeWord(cursor);
    if (STATEMENT_WORDS.has(cursor.word)) return word;
    const argument =
      cursor.kind === 'number' ||
      cursor.kind === '(' ||
      (cursor.kind === 'word' && !opensStatement(cursor.peek().kind) && cursor.peek().kind !== 'word');
    if (!argument) return word;
    const value = this.nested(() => this.primary({ what: `a value after \`${word.text}\`` }));
    this.height++;
    return { kind: 'application', word, argument: value, span: { start: word.span.start, end: cursor.previousEnd } };
  }

  /** `tokens/s` without its number, which would otherwise be read as a division. */
  private isLoneRate(): boolean {
    const { cursor } = this;
    const [word, slash, time] = [cursor.token, cursor.peek(), cursor.peek(2)];
    const isJoined = slash.kind === '/' && slash.start === word.end && time.kind === 'word' && time.start === slash.end;
    return isJoined && UNITS.has(cursor.textOf({ start: word.start, end: time.end }));
  }

  private list(): ListExpression {
    const { cursor } = this;
    const open = cursor.take();
    const items: Expression[] = [];
    let height = 0;
    for (;;) {
      cursor.skipNewlines();
      if (cursor.accept(']')) break;
      if (this.bracketLost()) {
        this.failBracket(open, ']');
        break;
      }
      items.push(this.parse({ what: 'a value in the list', example: '[0, 2, 4]' }));
      height = Math.max(height, this.height);
      cursor.skipNewlines();
      if (cursor.accept(',') || cursor.kind === ']') continue;
      this.failBracket(open, ']');
      break;
    }
    this.height = height + 1;
    return { kind: 'list', items, span: { start: open.start, end: cursor.previousEnd } };
  }

  private parenthesis(): Expression {
    const { cursor } = this;
    const open = cursor.take();
    cursor.skipNewlines();
    const inner = this.parse({ what: 'a value after `(`' });
    const { height } = this;
    if (this.closes(')')) cursor.accept(')');
    else this.failBracket(open, ')');
    this.height = height + 1;
    return inner;
  }

  /** Looks past line breaks for the closing bracket. The line breaks stay if it is not there. */
  private closes(bracket: ')'): boolean {
    const { cursor } = this;
    let distance = 0;
    while (cursor.peek(distance).kind === 'newline' && cursor.peek(distance).start < cursor.text.length) distance++;
    if (cursor.peek(distance).kind !== bracket) return false;
    cursor.skipNewlines();
    return true;
  }

  /** True where a list cannot go on: at the end of the file, at a brace, or where a line starts a new statement. */
  private bracketLost(): boolean {
    const { cursor } = this;
    if (cursor.atEnd || cursor.kind === '{' || cursor.kind === '}') return true;
    return cursor.startsLine && cursor.kind === 'word' && opensStatement(cursor.peek().kind);
  }

  private failBracket(open: { readonly start: number; readonly end: number }, bracket: ']' | ')'): void {
    const { cursor } = this;
    cursor.fail(
      { start: open.start, end: open.end },
      `expected \`${bracket}\` to close this bracket; ${cursor.found}`,
      {
        insert: { title: `Insert \`${bracket}\``, offset: cursor.previousEnd, text: bracket },
      },
    );
  }

  private nested(read: () => Expression): Expression {
    if (this.depth >= HIGHEST) {
      this.tooLong();
      return this.missing();
    }
    this.depth++;
    const expression = read();
    this.depth--;
    if (this.height >= HIGHEST) this.tooLong();
    return expression;
  }

  private tooLong(): void {
    const { cursor } = this;
    cursor.fail(
      cursor.here,
      'this expression is nested too deep or too long; give a part of it a name with `let` and use that',
    );
    cursor.skipStatement();
  }
}

export function takeWord(cursor: Cursor): Word {
  const text = cursor.word;
  const { start, end } = cursor.take();
  return { kind: 'word', text, span: { start, end } };
}

/** A name, or all of `Qwen/Qwen3-8B`, so that a message can tell what it means. */
export function takeHubId(cursor: Cursor): Word {
  const first = takeWord(cursor);
  let { end } = first.span;
  while (cursor.kind === '/' && cursor.token.start === end) {
    const slash = cursor.take();
    const { kind, start } = cursor.token;
    if (start !== slash.end || (kind !== 'word' && kind !== 'number')) {
      const span = { start: slash.start, end: slash.end };
      cursor.fail(span, 'expected a name behind `/`, for example `Qwen/Qwen3-8B`', {
        replace: { title: 'Remove `/`', span, text: '' },
      });
      break;
    }
    end = cursor.take().end;
  }
  const span = { start: first.span.start, end };
  return { kind: 'word', text: cursor.textOf(span), span };
}

export function takeString(cursor: Cursor): StringLiteral {
  const source = cursor.word;
  const { start, end } = cursor.take();
  if (!isClosedString(source)) {
    cursor.fail({ start, end }, 'expected `"` at the end of this text', {
      insert: { title: 'Insert `"`', offset: end, text: '"' },
    });
  }
  return { kind: 'string', text: stringText(source), span: { start, end } };
}
