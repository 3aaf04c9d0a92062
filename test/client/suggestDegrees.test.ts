import { expect, test, vi } from 'vitest';
import { blocksNamed } from '../../server/src/language/vocabulary/vocabulary.ts';
import { isDegree } from '../../server/src/plan/parallel.ts';

vi.mock('vscode', () => ({}));

const { DEGREES, endsBeforeDegree } = await import('../../client/src/suggestDegrees.ts');

test('the list opens behind every degree that has one', () => {
  const [parallel] = blocksNamed('parallel');
  for (const name of DEGREES) {
    expect(isDegree(name)).toBe(true);
    expect(parallel?.properties.some((property) => property.name === name)).toBe(true);
  }
});

test.each([
  ['  parallel { tp = ', ' ', true],
  ['    ep = ', ' ', true],
  ['  parallel { tp = 8, pp = ', ' ', true],
  ['  parallel { tp =', '=', false],
  ['  parallel { tp = 8 ', ' ', false],
  ['  memory = ', ' ', false],
  ['  http = ', ' ', false],
  ['  parallel { tp = ', 'tp = ', false],
])('%s, where `%s` was typed', (before, typed, isEnd) => {
  expect(endsBeforeDegree(before, typed)).toBe(isEnd);
});
