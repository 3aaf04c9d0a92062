import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../server/src/language/cache.ts';
import type { Fix } from '../../server/src/language/diagnostic.ts';
import { analyse, languageDiagnostics } from '../../server/src/language/program.ts';
import { DIALECTS, plainWord } from '../../server/src/language/vocabulary/words/foreign.ts';
import { FOREIGN_WORDS, meaningOf, placesOfRow } from '../../server/src/language/vocabulary/words/index.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { memorySources } from '../support/sources.ts';

/** What engineers bring, where they write it; under each what is said, what the first fix makes of it, and what is left then. */
const TABLE = join(import.meta.dirname, '../fixtures/words/phrases.txt');

/** Plans with a hole; all else in them is right. */
const PLACES: Readonly<Record<string, string>> = {
  file: '$\n',
  model: 'model m {\n  layers = 4, hidden = 4096\n  $\n}\n',
  attention: 'model m {\n  layers = 4, hidden = 4096\n  attention {\n    $\n  }\n}\n',
  experts: 'model m {\n  layers = 4, hidden = 4096\n  experts {\n    count = 8, top-k = 2, ffn = 64\n    $\n  }\n}\n',
  gpu: 'gpu g {\n  memory = 80 GiB, bandwidth = 3 TB/s, bf16 = 900 TFLOP/s\n  $\n}\n',
  'bare gpu': 'gpu g {\n  $\n}\n',
  node: 'node n {\n  gpu = H100-SXM, gpus = 8, scale-up = 450 GB/s\n  $\n}\n',
  cluster: 'cluster c {\n  node = DGX-H100\n  $\n}\n',
  'bare cluster': 'cluster c {\n  $\n}\n',
  workload: 'workload w {\n  $\n}\n',
  types: 'model m {\n  layers = 4, hidden = 4096\n  types {\n    $\n  }\n}\n',
  deployment: deployment('$'),
  parallel: deployment('parallel {\n    dp = 1\n    $\n  }'),
  engine: deployment('engine {\n    name = vllm\n    $\n  }'),
  expect: deployment('expect {\n    $\n  }'),
  pool: deployment('pool all {\n    $\n  }'),
  'deployment with blocks': deployment('parallel { dp = 1 }\n  engine { name = vllm }\n  $'),
  'model of a deployment':
    'cluster c { node = DGX-H100 }\nworkload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  model = $, cluster = c, workload = w\n}\n',
  'cluster of a deployment':
    'workload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  model = Qwen3-8B, cluster = $, workload = w\n}\n',
};

function deployment(inside: string): string {
  return `cluster c { node = DGX-H100 }\nworkload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  model = Qwen3-8B, cluster = c, workload = w\n  ${inside}\n}\n`;
}

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
  const frame = PLACES[place];
  if (frame === undefined) throw new Error(`no place ${place}`);
  const text = frame.replace('$', () => phrase);
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

const rows = readFileSync(TABLE, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith(' ') && !line.startsWith('#'))
  .map((line) => {
    const at = line.indexOf(': ');
    return { place: line.slice(0, at), phrase: line.slice(at + 2) };
  });

const outcomes = rows.map(({ place, phrase }) => ({ title: `${place}: ${phrase}`, lines: outcome(place, phrase) }));

test('what engineers bring is understood', () => {
  const actual = rows
    .map(({ place, phrase }) => [`${place}: ${phrase}`, ...outcome(place, phrase)].join('\n'))
    .join('\n\n');
  if (process.env.UPDATE === '1') writeFileSync(TABLE, `${actual}\n`);
  else expect(`${actual}\n`).toBe(readFileSync(TABLE, 'utf8'));
  expect(rows.length).toBeGreaterThanOrEqual(100);
});

test('no phrase is answered by a long list', () => {
  for (const { lines } of outcomes) for (const line of lines) expect(line.split('`').length, line).toBeLessThan(26);
});

describe('the table of words', () => {
  test('leads to what there is', () => {
    for (const row of FOREIGN_WORDS)
      for (const home of row.homes)
        expect(
          placesOfRow(row).some(
            ({ block, property }) => block.keyword === home.block && property.name === home.property,
          ),
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
