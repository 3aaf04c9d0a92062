import { compute, quantityOf } from './arithmetic.ts';
import type { Quantity, RangeValue, Value } from './entity.ts';
import type { Problem } from './problems.ts';
import type { Span } from './span.ts';
import type { Expression, NegativeExpression, NumberLiteral, RangeExpression, Word } from './tree.ts';
import { type Dimension, UNITS } from './units.ts';

/** What evaluation needs to know of the place where an expression stands. */
export interface Environment {
  /** What the value should measure, if that is known. */
  readonly dimension?: Dimension;
  /** Whether the word stands for itself there: a choice, `true`, the name of a block. */
  keeps(word: Word): boolean;
  /** The constant with this name: its value, `broken` if it has none, undefined if there is no such constant. */
  constant(word: Word): Value | 'broken' | undefined;
  /** Reports a word in arithmetic that names no constant. */
  unresolved(word: Word): void;
  report(problem: Problem): void;
}

/**
 * The value of an expression, before its type is checked. It is undefined where the expression has none; then a problem has been
 * reported here or by the parser. Expressions have a bounded height, so recursion is safe.
 */
export function evaluate(expression: Expression, environment: Environment): Value | undefined {
  switch (expression.kind) {
    case 'missing':
      return undefined;
    case 'number':
      return evaluateNumber(expression, environment);
    case 'string':
      return { kind: 'text', text: expression.text, span: expression.span };
    case 'word':
      return evaluateWord(expression, environment);
    case 'negative':
      return evaluateNegative(expression, environment);
    case 'binary': {
      const left = operand(expression.left, environment);
      const right = operand(expression.right, environment);
      return left && right && finite(compute(expression, left, right), expression, environment);
    }
    case 'range':
      return evaluateRange(expression, environment);
    case 'list': {
      const items = expression.items.map((item) => evaluate(item, environment));
      const isSingle = items.every((item, at) => isPart(item, expression.items[at], 'list', environment));
      const whole = isSingle && items.every((item) => item !== undefined);
      return whole ? { kind: 'list', items, span: expression.span } : undefined;
    }
    case 'application': {
      const argument = evaluate(expression.argument, environment);
      if (!argument || !isPart(argument, expression.argument, 'application', environment)) return undefined;
      return { kind: 'application', word: expression.word.text, argument, span: expression.span };
    }
  }
}

/**
 * Whether a value can be part of another, which means that it has no parts of its own. This keeps a value no larger than its
 * text, however many constants stand for each other. A missing value counts as a part, because its problem is already reported.
 */
function isPart(
  value: Value | undefined,
  expression: Expression | undefined,
  inside: 'list' | 'application',
  environment: Environment,
): boolean {
  if (!value || !expression || (value.kind !== 'list' && (inside === 'list' || value.kind !== 'application')))
    return true;
  environment.report({ kind: 'nested-value', span: expression.span, inside, found: describeValue(value) });
  return false;
}

function evaluateNumber(literal: NumberLiteral, environment: Environment): Quantity | undefined {
  const { value, unit, span } = literal;
  const knownUnit = unit && UNITS.get(unit.text);
  if (unit && !knownUnit) {
    environment.report({
      kind: 'wrong-unit',
      span: unit.span,
      reason: { kind: 'unknown', unit, ...(environment.dimension && { expected: environment.dimension }) },
    });
    return undefined;
  }
  return finite(
    quantityOf(value * (knownUnit?.factor ?? 1), knownUnit?.dimension ?? 'number', span),
    literal,
    environment,
  );
}

function finite(result: Quantity | Problem, expression: Expression, environment: Environment): Quantity | undefined {
  if (result.kind !== 'quantity') {
    environment.report(result);
    return undefined;
  }
  if (Number.isFinite(result.value)) return result;
  environment.report({
    kind: 'out-of-range',
    span: expression.span,
    value: result.value,
    reason: 'infinite',
    expression,
  });
  return undefined;
}

function evaluateWord(word: Word, environment: Environment): Value | undefined {
  const { span } = word;
  const itself: Value = { kind: 'word', text: word.text, span };
  if (environment.keeps(word)) return itself;
  const constant = environment.constant(word);
  if (constant === 'broken') return undefined;
  return constant === undefined ? itself : standingAt(constant, span);
}

/** A constant's value at the place where it is used, because findings about it point there. All uses share what it holds. */
function standingAt(value: Value, span: Span): Value {
  return { ...value, span };
}

function evaluateNegative(expression: NegativeExpression, environment: Environment): Quantity | undefined {
  const value = operand(expression.operand, environment);
  return value && quantityOf(-value.value, value.dimension, expression.span);
}

/** A part of arithmetic must be a quantity. */
function operand(expression: Expression, environment: Environment): Quantity | undefined {
  if (expression.kind === 'word') {
    const constant = environment.constant(expression);
    if (constant === 'broken') return undefined;
    if (constant === undefined) {
      environment.unresolved(expression);
      return undefined;
    }
    return quantity({ ...constant, span: expression.span }, environment);
  }
  const value = evaluate(expression, environment);
  return value && quantity(value, environment);
}

function quantity(value: Value, environment: Environment): Quantity | undefined {
  if (value.kind === 'quantity') return value;
  environment.report({
    kind: 'wrong-type',
    span: value.span,
    expected: { kind: 'quantity', dimension: 'number' },
    found: describeValue(value),
  });
  return undefined;
}

function evaluateRange(expression: RangeExpression, environment: Environment): RangeValue | undefined {
  const from = index(expression.from, environment);
  const to = index(expression.to, environment);
  const by = expression.by ? index(expression.by, environment) : 1;
  if (from === undefined || to === undefined || by === undefined) return undefined;
  const { span } = expression;
  if (expression.by && by < 1) {
    environment.report({
      kind: 'out-of-range',
      span: expression.by.span,
      value: by,
      reason: 'step',
      expression: expression.by,
    });
    return undefined;
  }
  if (from > to) {
    environment.report({ kind: 'out-of-range', span, value: to, reason: 'backwards', expression });
    return undefined;
  }
  return { kind: 'range', from, to, by, span };
}

/** A whole number from 0, as indexes are. */
export function index(expression: Expression, environment: Environment): number | undefined {
  const value = operand(expression, environment);
  return value && indexOf(value, expression, environment);
}

export function indexOf(value: Quantity, expression: Expression, environment: Environment): number | undefined {
  const { span } = expression;
  if (value.dimension !== 'number') {
    const literal = expression.kind === 'number' ? { literal: expression } : {};
    environment.report({
      kind: 'wrong-unit',
      span,
      reason: { kind: 'dimension', found: value.dimension, expected: 'number', ...literal },
    });
    return undefined;
  }
  const whole = wholeNumber(value.value);
  if (whole === undefined) {
    environment.report({ kind: 'wrong-type', span, expected: { kind: 'integer' }, found: describeValue(value) });
    return undefined;
  }
  if (whole < 0) {
    environment.report({ kind: 'out-of-range', span, value: whole, reason: 'negative', expression });
    return undefined;
  }
  return whole;
}

/** The whole number that a computed value stands for. Rounding errors in the last bits are tolerated. */
export function wholeNumber(value: number): number | undefined {
  const rounded = Math.round(value);
  return Math.abs(value - rounded) <= 1e-9 * Math.max(1, Math.abs(value)) && Number.isSafeInteger(rounded)
    ? rounded
    : undefined;
}

/** What a value is, in the words of a message. */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case 'quantity':
      return value.dimension === 'number'
        ? `the number \`${value.value}\``
        : `a value in ${value.dimension === 'fraction' ? '%' : value.dimension}`;
    case 'range':
      return 'a range';
    case 'word':
      return `\`${value.text}\``;
    case 'text':
      return 'a text';
    case 'list':
      return 'a list';
    case 'application':
      return `\`${value.word}\` with a value`;
  }
}
