import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCsv } from '../../scripts/accuracy/csv.ts';
import { scoreModels } from '../../scripts/accuracy/models.ts';
import { MIXTURES } from '../plan/configs/mixtures.ts';

const published = join(import.meta.dirname, '../../scripts/accuracy/published');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-models-'));
  mkdirSync(join(folder, 'models'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(rows: readonly string[], configs: Readonly<Record<string, unknown>> = {}): void {
  writeFileSync(join(folder, 'models.csv'), ['model,total_params_exact,basis', ...rows, ''].join('\n'));
  for (const [name, config] of Object.entries(configs)) {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    writeFileSync(join(folder, 'models', `${name}.json`), text);
  }
}

const dots = MIXTURES.find(({ name }) => name === 'dots.llm1');

describe('models of a folder', () => {
  test('are counted from its config on the stated basis', () => {
    const config = { ...dots?.config, num_nextn_predict_layers: 1 };
    write(['new-model,142774381696,main', 'new-model,142774381697,', 'new-model,1,all_logical'], {
      'new-model': config,
    });
    const scored = scoreModels(folder) ?? [];
    expect(scored.map(({ outcome }) => outcome)).toEqual(['exact', 'wrong', 'wrong']);
    expect(scored[2]?.counted).toBeGreaterThan(142_774_381_696);
  });

  test('with no config are looked up in the catalogue, in whichever file of it', () => {
    write(['Mixtral-8x7B,46702792704,main', 'org/Jamba-v0.1,51570323328,main', 'nowhere,1,main']);
    expect(scoreModels(folder)?.map(({ outcome }) => outcome)).toEqual(['exact', 'exact', 'refused']);
  });

  test('without an exact total are not scored', () => {
    write(['Mixtral-8x7B,,main', 'DBRX,132B,main']);
    expect(scoreModels(folder)).toEqual([]);
  });

  test('that cannot be counted are refused with a reason, whatever the file holds', () => {
    write(['strange,1,main', 'broken,1,main', 'list,1,main', 'Mixtral-8x7B,1,main+lora', 'DeepSeek-V3,1,all_logical'], {
      strange: { ...dots?.config, hyper_connections: 4 },
      broken: '{ "model_type": ',
      list: [1],
    });
    const scored = scoreModels(folder) ?? [];
    expect(scored.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'refused'));
    expect(scored[0]?.reason).toMatch(/^config-not-understood: .*`hyper_connections`/);
    expect(scored[1]?.reason).toContain('config-not-json');
    expect(scored[2]?.reason).toMatch(/^config-not-understood: .*model_type/);
    expect(scored[3]?.reason).toContain('lora');
    expect(scored[4]?.reason).toContain('prediction modules');
  });

  test('a folder without the table has none', () => expect(scoreModels(folder)).toBeUndefined());
});

describe('the tables of published figures', () => {
  test.each(['models', 'serving', 'training', 'memory'])('%s: at least 30 rows, each with its source', (name) => {
    const rows = readCsv(join(published, `${name}.csv`)) ?? [];
    expect(rows.length).toBeGreaterThanOrEqual(30);
    for (const row of rows) expect(row.source?.trim(), JSON.stringify(row)).not.toBe('');
  });

  test('their models are all counted to the integer', () => {
    const scored = scoreModels(published) ?? [];
    expect(scored.filter(({ outcome }) => outcome !== 'exact')).toEqual([]);
    expect(scored.length).toBeGreaterThan(40);
  });
});
