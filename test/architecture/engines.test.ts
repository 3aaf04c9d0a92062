import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { ENGINE_NAMES } from '../../server/src/language/vocabulary/engine.ts';

const root = join(import.meta.dirname, '../..');

/** Where an engine may be asked for by its name: what its name is, and what is true of it. */
const HOMES = ['server/src/language/vocabulary/', 'server/src/engines/'];

const names = ENGINE_NAMES.join('|');
/** A comparison with an engine's name, a case of a switch, or a look into a list of names. */
const ASKED = new RegExp(
  `(?:[!=]==?|\\bcase)\\s*'(?:${names})'|'(?:${names})'\\s*[!=]==?|'(?:${names})'[^\\n]*\\]\\.includes\\(`,
);

function sources(folder: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')] as const;
    });
}

test('nobody asks for an engine by its name: what it does unlike others stands in its profile', () => {
  const product = [...sources('server/src'), ...sources('client')];
  expect(product.length).toBeGreaterThan(50);
  const asking = product.filter(([path, text]) => ASKED.test(text) && !HOMES.some((home) => path.startsWith(home)));
  expect(asking.map(([path]) => path)).toEqual([]);
});

test.each([
  "if (engine.name === 'vllm') return 2;",
  "return 'trt-llm' !== name;",
  "case 'torchtitan':",
  "['megatron', 'torchtitan'].includes(name)",
])('`%s` is caught', (text) => expect(ASKED.test(text)).toBe(true));

test.each(["import { vllm } from './vllm.ts';", "decodeSet(family, latent, width, 'trt-llm')", "kernel === 'flash'"])(
  '`%s` is allowed',
  (text) => expect(ASKED.test(text)).toBe(false),
);
