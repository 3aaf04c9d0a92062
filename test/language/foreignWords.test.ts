import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../server/src/language/cache.ts';
import type { Fix } from '../../server/src/language/diagnostic.ts';
import { analyse, languageDiagnostics } from '../../server/src/language/program.ts';
import { blocksNamed, propertySpec } from '../../server/src/language/vocabulary/vocabulary.ts';
import { DIALECTS, plainWord } from '../../server/src/language/vocabulary/words/foreign.ts';
import { FOREIGN_WORDS, meaningOf } from '../../server/src/language/vocabulary/words/index.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { deployment, PHRASES, phrases, planWith } from '../support/phrases.ts';
import { memorySources } from '../support/sources.ts';

const uri = 'file:///plan.moeplan';
// The catalogue is read once.
const cache = new Cache();

function findings(text: string) {
  const program = analyse(uri, catalogSources(new Map([[uri, text]])), cache);
  const analysis = program.analyses.get(uri);
  return (analysis ? languageDiagnostics(analysis) : []).filter(({ severity }) => severity === 'error');
}

function applied(text: string, fix: Fix): string {
  return fix.edits
    .toSorted((left, right) => right.span.start - left.span.start)
    .reduce((all, { span, text: inserted }) => all.slice(0, span.start) + inserted + all.slice(span.end), text);
}

/** What is said of a phrase at a place, and what comes of it. */
function outcome(place: string, phrase: string): string[] {
  const text = planWith(place, phrase);
  const said = findings(text);
  const lines = said.map(({ message }) => `  ${message}`);
  const fix = said.flatMap(({ fixes = [] }) => fixes)[0];
  if (!fix) return lines;
  const after = applied(text, fix);
  const before = new Set(text.split('\n'));
  const changed = after.split('\n').filter((line) => !before.has(line) && line.trim() !== '');
  return [
    ...lines,
    `  -> ${changed.map((line) => line.trim()).join(' / ') || '(removed)'}`,
    ...findings(after).map(({ message }) => `  left: ${message}`),
  ];
}

const outcomes = phrases.map(({ place, phrase }) => ({ title: `${place}: ${phrase}`, lines: outcome(place, phrase) }));

test('what engineers bring is understood', () => {
  const actual = phrases
    .map(({ place, phrase }) => [`${place}: ${phrase}`, ...outcome(place, phrase)].join('\n'))
    .join('\n\n');
  if (process.env.UPDATE === '1') writeFileSync(PHRASES, `${actual}\n`);
  else expect(`${actual}\n`).toBe(readFileSync(PHRASES, 'utf8'));
  expect(phrases.length).toBeGreaterThanOrEqual(100);
});

test('no phrase is answered by a long list', () => {
  for (const { lines } of outcomes) for (const line of lines) expect(line.split('`').length, line).toBeLessThan(26);
});

describe('the table of words', () => {
  test('leads to what there is', () => {
    for (const row of FOREIGN_WORDS)
      for (const home of row.homes)
        expect(
          blocksNamed(home.block).some((block) => propertySpec(block, home.property)),
          `${home.block}.${home.property}`,
        ).toBe(true);
  });

  test('says why where there is no place', () => {
    for (const row of FOREIGN_WORDS) if (row.homes.length === 0) expect(row.note).toBeDefined();
  });

  test('tells one word from another by the place', () => {
    expect(meaningOf('num_nextn_predict_layers', ['model', 'file'])?.places[0]?.property.name).toBe('mtp');
    expect(meaningOf('num_nextn_predict_layers', ['engine', 'deployment', 'file'])?.places[0]?.property.name).toBe(
      'speculative-tokens',
    );
  });

  test('understands a word however it is written', () => {
    for (const row of FOREIGN_WORDS) {
      for (const word of DIALECTS.flatMap((dialect) => row.words[dialect] ?? [])) {
        const plain = plainWord(word);
        const camel = plain.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
        for (const form of [word, `--${plain}`, plain.replaceAll('-', '_'), camel])
          expect(meaningOf(form, ['file']), form).toBeDefined();
      }
    }
  });
});

test('a plan without the catalogue is not helped by its names', () => {
  const text = deployment('').replace('Qwen3-8B', 'Nowhere/Nothing');
  const program = analyse(uri, memorySources(new Map([[uri, text]])));
  expect(program.diagnostics.map(({ message }) => message)).toContainEqual(
    'there is no model named `Nowhere/Nothing`; define it with `model Nothing from "config.json"` or `model Nothing { … }`, or import the file that does',
  );
});
