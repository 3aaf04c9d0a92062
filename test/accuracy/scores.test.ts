import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { scoreDeployments } from '../../scripts/accuracy/deployments.ts';
import { scoreMemory } from '../../scripts/accuracy/memory.ts';
import type { ScoredRow } from '../../scripts/accuracy/rows.ts';
import { scoreRuns } from '../../scripts/accuracy/runs.ts';
import { scoreServing } from '../../scripts/accuracy/serving.ts';
import { scoreTable } from '../../scripts/accuracy/statistics.ts';
import { scoreTraining } from '../../scripts/accuracy/training.ts';

const published = join(import.meta.dirname, '../../scripts/accuracy/published');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folderOf(file: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'moeplan-scores-'));
  folders.push(folder);
  writeFileSync(join(folder, file), content);
  return folder;
}

const TABLES: readonly (readonly [string, (folder: string) => readonly ScoredRow[] | undefined])[] = [
  ['serving.csv', scoreServing],
  ['training.csv', scoreTraining],
  ['memory.csv', scoreMemory],
  ['deployments.csv', scoreDeployments],
  ['runs.csv', scoreRuns],
];

/** Columns of all tables: what one of them does not have is ignored. */
const ROW = {
  id: 'row',
  model: 'Llama-3.1-8B',
  gpu: 'H100',
  engine: 'vllm',
  trust: 'A',
  kind: 'measured',
  quantity: 'peak',
  phase: 'decode',
  input_len: '1000',
  output_len: '100',
  concurrency: '8',
  tpot_ms: '10',
  ttft_ms: '100',
  iteration_s: '3',
  value_gib: '40',
  output_tps_per_gpu: '900',
  num_gpus: '8',
  seq_len: '4096',
  global_batch: '64',
  metric: 'tpot',
  measured: '1',
  plan: 'runs/none.moeplan',
};

const HOSTILE: readonly Partial<Record<keyof typeof ROW, string>>[] = [
  { model: 'no-such-model' },
  { gpu: 'Z9000' },
  { engine: 'unheard-of' },
  { model: '' },
  { gpu: '' },
  { input_len: 'NaN', seq_len: 'NaN' },
  { concurrency: '-3', global_batch: '-64' },
  { num_gpus: '1e99' },
  { seq_len: '0', input_len: '0' },
  { model: 'x } model y { layers = 3' },
];

describe('tables that nobody checked', () => {
  for (const [file, score] of TABLES) {
    test(`${file}: every row is predicted or says why not`, () => {
      for (const change of HOSTILE) {
        const row = { ...ROW, ...change };
        const rows = score(folderOf(file, `${Object.keys(row).join(',')}\n${Object.values(row).join(',')}\n`)) ?? [];
        for (const one of rows) {
          const isPredicted = one.predicted !== undefined && Number.isFinite(one.predicted);
          expect(isPredicted || (one.reason ?? '') !== '', `${file} ${JSON.stringify(change)}`).toBe(true);
        }
      }
    });
    test(`${file}: empty, without its columns, or not there`, () => {
      expect(score(folderOf(file, ''))).toEqual([]);
      for (const row of score(folderOf(file, 'colour\nblue\n')) ?? []) expect(row.reason).toBeTruthy();
      expect(score(folderOf('other.csv', ''))).toBeUndefined();
    });
  }
});

describe('weights of a quantised checkpoint', () => {
  // 70,553,706,496 parameters, 2 x 1,050,673,152 of them in embedding and head, 655,360 or so in norms.
  test.each([
    ['BF16', 2 * 70.554],
    ['FP8', 68.452 + 2 * 2.101],
    ['FP8 block', 68.452 * (1 + 4 / 128 ** 2) + 2 * 2.101],
    ['INT4 (AWQ)', 68.452 * 0.5625 + 2 * 2.101],
  ])('%s', (type, gigabytes) => {
    const header = 'id,kind,model,gpu,num_gpus,phase,quantity,value_gib,weights_dtype,tp,pp,engine';
    const row = `one,measured,Llama-3.1-70B,H200,1,inference,weights per GPU (rank 0),70,${type},1,1,vLLM`;
    const [one] = scoreMemory(folderOf('memory.csv', `${header}\n${row}\n`)) ?? [];
    expect((one?.predicted ?? 0) / 1e9).toBeCloseTo(gigabytes, 1);
  });
});

/**
 * What is reached on the project's own small tables, with a small margin: an absolute error at most, rows at least. Serving by
 * its median: one run, of Qwen3-32B on GB200, makes up most of its mean.
 */
const FLOORS: Readonly<Record<string, readonly ['tpot' | 'step' | 'bytes', 'mean' | 'median', number, number]>> = {
  'serving.csv': ['tpot', 'median', 0.12, 36],
  'training.csv': ['step', 'mean', 0.069, 30],
  'memory.csv': ['bytes', 'mean', 0.045, 27],
};

describe('published figures are predicted no worse than they were', () => {
  for (const [file, score] of TABLES) {
    const floor = FLOORS[file];
    if (!floor) continue;
    test(file, () => {
      const [metric, statistic, most, covered] = floor;
      const table = scoreTable(score(published) ?? []);
      expect(table.covered).toBeGreaterThanOrEqual(covered);
      expect(table.metrics[metric]?.[statistic]).toBeLessThanOrEqual(most);
    });
  }
});

test('the bands of serving say 80 %: about as many of the published figures lie in them', () => {
  const { metrics } = scoreTable(scoreServing(published) ?? []);
  for (const metric of ['tpot', 'ttft']) {
    expect(metrics[metric]?.inBand, metric).toBeGreaterThan(0.68);
    expect(metrics[metric]?.inBand, metric).toBeLessThan(0.95);
  }
});
