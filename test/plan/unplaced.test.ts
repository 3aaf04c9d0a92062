import { expect, test } from 'vitest';
import { unplacedExperts } from '../../server/src/plan/unplaced.ts';

test('names the experts that lie on no GPU, and counts a placement once however many layers share it', () => {
  let looked = 0;
  const shared = {
    get ranks() {
      looked++;
      return [[0, 1], [3], [9]];
    },
  };
  for (let layer = 0; layer < 58; layer++) expect(unplacedExperts(shared, 5)).toEqual([2, 4]);
  expect(looked).toBe(1);
  expect(unplacedExperts(shared, 3)).toEqual([2]);
});

test('without a placement every expert is missing', () => {
  expect(unplacedExperts(undefined, 3)).toEqual([0, 1, 2]);
});
