import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../server/src/language/cache.ts';
import type { Fix } from '../../server/src/language/diagnostic.ts';
import { analyse, languageDiagnostics } from '../../server/src/language/program.ts';
import { blocksNamed, propertySpec } from '../../server/src/language/vocabulary/vocabulary.ts';
import { checkpointOf } from '../../server/src/language/vocabulary/words/checkpoints.ts';
import { DIALECTS, plainWord } from '../../server/src/language/vocabulary/words/foreign.ts';
import { FOREIGN_WORDS, meaningOf } from '../../server/src/language/vocabulary/words/index.ts';
import { BYTES_PER_ELEMENT } from '../../server/src/plan/model.ts';
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

describe('a checkpoint in other number types than its model', () => {
  const typesIn = (inside: string, id: string) => {
    const text = deployment(inside).replace('Qwen3-8B', id);
    const [fix] = findings(text).flatMap(({ fixes = [] }) => fixes);
    return fix ? { title: fix.title, preferred: fix.preferred, types: typesOf(applied(text, fix)) } : undefined;
  };
  const typesOf = (text: string) => [...text.matchAll(/types \{[^}]*\}/g)].map(([found]) => found);

  test('leaves to a person what the deployment says otherwise', () => {
    expect(typesIn('types { weights = fp8 }', 'Qwen/Qwen3-8B-FP8')).toEqual({
      title: 'Change to `Qwen3-8B`, keeping `weights = fp8`',
      preferred: false,
      types: ['types { weights = fp8 }'],
    });
  });

  test('adds nothing to what the deployment says as well', () => {
    expect(typesIn('types { weights = fp8-block }', 'Qwen/Qwen3-8B-FP8')).toEqual({
      title: 'Change to `Qwen3-8B`',
      preferred: true,
      types: ['types { weights = fp8-block }'],
    });
  });

  test('adds to the types that the deployment has', () => {
    expect(typesIn('types { kv = fp8 }', 'Qwen/Qwen3-8B-FP8')).toEqual({
      title: 'Change to `Qwen3-8B` and write `weights = fp8-block`',
      preferred: true,
      types: ['types { kv = fp8, weights = fp8-block }'],
    });
  });

  test('says what is lost where no type of ours is its format', () => {
    expect(typesIn('', 'unsloth/Qwen3-8B-GGUF')).toEqual({
      title: 'Change to `Qwen3-8B`, without its number types (GGUF)',
      preferred: false,
      types: [],
    });
  });

  test('says what is lost where it cannot be written', () => {
    const text = deployment('')
      .replace('Qwen3-8B', 'Qwen/Qwen3-8B-FP8')
      .replace(/\}\s*$/, '');
    const titles = findings(text).flatMap(({ fixes = [] }) => fixes.map(({ title }) => title));
    expect(titles).toContain('Change to `Qwen3-8B`, without its number types (FP8)');
  });

  test.each([
    ['Qwen/Qwen3-235B-A22B-FP8', 'Qwen3-235B-A22B', 'weights=fp8-block'],
    ['Qwen3-235B-A22B-FP8', 'Qwen3-235B-A22B', 'weights=fp8-block'],
    ['nvidia/Llama-3.1-70B-Instruct-FP8', 'Llama-3.1-70B-Instruct', 'weights=fp8 kv=fp8'],
    ['nvidia/DeepSeek-R1-FP4', 'DeepSeek-R1', 'weights=nvfp4 kv=fp8'],
    ['a/b-NVFP4', 'b', 'weights=nvfp4'],
    ['a/b-FP8-dynamic', 'b', 'weights=fp8-channel'],
    ['a/b-FP8-block', 'b', 'weights=fp8-block'],
    ['amd/b-FP8-KV', 'b', 'weights=fp8 kv=fp8'],
    ['a/b-quantized.w8a8', 'b', 'weights=int8'],
    ['a/b-W8A8-FP8', 'b', 'weights=fp8'],
    ['Qwen/Qwen3-30B-A3B-GPTQ-Int4', 'Qwen3-30B-A3B', 'weights=int4'],
    ['Qwen/Qwen2.5-72B-Instruct-GPTQ-Int8', 'Qwen2.5-72B-Instruct', 'weights=int8'],
    ['a/b-AWQ-4bit', 'b', 'weights=int4'],
    ['a/b-BF16', 'b', 'weights=bf16'],
    ['a/b-MXFP8', 'b', 'weights=mxfp8'],
    ['a/b-W4AFP8', 'b', ''],
    ['a/b-bnb-4bit', 'b', ''],
    ['a/b-Q4_K_M', 'b', ''],
  ])('%s', (id, base, types) => {
    const found = checkpointOf(id);
    expect([found?.base, found?.types.map(({ property, type }) => `${property}=${type}`).join(' ')]).toEqual([
      base,
      types,
    ]);
    for (const { type } of found?.types ?? []) expect(Object.keys(BYTES_PER_ELEMENT)).toContain(type);
  });

  test.each(['Qwen/Qwen3-8B', 'notfp8', 'deepseek-ai/DeepSeek-V3', 'FP8'])('%s names no format', (id) => {
    expect(checkpointOf(id)).toBeUndefined();
  });
});

test('a plan without the catalogue is not helped by its names', () => {
  const text = deployment('').replace('Qwen3-8B', 'Nowhere/Nothing');
  const program = analyse(uri, memorySources(new Map([[uri, text]])));
  expect(program.diagnostics.map(({ message }) => message)).toContainEqual(
    'there is no model named `Nowhere/Nothing`; define it with `model Nothing from "config.json"` or `model Nothing { … }`, or import the file that does',
  );
});
