import fc from 'fast-check';
import { uniform } from './numbers.ts';

/** What may be typed or pasted: pieces that shift, break, join, complete and rename. */
const PIECES = [
  '',
  '1',
  ' ',
  '\n',
  '\n\n\n',
  '\r\n',
  '}',
  '{',
  'x',
  ', ',
  '"',
  '// note\n',
  '// ',
  'let n = 2\n',
  'let bf16 = 2\n',
  '/*',
  '*/',
  ' extends ',
  '= n',
  'model m {\n',
  '}\nworkload w { sequences = 2 }\n',
  'compare a, b\n',
];

export interface Edit {
  readonly file: number;
  readonly at: number;
  readonly length: number;
  readonly piece: string;
}

/** Places are shares of the text, so that they stay inside of it however it has grown. */
export const edit: fc.Arbitrary<Edit> = fc.record({
  file: fc.nat(5),
  at: uniform(0, 1),
  length: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(30) }),
  piece: fc.constantFrom(...PIECES),
});

export function edited(text: string, { at, length, piece }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + piece + text.slice(start + length);
}
