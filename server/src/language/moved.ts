import type { Span } from './span.ts';
import type { BlockNode, Expression, Item, ParseError, StringLiteral, Word } from './tree.ts';

/** Copies of parts of a tree that stand `by` characters farther on, because an edit before them has moved them. */

export function movedItem(item: Item, by: number): Item {
  if (item.kind === 'block') return movedBlock(item, by);
  if (by === 0) return item;
  const span = movedSpan(item.span, by);
  switch (item.kind) {
    case 'property': {
      const { key, value, tolerance } = item;
      const moved = { ...item, key: movedWord(key, by), value: movedExpression(value, by), span };
      return tolerance ? { ...moved, tolerance: movedExpression(tolerance, by) } : moved;
    }
    case 'entry':
      return { ...item, range: movedExpression(item.range, by), value: movedExpression(item.value, by), span };
    case 'edge':
      return { ...item, path: item.path.map((word) => movedWord(word, by)), span };
    case 'placement': {
      const { keyword, experts, layers, gpus } = item;
      return {
        ...item,
        keyword: movedWord(keyword, by),
        experts: movedExpression(experts, by),
        ...(layers && { layers: movedExpression(layers, by) }),
        gpus: movedExpression(gpus, by),
        span,
      };
    }
    case 'import':
      return { ...item, path: movedString(item.path, by), span };
    case 'let':
      return { ...item, name: movedWord(item.name, by), value: movedExpression(item.value, by), span };
    case 'compare':
      return {
        ...item,
        keyword: movedWord(item.keyword, by),
        names: item.names.map((word) => movedWord(word, by)),
        items: item.items.map((statement) => movedItem(statement, by)),
        span,
      };
  }
}

function movedBlock(block: BlockNode, distance: number): BlockNode {
  if (distance === 0) return block;
  const origin = originOf(block);
  return new MovedBlock(origin, block.span.start - origin.span.start + distance);
}

/**
 * A block whose header is moved at once, and its items when they are first looked at. In a long text hardly any are. The copy is
 * made from the block as it was first read, so that copies of copies do not pile up.
 */
class MovedBlock implements BlockNode {
  readonly kind = 'block';
  readonly keyword: Word;
  readonly name?: Word;
  readonly from?: StringLiteral;
  readonly base?: Word;
  readonly body: Span;
  readonly closed: boolean;
  readonly span: Span;
  readonly origin: BlockNode;
  private moved: readonly Item[] | undefined;

  constructor(origin: BlockNode, by: number) {
    const { keyword, name, from, base, body, closed, span } = origin;
    this.keyword = movedWord(keyword, by);
    if (name) this.name = movedWord(name, by);
    if (from) this.from = movedString(from, by);
    if (base) this.base = movedWord(base, by);
    this.body = movedSpan(body, by);
    this.closed = closed;
    this.span = movedSpan(span, by);
    this.origin = origin;
  }

  get items(): readonly Item[] {
    const by = this.span.start - this.origin.span.start;
    this.moved ??= this.origin.items.map((item) => movedItem(item, by));
    return this.moved;
  }
}

/** The block as it was first read. It is the same object as long as no edit touches its text, wherever the block stands. */
export function originOf(block: BlockNode): BlockNode {
  return block.origin ?? block;
}

export function movedError(error: ParseError, by: number): ParseError {
  if (by === 0) return error;
  const { span, insert, replace } = error;
  return {
    ...error,
    span: movedSpan(span, by),
    ...(insert && { insert: { ...insert, offset: insert.offset + by } }),
    ...(replace && { replace: { ...replace, span: movedSpan(replace.span, by) } }),
  };
}

function movedExpression(expression: Expression, by: number): Expression {
  const span = movedSpan(expression.span, by);
  switch (expression.kind) {
    case 'word':
    case 'string':
    case 'missing':
      return { ...expression, span };
    case 'number':
      return expression.unit ? { ...expression, unit: movedWord(expression.unit, by), span } : { ...expression, span };
    case 'range': {
      const { from, to, by: step } = expression;
      const moved = { ...expression, from: movedExpression(from, by), to: movedExpression(to, by), span };
      return step ? { ...moved, by: movedExpression(step, by) } : moved;
    }
    case 'list':
      return { ...expression, items: expression.items.map((item) => movedExpression(item, by)), span };
    case 'application': {
      const { word, argument } = expression;
      return { ...expression, word: movedWord(word, by), argument: movedExpression(argument, by), span };
    }
    case 'binary': {
      const { left, right } = expression;
      return { ...expression, left: movedExpression(left, by), right: movedExpression(right, by), span };
    }
    case 'negative':
      return { ...expression, operand: movedExpression(expression.operand, by), span };
  }
}

export function movedWord({ text, span }: Word, by: number): Word {
  return { kind: 'word', text, span: movedSpan(span, by) };
}

function movedString({ text, span }: StringLiteral, by: number): StringLiteral {
  return { kind: 'string', text, span: movedSpan(span, by) };
}

function movedSpan({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}
