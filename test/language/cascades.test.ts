import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../server/src/language/cache.ts';
import { tokenize } from '../../server/src/language/lexer.ts';
import { analyse } from '../../server/src/language/program.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'server/src/catalog');
const catalog = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.moeplan'))
    .map((name) => [`file:///catalog/${name}`, readFileSync(join(folder, name), 'utf8')]),
);

/** Statements that the example lacks. */
const MORE = `
gpu faster extends H100-SXM { memory = 96 GiB }
let n = 8
model second { hidden = 512 * n
  attention full { heads = 32 }
  attention local { heads = 32, window = 4096 tokens }
  layers { 0..2 = [full, dense], 3..7 by 2 = local }
}
layer drawn {
  operator norm { kind = norm, input = [4096], output = [n, 4096] }
  input -> norm -> output
}
deployment pooled extends proposed {
  model = second
  gpus = [0..3, 5]
  pool prefill { gpus = 0..1 }
  pool decode { gpus = 2..3 }
  prefill -> decode
  expert 0..3 of layer 2 on gpu 5
}
`;

const text = readFileSync(join(root, 'examples/deployment-analysis.moeplan'), 'utf8') + MORE;
const uri = `${WORKSPACE}main.moeplan`;
const cache = new Cache();

function errors(changed: string): number {
  const { diagnostics } = analyse(uri, memorySources(new Map([[uri, changed]]), catalog), cache);
  return diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
}

test('one mistake is one finding: with any one token left out or one word mistyped', () => {
  expect(errors(text)).toBe(0);
  const counts: number[] = [];
  for (const { kind, start, end } of tokenize(text)) {
    if (kind === 'line-comment' || kind === 'block-comment') continue;
    counts.push(errors(text.slice(0, start) + text.slice(end)));
    if (kind === 'word' && end - start > 2) counts.push(errors(text.slice(0, start + 1) + text.slice(start + 2)));
  }
  expect(counts.length).toBeGreaterThan(500);
  // More than one where a definition loses its name and several places use it, and where a header becomes a comment.
  expect(counts.filter((count) => count > 1).length / counts.length).toBeLessThan(0.03);
  expect(Math.max(...counts)).toBeLessThanOrEqual(5);
});

describe('a mistake silences what follows from it, in its own block alone', () => {
  const found = (changed: string) => {
    const { diagnostics } = analyse(uri, memorySources(new Map([[uri, changed]]), catalog), cache);
    return diagnostics.flatMap(({ severity, rule, span }) =>
      severity === 'error' ? [`${rule} ${changed.slice(span.start, span.end)}`] : [],
    );
  };

  test.each([
    [
      'a word on a line that lacks a comma',
      'cluster c2 { gpu = H100, count = 1 }\ncluster c4 { gpu = H100 count = 8 }',
      ['unresolved-name H100', 'unexpected-token count'],
    ],
    [
      'the same in the other order, over several lines',
      'cluster c4 {\n  gpu = H100 count = 8\n}\ncluster c2 {\n  gpu = H100\n}',
      ['unexpected-token count', 'unresolved-name H100'],
    ],
    [
      'a name in two words',
      'cluster c { gpu = H100 SXM node = DGX }\ncluster d { gpu = SXM }',
      ['unexpected-token SXM', 'unresolved-name SXM'],
    ],
    [
      'a stage without its keyword',
      'deployment a {\n  front { layers = 0..1 }\n  front -> back\n  stage back { }\n}\ndeployment b {\n  front -> back\n  stage back { }\n}',
      [
        'missing-property deployment a',
        'missing-property deployment b',
        'unknown-block front',
        'unresolved-name front',
      ],
    ],
    [
      'a stage without a name',
      'deployment a extends z {\n  stage { layers = 0..1 }\n  front -> back\n}\ndeployment z {\n  front -> back\n}',
      ['unexpected-token stage', 'missing-property deployment z', 'unresolved-name front', 'unresolved-name back'],
    ],
  ])('%s', (_, changed, expected) => {
    expect(found(changed).toSorted()).toEqual(expected.toSorted());
  });

  test.each([
    [
      'a block that extends the broken one',
      'deployment a { stage front x { } }\ndeployment b extends a { front -> x }',
    ],
    ['a header that could not be read', 'cluster two nodes { gpu = H100-SXM }\ncluster c extends nodes { }'],
    ['a block that lacks the brace before it', 'model a {\n  layers = 2\n  model b { }\nmodel c extends b { }'],
  ])('%s has no second finding of a name', (_, changed) => {
    expect(found(changed).filter((each) => each.startsWith('unresolved-name'))).toEqual([]);
  });
});
