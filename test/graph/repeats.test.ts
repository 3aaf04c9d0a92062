import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIndexes } from '../../server/src/graph/labels.ts';
import { foldedRepeats, type Repeat, repeatsOf } from '../../server/src/graph/repeats.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

function written(text: string): string {
  const name = ({ start, period, times }: Repeat) => `${text.slice(start, start + period)}${times > 1 ? times : ''}`;
  return repeatsOf([...text])
    .map(name)
    .join(' ');
}

describe('parts of a sequence that repeat', () => {
  test.each([
    ['', ''],
    ['abab', 'ab2'],
    ['abababc', 'ab3 c'],
    ['aaab', 'a3 b'],
    ['xabcabcabcy', 'x abc3 y'],
    ['abcd', 'a b c d'],
    // Nemotron-3-Nano's layers.
    ['MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME', 'MEMEM*E5 ME M E M * E M E M E M E M E'],
  ])('%s', (text, parts) => {
    const shown = repeatsOf([...text]).reduce((sum, { period }) => sum + period, 0);
    // Several ways may be as short: of the last one only its length counts.
    if (text.length < 20) expect(written(text)).toBe(parts);
    else expect(shown).toBeLessThanOrEqual(parts.replace(/[\d ]/g, '').length);
  });

  test('show items at equal places once, with all items of their part', () => {
    const parts = foldedRepeats([...'xababy'], String).map(({ items, all }) => [items.join(''), all.join('')]);
    expect(parts).toEqual([
      ['x', 'x'],
      ['aa', 'abab'],
      ['bb', 'abab'],
      ['y', 'y'],
    ]);
  });

  test('give the sequence back, and never show more than it has', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 }), (items) => {
        const parts = repeatsOf(items);
        const back = parts.flatMap(({ start, period, times }) =>
          Array.from({ length: times }, () => items.slice(start, start + period)).flat(),
        );
        expect(back).toEqual(items);
        expect(parts.reduce((sum, { period }) => sum + period, 0)).toBeLessThanOrEqual(items.length);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

test.each([
  [[3], '3'],
  [[0, 1, 2], '0..2'],
  [[0, 2, 4], '0, 2, 4'],
  [[0, 2, 4, 6], '0, 2, …, 6'],
  [[0, 1, 6, 7, 12, 13, 18, 19], '0..1, 6..7, …, 18..19'],
  [[0, 1, 5, 7], '0, 1, 5 and 1 more'],
])('indexes %j are %s', (indexes, text) => {
  expect(formatIndexes(indexes)).toBe(text);
});

test.each([
  [[0], 'a'],
  [[0, 1, 2], 'a..c'],
  [[0, 2, 4, 6], 'a, c, …, g'],
  [[0, 1, 3, 4, 6, 7, 9, 10], 'a..b, d..e, …, j..k'],
])('indexes %j by their names are %s', (indexes, text) => {
  expect(formatIndexes(indexes, (index) => 'abcdefghijk'[index] ?? '?')).toBe(text);
});
