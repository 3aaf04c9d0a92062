import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkpointCounts, scoreCheckpoints } from '../../scripts/accuracy/checkpoints.ts';
import { checkpointsSection } from '../../scripts/accuracy/checkpointsReport.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-checkpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Llama of two layers. Embedding and head have 2 x 1000 x 64 parameters, the rest 2 x 45,184 + 64. */
const CONFIG = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  vocab_size: 1000,
  tie_word_embeddings: false,
};
const LAYER = 4 * 64 * 64 + 3 * 64 * 128 + 2 * 64;
const TOTAL = 2 * 1000 * 64 + 2 * LAYER + 64;

function write(rows: readonly string[], configs: Readonly<Record<string, object | string>>): void {
  const header = 'folder,expect,parameters,weight_bytes,kv_bytes_per_token,why,config_source';
  writeFileSync(join(folder, 'checkpoints.csv'), [header, ...rows, ''].join('\n'));
  for (const [name, config] of Object.entries(configs)) {
    mkdirSync(join(folder, 'checkpoints', name), { recursive: true });
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    writeFileSync(join(folder, 'checkpoints', name, 'config.json'), text);
  }
}

function scored() {
  return scoreCheckpoints(folder) ?? [];
}

describe('checkpoints of a folder', () => {
  test('each figure is exact, wrong or refused, and an empty one is not scored', () => {
    write([`good,read,${TOTAL},${2 * TOTAL},512,,`, `bad,read,1,,,,`, `unread,read,1,1,1,,`, `open,read,,,,,`], {
      good: CONFIG,
      bad: CONFIG,
      unread: { model_type: 'unheard-of' },
      open: CONFIG,
    });
    expect(checkpointCounts(scored())).toEqual({
      n: 4,
      covered: 3,
      parameters: { exact: 1, refused: 1, wrong: 1 },
      weightBytes: { exact: 1, refused: 1, wrong: 0 },
      kvBytes: { exact: 1, refused: 1, wrong: 0 },
      expect: { right: 3, wrong: 1 },
    });
  });

  test('a size is compared at its last written digit', () => {
    const bytes = 2 * TOTAL;
    const rounded = Math.round(bytes / 1000) * 1000;
    write([`near,read,,${rounded},,,`, `far,read,,${rounded + 1000},,,`], { near: CONFIG, far: CONFIG });
    expect(scored().map(({ figures }) => figures.weightBytes?.outcome)).toEqual(['exact', 'wrong']);
  });

  test('a refusal is right only if it names a field of the file', () => {
    write(['named,named,,,,,', 'other,named,,,,,', 'plain,named,,,,,'], {
      named: { ...CONFIG, twist: 3 },
      other: { ...CONFIG, model_type: 'unheard-of' },
      plain: CONFIG,
    });
    expect(scored().map(({ isAsExpected }) => isAsExpected)).toEqual([true, false, false]);
  });

  test('where a field may be named or read, a reading is right too', () => {
    write(
      ['plain,named,,,,a field that must be named or read,', 'named,named,,,,a field that must be named or read,'],
      {
        plain: CONFIG,
        named: { ...CONFIG, twist: 3 },
      },
    );
    expect(scored().map(({ isAsExpected }) => isAsExpected)).toEqual([true, true]);
  });

  test('a row that cannot be read is counted and explained', () => {
    write(['cut off,read', 'nowhere,read,,,,,', 'broken,read,,,,,', 'odd,perhaps,,,,,'], { broken: '{', odd: CONFIG });
    const found = scored();
    expect(found.map(({ isAsExpected }) => isAsExpected)).toEqual([false, false, false, false]);
    expect(found.map(({ reason }) => reason?.split(':')[0])).toEqual([
      'the row has 2 cells, the header 7 cells',
      'import-not-found',
      'config-not-json',
      'the row cannot be scored',
    ]);
  });

  test('a folder without the table has none', () => expect(scoreCheckpoints(folder)).toBeUndefined());

  test('the page has the worst family first', () => {
    write([`right,read,${TOTAL},,,,`, 'new,read,,,,,', 'wrong,read,1,,,,'], {
      right: { ...CONFIG, model_type: 'mistral' },
      new: { model_type: 'unheard-of' },
      wrong: CONFIG,
    });
    const lines = checkpointsSection(scored()).split('\n');
    const families = lines.flatMap((line) => /^\| (mistral|llama|unheard-of) /.exec(line)?.[1] ?? []);
    expect(families).toEqual(['llama', 'unheard-of', 'mistral']);
    expect(lines.find((line) => line.startsWith('| wrong |'))).toContain(
      `wrong: ${TOTAL.toLocaleString('en-US')} for 1`,
    );
  });
});
