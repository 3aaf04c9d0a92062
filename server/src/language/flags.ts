import type { Cursor } from './cursor.ts';
import { takeHubId, takeString, takeWord } from './expressions.ts';
import type { Parser } from './parser.ts';
import type { Expression, PropertyNode, Word } from './tree.ts';

/** Whether a flag of a command line comes next: `--tensor-parallel-size`, `-tp`. */
export function startsFlag(cursor: Cursor): boolean {
  if (cursor.kind !== '-') return false;
  const [first, second, third] = [cursor.token, cursor.peek(), cursor.peek(2)];
  if (second.start !== first.end) return false;
  return second.kind === 'word' || (second.kind === '-' && third.kind === 'word' && third.start === second.end);
}

/**
 * `--tensor-parallel-size 8`, `--flag=on` or `tensor_parallel_size: 8` as a property that no block has, so that a rule can say
 * what it is here. Its key keeps the dashes. Takes the flag and one value, never more of a command line.
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
  const value = argumentOf(parser);
  // What ends a line of a shell goes with the statement: it would be left over where that is moved or written anew.
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
    default: {
      const at = cursor.previousEnd;
      // What a shell would quote is not read.
      if (cursor.kind === 'unknown' && cursor.textOf(cursor.token) !== '\\') cursor.skipStatement();
      return { kind: 'missing', span: { start: at, end: at } };
    }
  }
}
