import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const main = join(root, 'scripts/accuracy/main.ts');
const node = join(root, 'node_modules/.bin/node');

type Json = Readonly<Record<string, unknown>>;

function objectAt(value: unknown, ...path: readonly string[]): Json {
  let found = value;
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  if (typeof found !== 'object' || found === null) throw new Error(`nothing at ${path.join('.')}`);
  return Object.fromEntries(Object.entries(found));
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-json-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the command writes for a folder, and what it says on standard error. */
function scored(data: string): { readonly json: Json; readonly errors: string } {
  const file = join(folder, 'new', `${data.replaceAll('/', '-')}.json`);
  const run = spawnSync(node, [main, '--data', data, '--json', file], { cwd: root, encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  return { json: objectAt(JSON.parse(readFileSync(file, 'utf8'))), errors: run.stderr };
}

const ERRORS = ['mean', 'median', 'p90', 'bias'];
const METRICS: Readonly<Record<string, readonly string[]>> = {
  serving: ['tpot', 'ttft'],
  training: ['step'],
  memory: ['bytes'],
  deployments: ['throughput'],
};
const GROUPS = ['model', 'gpu', 'engine'];

/** Exactly these keys, and no others. */
function expectKeys(value: Json, keys: readonly string[]): void {
  expect(Object.keys(value).sort()).toEqual([...keys].sort());
}

function expectTable(value: Json, metrics: readonly string[], more: readonly string[]): void {
  expectKeys(value, ['n', 'covered', ...metrics, ...more]);
  for (const metric of metrics) expectKeys(objectAt(value, metric), ERRORS);
}

/** `by` in each table, unless this is itself what stands below `by`. */
function expectShape({ by, ...tables }: Json, groups: readonly string[]): void {
  const below = groups.length > 0 ? ['by'] : [];
  for (const [name, value] of Object.entries(tables)) {
    if (name === 'models') expectKeys(objectAt(value), ['n', 'exact', 'refused', 'wrong']);
    else if (name === 'kernels') {
      for (const family of Object.values(objectAt(value)))
        expectGroups(family, groups, (score, more) => expectKeys(score, ['n', 'mean', 'median', ...more]));
    } else {
      const metrics = METRICS[name] ?? [];
      expect(metrics, name).not.toEqual([]);
      expectGroups(value, groups, (score, more) => expectTable(score, metrics, more));
    }
  }
  expect(Object.keys({ ...(by !== undefined && { by }) })).toEqual(below);
  if (by === undefined) return;
  expectKeys(objectAt(by), groups);
  for (const key of groups) for (const group of Object.values(objectAt(by, key))) expectShape(objectAt(group), []);
}

function expectGroups(
  value: unknown,
  groups: readonly string[],
  expectScore: (score: Json, more: readonly string[]) => void,
): void {
  expectScore(objectAt(value), groups.length > 0 ? ['by'] : []);
  if (groups.length === 0) return;
  expectKeys(objectAt(value, 'by'), groups);
  for (const key of groups)
    for (const group of Object.values(objectAt(value, 'by', key))) expectScore(objectAt(group), []);
}

describe('the score as JSON', () => {
  test('of the published tables: its keys, errors as fractions', () => {
    const { json } = scored(join(root, 'scripts/accuracy/published'));
    expect(Object.keys(json)).toEqual(['models', 'serving', 'training', 'memory', 'by']);
    expectShape(json, GROUPS);
    expect(objectAt(json, 'by', 'gpu', 'H100', 'training')).toEqual(objectAt(json, 'training', 'by', 'gpu', 'H100'));
    expect(Object.keys(objectAt(json, 'training', 'by', 'gpu')).length).toBeGreaterThan(1);
    for (const key of ERRORS) expect(Math.abs(Number(objectAt(json, 'training', 'step')[key]))).toBeLessThan(0.5);
  });

  describe('of a folder with rows as nobody should write them', () => {
    const odd = join(root, 'test/fixtures/accuracy');
    let json: Json = {};
    let errors = '';
    beforeAll(() => {
      ({ json, errors } = scored(odd));
    });

    test('has every file that is there, whatever is in it', () => {
      expect(Object.keys(json)).toEqual(['models', 'serving', 'training', 'memory', 'deployments', 'kernels', 'by']);
      expectShape(json, GROUPS);
    });

    test('counts rows that are malformed or not known as not covered', () => {
      expect(json.models).toEqual({ n: 4, exact: 1, refused: 3, wrong: 0 });
      expect(json.serving).toMatchObject({ n: 10, covered: 4 });
      expect(json.deployments).toMatchObject({ n: 3, covered: 2 });
      expect(objectAt(json, 'serving', 'by', 'gpu')).toMatchObject({
        H200: { n: 2, covered: 2 },
        'Abacus 9000': { n: 1, covered: 0, tpot: { mean: null } },
      });
    });

    test('knows a table with no headline rows from one that is not there', () => {
      const none = { mean: null, median: null, p90: null, bias: null };
      expect(json.training).toMatchObject({ n: 0, covered: 0, step: none });
      expect(json.memory).toMatchObject({ n: 0, covered: 0, bytes: none });
    });

    test('says on standard error which rows, and why', () => {
      expect(errors).toContain('GPU Abacus 9000 is not in the catalogue: unseen-gpu');
      expect(errors).toContain('the row has 3 cells, the header 25 cells: cut off');
      expect(errors).toContain('models: refused: cut off: published NaN, counted - the row has 1 cell');
      expect(errors).toMatch(/deployments: not covered .*never closed/);
      expect(errors).toMatch(/the row has 4 cells, the header 17 cells: gemm\.csv:4/);
      expect(errors).not.toContain('drafts');
    });
  });

  test('of an empty folder has no tables', () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    expect(scored(empty).json).toEqual({ by: { model: {}, gpu: {}, engine: {} } });
  });

  test('a folder that is not there is an error', () => {
    expect(() => execFileSync(node, [main, '--data', join(folder, 'nowhere')], { stdio: 'pipe' })).toThrow(
      /no folder .*nowhere/,
    );
  });
});
