import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * What a keystroke makes anew is dropped by the next one. V8 drops it in a millisecond only while nothing old holds it
 * (`language/memo.ts`, `test/services/leftBehind.test.ts`), so that two ways of holding are left to those listed here.
 */
const server = join(import.meta.dirname, '../../server/src');

/** What uses weak maps, and why they do no harm. */
const WEAK_MAPS: Readonly<Record<string, string>> = {
  'plan/derive/layouts.ts': 'they go with the layouts of one derivation or one search',
  'plan/huggingFace/quantization/patterns.ts': 'they go with the patterns, which are read once for a config',
};

const sources = readdirSync(server, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('cli'))
  .map((name) => [name.replaceAll('\\', '/'), readFileSync(join(server, name), 'utf8')] as const);

const indentOf = (line: string) => line.length - line.trimStart().length;

/** Getters whose nearest line with less indentation does not open a class. */
function gettersOfLiterals(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.filter((line, index) => {
    if (!/^\s+get \w+\(\)/.test(line)) return false;
    const around = lines.slice(0, index).findLast((other) => other.trim() !== '' && indentOf(other) < indentOf(line));
    return !/\bclass\b|^\) implements|^\{/.test(around ?? '');
  });
}

test('objects with getters are made by classes, since V8 keeps the getters of a literal with its hidden class', () => {
  expect(gettersOfLiterals('  return {\n    get a() {\n')).toHaveLength(1);
  expect(gettersOfLiterals('class A {\n  get a() {\n')).toEqual([]);
  expect(sources.filter(([, text]) => gettersOfLiterals(text).length > 0).map(([name]) => name)).toEqual([]);
});

test('what is kept for objects is kept by `Memo`', () => {
  const weak = sources.filter(([, text]) => /\bnew WeakMap\b/.test(text)).map(([name]) => name);
  expect(weak.toSorted()).toEqual(Object.keys(WEAK_MAPS).toSorted());
});
