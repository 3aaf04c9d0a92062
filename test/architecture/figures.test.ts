import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMULAS } from '../../server/src/cost/figures/formulas.ts';
import { importsOf, targetOf } from './arrows.ts';

/** Every number shown is a figure: who writes numbers without one, and who makes figures. */

const root = join(import.meta.dirname, '../..');

const NUMBERS = 'server/src/cost/numbers.ts';

/** Files that write numbers which are no figures, and why. A folder stands for its files. */
const WITHOUT_FIGURE: Readonly<Record<string, string>> = {
  'server/src/cost/format.ts': 'makes text of figures',
  'server/src/cost/figures/claims.ts': 'repeats what a claim states, in the unit of its figure',
  'server/src/services/hover/quantity.ts': 'writes a number of the text in other units',
  'server/src/services/hover/name.ts': 'repeats the value of a constant, and the memory that a GPU states',
  'server/src/services/facts.ts': 'repeats what a GPU or a node of the catalogue states',
  'server/src/services/differences/properties.ts': 'repeats what two texts state',
  'server/src/services/differences/graph.ts': 'repeats sizes of axes, which are counts',
  'client/preview/curves/': 'marks axes',
  'client/preview/search/': 'marks axes',
  'client/preview/memory/': 'marks an axis',
  'client/preview/timeline/': 'places passes and waits on an axis, of which messages carry the ends alone',
  'client/preview/traffic/': 'adds up the cells that a reader chooses, of which messages carry the flows alone',
};

const ROUNDS: Readonly<Record<string, string>> = {
  'server/src/cost/format.ts': 'makes text of figures',
  'server/src/engines/deepep/rules/deepep-buffer-limit.ts': 'states the limit of a library, below `cost`',
  'server/src/engines/memory.ts': 'writes lines of a log as the engine does',
  'server/src/engines/sglang/memory.ts': 'writes lines of a log as the engine does',
  'server/src/engines/trt-llm/memory.ts': 'writes lines of a log as the engine does',
  'server/src/engines/vllm/log.ts': 'writes lines of a log as the engine does',
  'server/src/plan/rules/expert-load-uneven.ts':
    'states how uneven the stated loads are, a ratio of counts, below `cost`',
  'server/src/plan/rules/tp-across-nodes.ts': 'repeats the bandwidth that a node states, below `cost`',
  'server/src/services/facts.ts': 'repeats what a GPU or a node of the catalogue states',
  'server/src/services/hover/model.ts': 'repeats how many tokens attention keeps',
  'server/src/services/outputs/report.ts': 'repeats the length of sequences',
};

/** Where figures are made: beside what is computed. */
const MAKERS = ['server/src/cost/figures/'];

const files: readonly (readonly [path: string, text: string])[] = ['server/src', 'client'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')] as const;
    }),
);

function importersOf(target: string): readonly string[] {
  return files.flatMap(([path, text]) =>
    importsOf(text).some(({ specifier }) => specifier.startsWith('.') && targetOf(path, specifier) === target)
      ? [path]
      : [],
  );
}

const isOf = (place: string) => (path: string) => (place.endsWith('/') ? path.startsWith(place) : path === place);

describe('numbers', () => {
  test('are written as figures, but for what repeats the text or counts', () => {
    const allowed = Object.keys(WITHOUT_FIGURE);
    expect(importersOf(NUMBERS).filter((path) => !allowed.some((place) => isOf(place)(path)))).toEqual([]);
  });

  test('no exception stands for nobody', () => {
    const importers = importersOf(NUMBERS);
    expect(Object.keys(WITHOUT_FIGURE).filter((place) => !importers.some(isOf(place)))).toEqual([]);
  });

  test('are never rounded into an amount beside the modules that write them, but for what repeats the text', () => {
    const units = String.raw`(?:[KMGT]i?B|[kKMGTPE]?FLOP|[mun]?s|tokens|requests|x|times)\b|%`;
    const amount = new RegExp(
      String.raw`(?:Math\.round\(|\.to(?:Fixed|Precision|LocaleString)\()[^\`}]*\} ?(?:${units})`,
    );
    const rounding = files.filter(([path, text]) => path.startsWith('server/') && amount.test(text));
    expect(rounding.map(([path]) => path).sort()).toEqual(Object.keys(ROUNDS).sort());
  });
});

describe('figures', () => {
  test('are made beside what is computed, by a formula of the table', () => {
    const makers = importersOf('server/src/cost/figures/make.ts');
    expect(makers.filter((path) => !MAKERS.some((place) => isOf(place)(path)))).toEqual([]);
    const literal = /\bunit: '[^']+',\s*formula:/;
    expect(files.filter(([, text]) => literal.test(text)).map(([path]) => path)).toEqual([]);
  });

  test('every formula has a summary and a source', () => {
    for (const [name, { summary, source }] of Object.entries(FORMULAS)) {
      expect(summary, name).toMatch(/^[A-Z].*\.$/);
      expect(source, name).not.toBe('');
    }
  });
});
