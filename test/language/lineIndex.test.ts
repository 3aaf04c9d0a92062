import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineIndex } from '../../server/src/language/lineIndex.ts';

test('lines end at \\n, \\r\\n and a lone \\r', () => {
  const index = createLineIndex('ab\ncd\r\nef\rgh');
  expect(index.lineCount).toBe(4);
  expect([0, 1, 2, 3].map((line) => [index.lineStart(line), index.lineEnd(line)])).toEqual([
    [0, 2],
    [3, 5],
    [7, 9],
    [10, 12],
  ]);
  expect(index.positionAt(8)).toEqual({ line: 2, character: 1 });
  expect(index.offsetAt({ line: 3, character: 1 })).toBe(11);
});

test('positions outside the text are drawn in', () => {
  const index = createLineIndex('ab\r\n');
  expect(index.lineCount).toBe(2);
  expect(index.positionAt(99)).toEqual({ line: 1, character: 0 });
  expect(index.positionAt(-1)).toEqual({ line: 0, character: 0 });
  expect(index.offsetAt({ line: 0, character: 99 })).toBe(2);
  expect(index.offsetAt({ line: 9, character: 0 })).toBe(4);
  expect(index.offsetAt({ line: -1, character: 3 })).toBe(0);
  expect(createLineIndex('').lineCount).toBe(1);
});

test('an offset that is no part of a line break comes back from its position', () => {
  const text = fc.array(fc.constantFrom('a', 'é', '\n', '\r', '\r\n', ' ')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (source) => {
      const index = createLineIndex(source);
      for (let offset = 0; offset <= source.length; offset++) {
        const position = index.positionAt(offset);
        expect(index.lineStart(position.line)).toBeLessThanOrEqual(offset);
        if (offset <= index.lineEnd(position.line)) expect(index.offsetAt(position)).toBe(offset);
      }
    }),
  );
});
