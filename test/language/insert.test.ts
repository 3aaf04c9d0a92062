import { expect, test } from 'vitest';
import { insertStatements } from '../../server/src/language/rules/insert.ts';
import { parseSource } from '../../server/src/language/source.ts';
import { applyEdits } from '../../server/src/services/edits.ts';

/** The text with `x = 1` and `y = 2` written into its first block. */
function inserted(text: string, where: 'start' | 'end'): string | undefined {
  const source = parseSource('file:///plan.moeplan', text);
  const [block] = source.tree.items;
  if (block?.kind !== 'block') throw new Error('no block');
  const edits = insertStatements(source, block, ['x = 1', 'y = 2'], where);
  return edits && applyEdits(text, edits);
}

test.each([
  ['g { }', 'g { x = 1, y = 2 }', 'g { x = 1, y = 2 }'],
  ['g {}', 'g { x = 1, y = 2 }', 'g { x = 1, y = 2 }'],
  ['g {a = 1}', 'g { x = 1, y = 2, a = 1}', 'g {a = 1, x = 1, y = 2}'],
  ['g { a = 1 }', 'g { x = 1, y = 2, a = 1 }', 'g { a = 1, x = 1, y = 2 }'],
  ['g { a = 1, }', 'g { x = 1, y = 2, a = 1, }', 'g { a = 1, x = 1, y = 2 }'],
  ['g { b { a = 1, }, }', 'g { x = 1, y = 2, b { a = 1, }, }', 'g { b { a = 1, }, x = 1, y = 2 }'],
  ['g {\n}', 'g {\n  x = 1\n  y = 2\n}', 'g {\n  x = 1\n  y = 2\n}'],
  ['  g {\n  }', '  g {\n    x = 1\n    y = 2\n  }', '  g {\n    x = 1\n    y = 2\n  }'],
  ['g {\n\ta = 1\n}', 'g {\n\tx = 1\n\ty = 2\n\ta = 1\n}', 'g {\n\ta = 1\n\tx = 1\n\ty = 2\n}'],
  ['g\n{\n a = 1\n}', 'g\n{\n x = 1\n y = 2\n a = 1\n}', 'g\n{\n a = 1\n x = 1\n y = 2\n}'],
  ['g { a = 1\n  b = 2\n}', 'g { x = 1, y = 2, a = 1\n  b = 2\n}', 'g { a = 1\n  b = 2\n  x = 1\n  y = 2\n}'],
  ['g {\n  a = 1 }', 'g {\n  x = 1\n  y = 2\n  a = 1 }', 'g {\n  a = 1, x = 1, y = 2 }'],
  ['g {\n  a = 1, }', 'g {\n  x = 1\n  y = 2\n  a = 1, }', 'g {\n  a = 1, x = 1, y = 2 }'],
  ['g { a = [1,\n  2] }', 'g { x = 1, y = 2, a = [1,\n  2] }', 'g { a = [1,\n  2], x = 1, y = 2 }'],
  [
    'g { // why, so\n  a = 1 // b\n}',
    'g { // why, so\n  x = 1\n  y = 2\n  a = 1 // b\n}',
    'g { // why, so\n  a = 1 // b\n  x = 1\n  y = 2\n}',
  ],
  ['g { /* c */\n  a = 1\n}', 'g { x = 1, y = 2, /* c */\n  a = 1\n}', 'g { /* c */\n  a = 1\n  x = 1\n  y = 2\n}'],
  ['g {\r\n  a = 1\r\n}', 'g {\r\n  x = 1\r\n  y = 2\r\n  a = 1\r\n}', 'g {\r\n  a = 1\r\n  x = 1\r\n  y = 2\r\n}'],
])('%j', (text, start, end) => {
  expect(inserted(`gpu ${text}`, 'start')).toBe(`gpu ${start}`);
  expect(inserted(`gpu ${text}`, 'end')).toBe(`gpu ${end}`);
});

test.each(['gpu g {', 'gpu g', 'gpu g a = 1 }', 'gpu g { a = 1\nnode n { }'])('%j has no place for it', (text) => {
  expect(inserted(text, 'start')).toBeUndefined();
  expect(inserted(text, 'end')).toBeUndefined();
});
