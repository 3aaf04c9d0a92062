import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';

const server = join(import.meta.dirname, '../../server/src');

/** The two files that tell classes of attention apart: everything else asks a shape or a profile. */
const DISPATCHERS = ['cost/attention/index.ts', 'plan/attention.ts'];

/** Feed-forward networks and hand-drawn operators have kinds of their own, and share the words `none` and `linear`. */
const ASKS_FOR_KIND = /\bkind\s*[!=]==\s*'(?:gqa|mla)'|\bcase '(?:gqa|mla)'|\battention\??\.kind\b/;

test('the kind of attention is asked for where shapes and profiles are made, and nowhere else', () => {
  const asking = readdirSync(server, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && ASKS_FOR_KIND.test(readFileSync(join(server, path), 'utf8')))
    .map((path) => path.split(sep).join('/'));
  expect(asking.toSorted()).toEqual(DISPATCHERS);
});
