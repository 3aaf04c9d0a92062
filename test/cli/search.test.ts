import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folderWith } from '../support/folders.ts';
import { shippedReader } from '../support/schemas.ts';
import { moeplan } from './moeplan.ts';

const PLAN = `
cluster machines { node = DGX-H200, count = 4 }
workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 256 }
deployment served { model = DeepSeek-V3, cluster = machines, workload = chat, gpus = 0..7, parallel { tp = 8 }, engine { name = sglang } }
search best {
  base = served
  vary { gpus = [8, 16, 32], tp = [4, 8], dp = all, ep = all, replicas = [1, 2], concurrency = [64, 256] }
  require { tpot <= 100 ms }
}
search nothing { base = served, vary { tp = [8] }, require { ttft <= 1 us } }
search wrong { base = served, vary { micro-batch = [1] } }
`;

interface Answer {
  readonly proved: boolean;
  readonly decided: { readonly plans: number; readonly refused: number; readonly bounded: number };
  readonly ranked: readonly {
    readonly plan: string;
    readonly values: Readonly<Record<string, number>>;
    readonly overBase: { readonly low: number; readonly middle: number; readonly high: number } | null;
  }[];
  readonly front: readonly { readonly values: Readonly<Record<string, number>> }[];
  readonly fallen: readonly { readonly count: number }[];
}

const read = shippedReader<Answer>('search');

describe('moeplan search', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moeplan-search-'));
  const file = join(folder, 'plan.moeplan');
  writeFileSync(file, PLAN);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const json = moeplan(['search', file, 'best', '--format', 'json']);
  const answer = read(json.out);

  test('prints JSON by its schema, in which every plan is accounted for and keeps the bounds', () => {
    expect(json.code).toBe(0);
    const { plans, refused, bounded } = answer.decided;
    expect(answer.fallen.reduce((sum, { count }) => sum + count, 0)).toBe(refused);
    expect(plans).toBeGreaterThan(refused + bounded);
    expect(answer.ranked.length).toBeGreaterThan(3);
    for (const { values } of [...answer.ranked, ...answer.front]) expect(values.tpot).toBeLessThanOrEqual(0.1);
  });

  test('ranks by the lower edge of the comparison with the base', () => {
    const lows = answer.ranked.map(({ overBase }) => overBase?.low ?? Number.NaN);
    expect(lows).toEqual(lows.toSorted((left, right) => right - left));
    for (const { overBase } of answer.ranked) expect(overBase?.low).toBeLessThanOrEqual(overBase?.middle ?? 0);
    expect(answer.ranked.some(({ overBase }) => overBase && overBase.low < overBase.middle)).toBe(true);
  });

  test('the text names the same first plan, what it is over the base, and why others fell', () => {
    const { out } = moeplan(['search', file, 'best']);
    const row = out.split('\n').find((line) => line.startsWith('1 ')) ?? '';
    expect(row).toContain(answer.ranked[0]?.plan);
    expect(out).toMatch(/\nbase .*served\n/);
    expect(out).toContain('do not fit into memory');
    expect(out).toMatch(/\n {2}tp: .* behind/);
  });

  test('writes plans that the file takes, and CSV with a row for each', () => {
    const written = moeplan(['search', file, 'best', '--format', 'moeplan', '--limit', '2']).out;
    const whole = folderWith({ 'plan.moeplan': `${PLAN}${written}` });
    expect(moeplan(['check', join(whole, 'plan.moeplan')]).out).not.toMatch(/best-[12].*error\[/);
    const compared = moeplan(['inspect', join(whole, 'plan.moeplan'), '--deployment', 'best-1']);
    expect(compared.code).toBe(0);
    expect(compared.out).toContain('"best-1"');
    const csv = moeplan(['search', file, 'best', '--format', 'csv', '--limit', '3']).out.split('\r\n');
    expect(csv[0]).toMatch(/^rank,throughput,throughput-per-gpu,/);
    expect(csv[1]).toMatch(/^1,/);
    expect(csv.filter((line) => line.startsWith('front,'))).toHaveLength(answer.front.length);
  });

  test('shards merged in any order are the same bytes, and parts of them are no answer', () => {
    const shards = [1, 2, 3].map((share) => join(folder, `shard-${share}.json`));
    for (const [index, output] of shards.entries())
      expect(moeplan(['search', file, 'best', '--shard', `${index + 1}/3`, '-o', output]).code).toBe(0);
    const merged = moeplan(['search', file, 'best', '--format', 'json', '--merge', ...shards.toReversed()]);
    expect(merged.out).toBe(json.out);
    const part = moeplan(['search', file, 'best', '--merge', ...shards.slice(1)]);
    expect(part.code).toBe(2);
    expect(part.err).toContain('16 of 48 parts of the search are missing');
    const other = folderWith({ 'plan.moeplan': PLAN.replace('count = 4', 'count = 5') });
    const foreign = moeplan(['search', join(other, 'plan.moeplan'), 'best', '--merge', ...shards]);
    expect(foreign.err).toContain('is a shard of another search');
    expect(readFileSync(shards[0] ?? '', 'utf8')).toContain('"parts"');
  });

  test('a search of which no plan holds says which bound empties it, and ends with 1', () => {
    const { code, out } = moeplan(['search', file, 'nothing']);
    expect(code).toBe(1);
    expect(out).toContain('break what `require` says of `ttft`');
  });

  test.each([
    [['wrong'], '`micro-batch` is of training'],
    [['bst'], 'did you mean `best`?'],
    [[], 'has several searches: name one; it has best, nothing, wrong, served'],
  ])('%j cannot be run, and says why', (names, why) => {
    const { code, err } = moeplan(['search', file, ...names]);
    expect(code).toBe(2);
    expect(err).toContain(why);
  });

  test('of a deployment the usual degrees are tried on the same GPUs', () => {
    const { code, out } = moeplan(['search', file, 'served', '--limit', '1', '--format', 'json']);
    expect(code).toBe(0);
    expect(read(out).ranked[0]?.values['gpus-used']).toBe(8);
  });
});
