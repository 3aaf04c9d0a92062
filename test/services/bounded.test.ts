import { expect, test } from 'vitest';
import { KnownTexts } from '../../server/src/host/knownTexts.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { largePlan } from '../support/largePlan.ts';

const URI = `${WORKSPACE}main.moeplan`;
const text = largePlan(120);

/** As a person types: a name letter by letter, a block and its end, a number here and one there. */
function versions(count: number): string[] {
  const at = (index: number) => text.indexOf('\n', (index * 7919) % (text.length - 1)) + 1;
  return Array.from({ length: count }, (_, index) => {
    const typed = ['model extra-', 'let constant-', '// note ', 'workload w', '}'][index % 5] ?? '';
    return `${text.slice(0, at(index))}${typed}${index}\n${text.slice(at(index))}`;
  });
}

test('what is held after any number of edits is what is held after opening the last text', () => {
  const cache = new AnalysisCache();
  const check = (version: string, kept: AnalysisCache) =>
    diagnose(analyseDocument(URI, catalogSources(new Map([[URI, version]])), kept));
  for (const version of versions(300)) check(version, cache);
  const fresh = new AnalysisCache();
  // Twice, since what the last analysis did not meet again is let go with the next one.
  for (const version of [text, `${text}\n`, text]) {
    check(version, cache);
    check(version, fresh);
  }
  expect(cache.language.size).toBeLessThanOrEqual(fresh.language.size);
  expect(fresh.language.size).toBeGreaterThan(0);
});

test('paths that led nowhere while they were typed are forgotten; files are not', () => {
  const texts = new KnownTexts();
  texts.set('file:///there', { text: 'text' });
  for (let index = 0; index < 5_000; index++) texts.set(`file:///missing-${index}`, undefined);
  expect(texts.size).toBeLessThanOrEqual(1_001);
  expect(texts.get('file:///there')).toBe('text');
  expect([texts.has('file:///missing-4999'), texts.has('file:///missing-0')]).toEqual([true, false]);
});
