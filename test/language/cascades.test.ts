import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
