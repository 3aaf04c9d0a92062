import type { Cursor } from './cursor.ts';
import { takeHubId, takeString, takeWord } from './expressions.ts';
import { endsStatement, startsLaunch, startsVariable, tokensBeforeName, tokensBeforeVariable } from './launch.ts';
import type { Token } from './lexer.ts';
import type { Parser } from './parser.ts';
import type { Expression, NumberLiteral, PropertyNode, Word } from './tree.ts';
import { isForeignWord, isWordOfAnyone } from './vocabulary/words/index.ts';

/** Whether a flag of a command line comes next: `--tensor-parallel-size`, `-tp`. */
export function startsFlag(cursor: Cursor): boolean {
  if (cursor.kind !== '-') return false;
  const [first, second, third] = [cursor.token, cursor.peek(), cursor.peek(2)];
  if (second.start !== first.end) return false;
  return second.kind === 'word' || (second.kind === '-' && third.kind === 'word' && third.start === second.end);
}

/** Whether a property of any tool comes next, with its value behind a blank and nothing else: `tensor-parallel-size 8`. */
export function startsArgument(cursor: Cursor): boolean {
  const { kind } = cursor.peek();
  if (cursor.kind !== 'word' || !isWordOfAnyone(cursor.word)) return false;
  let distance = 2;
  if (kind === 'number' && cursor.peek(distance).kind === 'unit') distance++;
  else if (kind === 'word') {
    while (isPartOfWord(cursor.peek(distance), cursor.peek(distance - 1))) distance++;
  } else if (kind !== 'number' && kind !== 'string') return false;
  return endsStatement(cursor, distance);
}

/** Whether a switch of another tool stands alone: `enable-expert-parallel`. A word without a dash could be anything. */
export function startsSwitch(cursor: Cursor): boolean {
  return cursor.kind === 'word' && /[-_]/.test(cursor.word) && isForeignWord(cursor.word) && endsStatement(cursor, 1);
}

/** Whether a token continues an id of the hub. */
function isPartOfWord({ kind, start }: Token, before: Token): boolean {
  return start === before.end && (kind === '/' || kind === 'word' || kind === 'number' || kind === 'unit');
}

/** Whether what follows a statement belongs to the same command: a flag, a variable, the command itself, or `serve` and the model. */
export function continuesCommand(cursor: Cursor): boolean {
  return (
    startsFlag(cursor) ||
    startsLaunch(cursor) ||
    startsVariable(cursor) ||
    (!cursor.startsLine && cursor.word === 'serve' && startsArgument(cursor))
  );
}

/**
 * Reads the command that starts an engine, as a property that no block has. Its key is the engine's name, and its value is
 * missing. `serve` is left if a model follows it, because it is then a statement of its own.
 */
export function launchStatement(parser: Parser): PropertyNode {
  const { cursor } = parser;
  const { start } = cursor.token;
  for (let left = tokensBeforeName(cursor); left > 0; left--) cursor.take();
  const key = takeWord(cursor);
  if (cursor.word === 'serve' && !startsArgument(cursor)) cursor.take();
  return foreign(parser, start, key, nothingAt(cursor.previousEnd));
}

/** Reads `CUDA_VISIBLE_DEVICES=0,1`, which sets a variable for a command, as a property that no block has. */
export function variableStatement(parser: Parser): PropertyNode {
  const { cursor } = parser;
  const { start } = cursor.token;
  for (let left = tokensBeforeVariable(cursor); left > 0; left--) cursor.take();
  const key = takeWord(cursor);
  const { end } = cursor.take();
  return foreign(parser, start, key, variableValue(cursor, end));
}

/** Numbers with commas between them, or nothing: a shell's other words have no value here. */
function variableValue(cursor: Cursor, start: number): Expression {
  const items: NumberLiteral[] = [];
  let areNumbers = true;
  let end = start;
  while (isGluedToShellWord(cursor, end)) {
    const token = cursor.take();
    end = token.end;
    if (token.kind === 'number')
      items.push({ kind: 'number', value: Number(cursor.textOf(token)), span: { start: token.start, end } });
    else areNumbers &&= token.kind === ',';
  }
  const [only, ...others] = items;
  if (!only || !areNumbers) return nothingAt(end);
  return others.length === 0 ? only : { kind: 'list', items, span: { start, end } };
}

/** A comma is part of a shell's word, unless it ends a statement of the plan. */
function isGluedToShellWord(cursor: Cursor, end: number): boolean {
  if (cursor.kind === ',') return cursor.token.start === end && cursor.peek().start === cursor.token.end;
  return isGlued(cursor, end);
}

/**
 * Reads `--tensor-parallel-size 8`, `--flag=on`, `tensor-parallel-size 8` or `tensor_parallel_size: 8` as a property that no
 * block has, so that a rule can say what it is here. Its key keeps the dashes. The flag and one value are taken, and nothing more
 * of a command line.
 */
export function foreignStatement(parser: Parser): PropertyNode {
  const { cursor } = parser;
  const { start } = cursor.token;
  while (cursor.kind === '-') cursor.take();
  const word = takeWord(cursor);
  const key: Word = {
    kind: 'word',
    text: cursor.textOf({ start, end: word.span.end }),
    span: { start, end: word.span.end },
  };
  if (cursor.kind === 'unknown' && cursor.textOf(cursor.token) === ':') cursor.take();
  else cursor.accept('=');
  return foreign(parser, start, key, argumentOf(parser));
}

function foreign({ cursor }: Parser, start: number, key: Word, value: Expression): PropertyNode {
  // A backslash at the end of a line belongs to the statement. It would be left over when the statement is moved or rewritten.
  if (cursor.kind === 'unknown' && cursor.textOf(cursor.token) === '\\') cursor.take();
  const end = Math.max(key.span.end, value.span.end, cursor.previousEnd);
  cursor.errors.push({ rule: 'unknown-property', span: key.span, message: `\`${key.text}\` is no property` });
  return { kind: 'property', key, operator: '=', value, span: { start, end } };
}

function argumentOf({ cursor, expressions }: Parser): Expression {
  switch (cursor.kind) {
    case 'number':
      return expressions.number();
    case 'string':
      return takeString(cursor);
    case 'word':
      return takeHubId(cursor);
    case '/': {
      // A path of a machine is read like one word of a shell, and has no value here.
      const at = cursor.previousEnd;
      let { end } = cursor.take();
      while (isGlued(cursor, end)) ({ end } = cursor.take());
      return nothingAt(at);
    }
    default: {
      const at = cursor.previousEnd;
      // Text that a shell would quote is skipped.
      if (cursor.kind === 'unknown' && cursor.textOf(cursor.token) !== '\\') cursor.skipStatement();
      return nothingAt(at);
    }
  }
}

function isGlued({ kind, token }: Cursor, end: number): boolean {
  return token.start === end && kind !== 'newline' && kind !== ',' && kind !== '}';
}

function nothingAt(offset: number): Expression {
  return { kind: 'missing', span: { start: offset, end: offset } };
}
