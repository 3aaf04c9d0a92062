import type { Entity, Quantity, Value } from './entity.ts';
import { describeValue, type Environment, indexOf, wholeNumber } from './evaluate.ts';
import type { WrongType } from './problems.ts';
import type { Expression, Word } from './tree.ts';
import type { PropertySpec, ValueType } from './vocabulary/spec.ts';

/** The environment of a property's value. It also finds the blocks that references name. */
export interface TypingEnvironment extends Environment {
  /** The entity with this name; undefined where there is none, and then that is reported. */
  entity(keyword: string, word: Word): Entity | undefined;
  /** Reports a word of the wrong type. If its name is close to that of a constant, it is reported as a slip instead. */
  reportWord(word: Word, expected: ValueType, property: PropertySpec | undefined): void;
}

export interface Typed {
  readonly value: Value;
  readonly target?: Entity;
}

/** Words that stand for themselves in a value of this type. */
export function keepsWord(type: ValueType, word: Word): boolean {
  switch (type.kind) {
    case 'choice':
      return type.choices.some((choice) => choice.name === word.text);
    case 'boolean':
      return word.text === 'true' || word.text === 'false';
    case 'reference':
      return true;
    case 'either':
      return type.of.some((alternative) => keepsWord(alternative, word));
    case 'list':
      return keepsWord(type.of, word);
    default:
      return false;
  }
}

/** Gives a value the declared type, or reports that it has another. */
export function check(
  value: Value,
  expression: Expression,
  type: ValueType,
  environment: TypingEnvironment,
  property?: PropertySpec,
): Typed | undefined {
  switch (type.kind) {
    case 'quantity':
    case 'integer':
      return checkNumber(value, expression, type, environment, property);
    case 'boolean':
    case 'choice': {
      if (value.kind === 'word' && keepsWord(type, { kind: 'word', text: value.text, span: value.span }))
        return { value };
      return mismatch(value, expression, type, environment, property);
    }
    case 'string':
      return value.kind === 'text' ? { value } : mismatch(value, expression, type, environment, property);
    case 'reference': {
      if (value.kind !== 'word' || expression.kind !== 'word')
        return mismatch(value, expression, type, environment, property);
      const target = environment.entity(type.to, expression);
      return target && { value, target };
    }
    case 'indexes':
      return checkIndexes(value, expression, environment, property);
    case 'shape':
      return checkShape(value, expression, environment, property);
    case 'either': {
      const fitting = type.of.find((alternative) => fits(value, alternative));
      return fitting
        ? check(value, expression, fitting, environment, property)
        : mismatch(value, expression, type, environment, property);
    }
    case 'list': {
      const { items, expressions } = itemsOf(value, expression);
      const checked = items.map(
        (item, at) => check(item, expressions[at] ?? expression, type.of, environment, property)?.value,
      );
      const whole = checked.every((item) => item !== undefined);
      return whole ? { value: { kind: 'list', items: checked, span: value.span } } : undefined;
    }
    case 'application': {
      if (value.kind !== 'application' || value.word !== type.word)
        return mismatch(value, expression, type, environment, property);
      const inner = expression.kind === 'application' ? expression.argument : expression;
      const argument = check(value.argument, inner, type.argument, environment, property);
      return argument && { value: { ...value, argument: argument.value } };
    }
  }
}

/** Whether a value has the form of a type. This chooses one of several types. */
function fits(value: Value, type: ValueType): boolean {
  switch (type.kind) {
    case 'quantity':
    case 'integer':
      return value.kind === 'quantity';
    case 'boolean':
    case 'choice':
      return value.kind === 'word' && keepsWord(type, { kind: 'word', text: value.text, span: value.span });
    case 'string':
      return value.kind === 'text';
    case 'reference':
      return value.kind === 'word';
    case 'application':
      return value.kind === 'application' && value.word === type.word;
    case 'either':
      return type.of.some((alternative) => fits(value, alternative));
    case 'indexes':
    case 'shape':
    case 'list':
      return value.kind === 'list' || value.kind === 'range' || value.kind === 'quantity';
  }
}

function itemsOf(
  value: Value,
  expression: Expression,
): { readonly items: readonly Value[]; readonly expressions: readonly Expression[] } {
  if (value.kind !== 'list') return { items: [value], expressions: [expression] };
  return { items: value.items, expressions: expression.kind === 'list' ? expression.items : [] };
}

function mismatch(
  value: Value,
  expression: Expression,
  expected: ValueType,
  environment: TypingEnvironment,
  property?: PropertySpec,
): undefined {
  if (value.kind === 'word' && expression.kind === 'word' && expression.text === value.text) {
    environment.reportWord(expression, expected, property);
    return undefined;
  }
  const problem: WrongType = {
    kind: 'wrong-type',
    span: expression.span,
    expected,
    found: describeValue(value),
    ...(value.kind === 'text' && expression.kind === 'string' && { text: value.text }),
    ...(expression.kind === 'application' && { word: expression.word }),
    ...(property && { property }),
  };
  environment.report(problem);
  return undefined;
}

type NumberType = Extract<ValueType, { kind: 'quantity' | 'integer' }>;

function checkNumber(
  value: Value,
  expression: Expression,
  type: NumberType,
  environment: TypingEnvironment,
  property?: PropertySpec,
): Typed | undefined {
  if (value.kind !== 'quantity') return mismatch(value, expression, type, environment, property);
  const dimension = type.kind === 'integer' ? 'number' : type.dimension;
  const span = expression.span;
  const declared = property && { property };
  if (value.dimension !== dimension && !(dimension === 'fraction' && value.dimension === 'number')) {
    const literal = expression.kind === 'number' ? { literal: expression } : {};
    if (value.dimension === 'number')
      environment.report({ kind: 'missing-unit', span, dimension, ...literal, ...declared });
    else
      environment.report({
        kind: 'wrong-unit',
        span,
        reason: { kind: 'dimension', found: value.dimension, expected: dimension, ...literal },
        ...declared,
      });
    return undefined;
  }
  let number = value.value;
  if (type.kind === 'integer') {
    const whole = wholeNumber(number);
    if (whole === undefined) {
      environment.report({ kind: 'wrong-type', span, expected: type, found: describeValue(value), ...declared });
      return undefined;
    }
    number = whole;
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = property?.range ?? {};
  if (number < min || number > max) {
    environment.report({ kind: 'out-of-range', span, value: number, reason: 'limits', expression, ...declared });
    return undefined;
  }
  const typed: Quantity = { ...value, value: number, dimension };
  return { value: typed };
}

function checkIndexes(
  value: Value,
  expression: Expression,
  environment: TypingEnvironment,
  property?: PropertySpec,
): Typed | undefined {
  const type: ValueType = { kind: 'indexes' };
  const most = property?.range?.max ?? Number.POSITIVE_INFINITY;
  const tooLarge = (index: number): undefined => {
    environment.report({
      kind: 'out-of-range',
      span: expression.span,
      value: index,
      reason: 'limits',
      expression,
      ...(property && { property }),
    });
    return undefined;
  };
  if (value.kind === 'range') return value.to > most ? tooLarge(value.to) : { value };
  if (value.kind === 'quantity') {
    const whole = indexOf(value, expression, environment);
    if (whole === undefined) return undefined;
    return whole > most ? tooLarge(whole) : { value: { ...value, value: whole } };
  }
  if (value.kind !== 'list') return mismatch(value, expression, type, environment, property);
  const { items, expressions } = itemsOf(value, expression);
  const checked = items.map(
    (item, at) => checkIndexes(item, expressions[at] ?? expression, environment, property)?.value,
  );
  return checked.every((item) => item !== undefined) ? { value: { ...value, items: checked } } : undefined;
}

function checkShape(
  value: Value,
  expression: Expression,
  environment: TypingEnvironment,
  property?: PropertySpec,
): Typed | undefined {
  const { items, expressions } = itemsOf(value, expression);
  const checked = items.map((item, at): Value | undefined => {
    const part = expressions[at] ?? expression;
    if (item.kind === 'word') return item;
    if (item.kind !== 'quantity') return mismatch(item, part, { kind: 'shape' }, environment, property);
    const whole = indexOf(item, part, environment);
    return whole === undefined ? undefined : { ...item, value: whole };
  });
  const whole = checked.every((item) => item !== undefined);
  return whole ? { value: { kind: 'list', items: checked, span: value.span } } : undefined;
}
