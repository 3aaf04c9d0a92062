import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScoredRow } from '../../scripts/accuracy/rows.ts';
import { scoreRuns } from '../../scripts/accuracy/runs.ts';
import { scoreJson } from '../../scripts/accuracy/scoreJson.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const deployment = `deployment mine {
  model = Llama-3.1-8B, cluster = machines, workload = load
  gpus = 0..1
  parallel { tp = 2 }
  engine { name = vllm }
}
`;
const cluster = 'cluster machines { node = DGX-H100, count = 1 }\n';
const PLANS: Readonly<Record<string, string>> = {
  'serving.moeplan': `${cluster}workload load { input = 900 tokens, output = 100 tokens, concurrency = 8 }\n${deployment}`,
  'prefill.moeplan': `${cluster}workload load { sequences = 2, length = 4096 tokens }\n${deployment}`,
  'training.moeplan': `${cluster}workload load { length = 2048 tokens, global-batch = 8, micro-batch = 1 }\n${deployment.replace('vllm', 'megatron')}`,
  'broken.moeplan': 'deployment mine { model = nobody',
  'two.moeplan': `${cluster}workload load { sequences = 2, length = 4096 tokens }\n${deployment}${deployment.replace('mine', 'other')}`,
};

const HEADER = 'id,kind,model,gpu,engine,metric,measured,complete,plan,source';

/** A folder with all plans, whose table has these rows of a plan, a metric, a measured figure and whatever differs. */
function rowsOf(...lines: readonly string[]): readonly ScoredRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'moeplan-runs-'));
  folders.push(folder);
  mkdirSync(join(folder, 'runs'));
  for (const [file, text] of Object.entries(PLANS)) writeFileSync(join(folder, 'runs', file), text);
  writeFileSync(join(folder, 'runs.csv'), [HEADER, ...lines, ''].join('\n'));
  const rows = scoreRuns(folder);
  if (!rows) throw new Error('the folder has a table');
  return rows;
}

function row(plan: string, metric: string, measured: number | string, complete = 'A', engine = 'vllm 0.9'): string {
  const source = 'github:someone/measurements@abc docs/page.md';
  return `${plan},serving,Llama-3.1-8B,H100,${engine},${metric},${measured},${complete},runs/${plan}.moeplan,${source}`;
}

describe('runs with plans of their own', () => {
  test('a metric is predicted in the unit of its name', () => {
    const metrics = [
      'throughput',
      'throughput-per-gpu',
      'input-throughput-per-gpu',
      'total-throughput',
      'ttft',
      'tpot',
    ];
    const [all, one, prompts, total, ttft, tpot] = rowsOf(...metrics.map((name) => row('serving', name, 1)));
    expect(one?.predicted).toBeCloseTo((all?.predicted ?? 0) / 2, 6);
    expect(prompts?.predicted).toBeCloseTo(9 * (one?.predicted ?? 0), 6);
    expect(total?.predicted).toBeCloseTo(10 * (all?.predicted ?? 0), 6);
    // Little's law: 8 requests, each there for its first token and 99 more.
    const life = (ttft?.predicted ?? 0) + 99 * (tpot?.predicted ?? 0);
    expect(all?.predicted).toBeCloseTo((8 * 100) / life, 3);
    for (const { band, predicted = 0 } of [one, prompts, ttft, tpot].flatMap((found) => found ?? [])) {
      expect(band?.low).toBeLessThan(predicted);
      expect(band?.high).toBeGreaterThan(predicted);
    }
  });

  test('prompts alone, training and memory', () => {
    const [ttft, rate, step, memory, weights, tokens] = rowsOf(
      row('prefill', 'ttft', 1),
      row('prefill', 'input-throughput-per-gpu', 1),
      row('training', 'step', 1),
      row('training', 'memory-per-gpu', 1),
      row('serving', 'weights-per-gpu', 1),
      row('serving', 'kv-tokens', 1),
    );
    expect(rate?.predicted).toBeCloseTo(4096 / (ttft?.predicted ?? 0), 3);
    expect(step?.predicted).toBeGreaterThan(0.1);
    // 16 bit weights and gradients and fp32 state of 8.03e9 parameters on two GPUs.
    expect(memory?.predicted).toBeGreaterThan(16 * 4.015e9);
    expect((weights?.predicted ?? 0) / 1e9).toBeCloseTo(8.03, 1);
    // 0.9 of 80 GiB less weights, 64 KiB per token and GPU.
    expect(tokens?.predicted).toBeGreaterThan(900_000);
    expect(tokens?.predicted).toBeLessThan(1_060_000);
  });

  test('whatever is not there or not understood is not covered and says why, and the others are scored', () => {
    const rows = rowsOf(
      row('serving', 'tpot', 1),
      row('nowhere', 'tpot', 1),
      row('broken', 'tpot', 1),
      row('two', 'ttft', 1),
      row('serving', 'colour', 1),
      row('prefill', 'kv-tokens', 1),
      row('training', 'ttft', 1),
      row('serving', 'tpot', 'fast'),
      row('serving', 'tpot', -1),
      'cut,off',
      ',,,,,tpot,1,A,,',
      ',,,,,tpot,1,A,runs,',
    );
    const [fine, ...others] = rows;
    expect(fine?.reason).toBeUndefined();
    expect(others.map(({ reason }) => reason)).toEqual([
      'the folder has no plan runs/nowhere.moeplan',
      expect.stringContaining('the plan cannot be computed'),
      'the plan cannot be computed: of its 2 deployments none is called `row`',
      'metric colour is not known',
      expect.anything(),
      'the plan has no ttft',
      'the row has no measured figure',
      'the row has no measured figure',
      'the row has 2 cells, the header 10 cells',
      'the row names no plan',
      'the folder has no plan runs',
    ]);
  });

  test('a folder without the table, and one with an empty table', () => {
    expect(scoreRuns(tmpdir())).toBeUndefined();
    expect(rowsOf()).toEqual([]);
  });

  test('as JSON: by metric over complete rows, with their groups and bands', () => {
    const rows = rowsOf(
      row('serving', 'tpot', 1),
      row('serving', 'tpot', 1, 'B', 'vllm 0.10'),
      row('nowhere', 'tpot', 1, 'B', 'sglang'),
      row('serving', 'ttft', 1, 'C'),
    );
    const { runs } = scoreJson({ tables: { runs: rows } });
    expect(runs).toEqual({
      tpot: expect.objectContaining({ n: 3, covered: 2, inBand: 0, bias: expect.closeTo(-0.99, 1) }),
      by: expect.objectContaining({
        engine: {
          vllm: { tpot: expect.objectContaining({ n: 2, covered: 2 }) },
          sglang: {
            tpot: { n: 1, covered: 0, mean: null, median: null, p90: null, bias: null, inBand: null },
          },
        },
        source: { 'someone/measurements': { tpot: expect.objectContaining({ n: 3 }) } },
        kind: { serving: { tpot: expect.objectContaining({ n: 3 }) } },
      }),
    });
  });
});
