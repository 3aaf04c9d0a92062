import type { Quantity } from './entity.ts';
import type { Problem } from './problems.ts';
import type { Span } from './span.ts';
import type { BinaryExpression } from './tree.ts';
import type { Dimension } from './units.ts';

/** Rates. An amount divided by a time is a rate, and a rate multiplied by a time is an amount. */
const RATES: readonly { readonly amount: Dimension; readonly rate: Dimension }[] = [
  { amount: 'bytes', rate: 'bytes/s' },
  { amount: 'tokens', rate: 'tokens/s' },
  { amount: 'number', rate: 'requests/s' },
];

function isPlain(dimension: Dimension): boolean {
  return dimension === 'number' || dimension === 'fraction';
}

/** The dimension of `left operator right`; undefined where the two cannot be combined. */
function resultDimension(
  operator: BinaryExpression['operator'],
  left: Dimension,
  right: Dimension,
): Dimension | undefined {
  switch (operator) {
    case '+':
    case '-':
      if (left === right) return left;
      return isPlain(left) && isPlain(right) ? 'number' : undefined;
    case '*': {
      if (isPlain(right)) return left === 'fraction' && right === 'number' ? 'number' : left;
      if (isPlain(left)) return right;
      const rate = RATES.find(
        (pair) => (left === pair.rate && right === 'seconds') || (left === 'seconds' && right === pair.rate),
      );
      return rate?.amount;
    }
    case '/': {
      if (left === right) return 'number';
      if (isPlain(right)) return left === 'fraction' ? 'number' : left;
      if (right === 'seconds') return RATES.find((pair) => pair.amount === left)?.rate;
      return RATES.find((pair) => pair.amount === left && pair.rate === right) && left !== 'number'
        ? 'seconds'
        : undefined;
    }
  }
}

/** Computes with units. If the result has no meaning, the answer is a problem. */
export function compute(expression: BinaryExpression, left: Quantity, right: Quantity): Quantity | Problem {
  const { operator, span } = expression;
  const dimension = resultDimension(operator, left.dimension, right.dimension);
  if (dimension === undefined) {
    return {
      kind: 'wrong-unit',
      span,
      reason: { kind: 'arithmetic', operator, left: left.dimension, right: right.dimension },
    };
  }
  if (operator === '/' && right.value === 0) {
    return {
      kind: 'out-of-range',
      span: right.span,
      value: 0,
      reason: 'division-by-zero',
      expression: expression.right,
    };
  }
  return { kind: 'quantity', value: apply(operator, left.value, right.value), dimension, span };
}

function apply(operator: BinaryExpression['operator'], left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}

export function quantityOf(value: number, dimension: Dimension, span: Span): Quantity {
  return { kind: 'quantity', value, dimension, span };
}
