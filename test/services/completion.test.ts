import { describe, expect, test } from 'vitest';
import { complete } from '../../server/src/services/completion/completion.ts';
import { expectCompletion, marked } from './expect.ts';

const DEPLOYMENT = `model small { layers = 2 }
workload few { sequences = 8, length = 128 tokens }
cluster one { node = DGX-H100, count = 1 }
`;

describe('what may be written here', () => {
  test.each([
    ['the top of a file', '$0', { offers: ['import', 'let', 'compare'], never: ['layers', 'stage', 'expert'] }],
    ['the top, behind some letters', 'mo$0', { offers: ['model'] }],
    [
      'inside a model',
      'model m {\n  $0\n}',
      { offers: ['hidden', 'attention', 'experts'], never: ['stage', 'import'] },
    ],
    [
      'what is written already is not offered',
      'model m {\n  hidden = 2\n  $0\n}',
      { never: ['hidden'], offers: ['vocabulary'] },
    ],
    ['in a block on one line', 'model m { hidden = 2, $0 }', { offers: ['vocabulary'], never: ['hidden'] }],
    ['in a nested block', 'model m { attention { $0 } }', { offers: ['heads'], never: ['hidden'] }],
    ['in a block that is not closed', 'model m {\n  attention {\n    $0', { offers: ['heads'], never: ['hidden'] }],
    ['in an unknown block', 'thing t { $0 }', { all: [] }],
    ['in a comment', 'model m { // $0\n}', { all: [] }],
    ['in a string', 'import "$0"', { all: [] }],
  ])('%s', (_, source, expectation) => expectCompletion(source, expectation));
});

describe('values', () => {
  test.each([
    [
      'names, own before the catalogue',
      `${DEPLOYMENT}deployment d { model = $0 }`,
      { offers: ['small', 'DeepSeek-V3'], never: ['few', 'one'] },
    ],
    [
      'names with some letters written',
      `${DEPLOYMENT}deployment d { cluster = o$0 }`,
      { offers: ['one'], never: ['small'] },
    ],
    ['choices', 'model m { weights = $0 }', { offers: ['bf16'], never: ['small'] }],
    ['units behind a number', 'gpu g { memory = 80 $0 }', { offers: ['GiB'], never: ['tokens', 'bf16'] }],
    ['units of another dimension', 'gpu g { bandwidth = 3 $0 }', { offers: ['TB/s'], never: ['GiB'] }],
    ['bases of the same kind', 'gpu mine extends $0', { offers: ['H100-SXM'], never: ['DGX-H100'] }],
    ['deployments to compare', 'deployment a {}\ndeployment b {}\ncompare $0', { all: ['a', 'b'] }],
    ['the rest of a comparison', 'deployment a {}\ndeployment b {}\ncompare a, $0', { offers: ['b'] }],
    [
      'stages behind an arrow',
      'deployment d {\n  stage front {}\n  stage back {}\n  front -> $0\n}',
      { offers: ['back'], never: ['model', 'front'] },
    ],
  ])('%s', (_, source, expectation) => expectCompletion(source, expectation));
});

test('models of the catalogue from the newest year come first, behind own ones', () => {
  const { analysis, cursor } = marked(`${DEPLOYMENT}deployment d { model = $0 }`);
  const order = new Map(complete(analysis, cursor).map((item) => [item.label, item.order]));
  const ranks = ['small', 'Step-3.5-Flash', 'DeepSeek-V2'].map((name) => order.get(name) ?? Number.NaN);
  expect(ranks.toSorted((left, right) => left - right)).toEqual(ranks);
  expect(order.get('Qwen3.6-27B')).toBe(order.get('Step-3.5-Flash'));
});

test('an editor, which sorts by the order, shows own names first, then the catalogue, then examples', () => {
  const { analysis, cursor } = marked(`${DEPLOYMENT}deployment d { model = $0 }`);
  const order = new Map(complete(analysis, cursor).map((item) => [item.label, item.order]));
  expect(order.get('small') ?? Number.NaN).toBeLessThan(order.get('DeepSeek-V3') ?? Number.NaN);
});
