import { describe, expect, test } from 'vitest';
import { complete } from '../../server/src/services/completion/completion.ts';
import { marked } from './expect.ts';

const PLAN = 'workload w { input = 10 tokens }\ncluster c { node = DGX-H100 }\n';

/** What an editor keeps: whatever is typed must be found in this order, from the start of a word on. */
function keeps(filter: string, typed: string): boolean {
  return filter.split(':').some((word, index, words) => {
    let at = 0;
    for (const letter of words.slice(index).join(':').toLowerCase()) if (letter === typed[at]?.toLowerCase()) at++;
    return at === typed.length && word[0]?.toLowerCase() === typed[0]?.toLowerCase();
  });
}

test('a list says nothing twice: of equal rows each says what sets it apart', () => {
  for (const source of ['p$0', 't$0', 'm$0', 'parallel { t$0 }', 'engine { m$0 }']) {
    const { analysis, cursor } = marked(
      `${PLAN}deployment d {\n  model = Qwen3-8B, cluster = c, workload = w\n  ${source}\n}\n`,
    );
    const rows = complete(analysis, cursor).map(({ label, detail }) => `${label} | ${detail}`);
    expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([]);
  }
  const onlyRow = (source: string, label: string) => {
    const { analysis, cursor } = marked(source);
    return complete(analysis, cursor).filter((item) => item.label === label);
  };
  // Found by its own name or by another, a property is one row, and so is a block that goes by many names.
  for (const [source, label, other] of [
    ['cluster x { gpu$0 }', 'gpu', 'gpu-type'],
    ['node n { gpu$0 }', 'gpus', 'gpus-per-node'],
    ['workload w { i$0 }', 'input', 'isl'],
    ['deployment d { s$0 }', 'engine', 'scheduler-config'],
    ['deployment d { v$0 }', 'name', 'vllm'],
  ] as const) {
    const rows = onlyRow(source, label);
    expect(rows.filter(({ filter }) => filter !== undefined && keeps(filter, other)).length, source).toBe(1);
    expect(rows.length, source).toBe(label === 'engine' ? 2 : 1);
  }
  expect(onlyRow('deployment d { v$0 }', 'engine').filter(({ filter }) => filter !== undefined)).toEqual([]);
  const { analysis, cursor } = marked(`${PLAN}deployment d { model = Qwen3-2$0 }`);
  expect(complete(analysis, cursor).filter(({ label }) => label === 'Qwen3-235B-A22B')).toHaveLength(1);
});

test('what is typed brings no row of a word that only has its letters somewhere', () => {
  const rowsFor = (place: string, typed: string) => {
    const { analysis, cursor } = marked(place.replace('$0', `${typed[0]}$0`));
    return complete(analysis, cursor).flatMap(({ label, filter = label }) => (keeps(filter, typed) ? label : []));
  };
  const inDeployment = (inside: string) => `${PLAN}deployment d {\n  ${inside}\n}\n`;
  expect(rowsFor(inDeployment('$0'), 'par')).toContain('parallel');
  expect(rowsFor(inDeployment('$0'), 'par')).not.toContain('ttft');
  expect(rowsFor('$0\n', 'clu').filter((label) => label === 'cluster')).toHaveLength(1);
  for (const typed of ['depl', 'deploy']) {
    const { analysis, cursor } = marked(`${typed}$0\n`);
    expect(complete(analysis, cursor).filter(({ label }) => label === 'deployment')).toHaveLength(1);
  }
});

test('a name is found by its beginning before names that have it elsewhere', () => {
  const first = (source: string, typed: string) => {
    const { analysis, cursor } = marked(source);
    const rows = complete(analysis, cursor).filter(({ label, filter = label }) => keeps(filter, typed));
    return rows.toSorted((left, right) => left.order - right.order)[0]?.label;
  };
  expect(first('cluster x { node = h200$0 }\n', 'h200')).toBe('DGX-H200');
  expect(first('node x { gpu = h200$0 }\n', 'h200')).toBe('H200-SXM');
  const OWN =
    'node own-H200 { gpu = H200-SXM, gpus = 1 }\nnode h200 { gpu = H200-SXM, gpus = 1 }\nnode h200-pair extends h200 { }\n';
  expect(first(`${OWN}cluster x { node = h200$0 }\n`, 'h200')).toBe('h200');
  expect(first(`${OWN}cluster x { node = h200-$0 }\n`, 'h200-')).toBe('h200-pair');
});

describe('a foreign word that is being typed', () => {
  test.each([
    ['parallel { $0 }', 'tensor-parallel-size', 'tp', 'tp ='],
    ['parallel { $0 }', 'tensor_parallel_size', 'tp', 'tp ='],
    ['parallel { $0 }', 'tensorParallelSize', 'tp', 'tp ='],
    ['parallel { $0 }', 'pipeline-model', 'pp', 'pp ='],
    ['engine { $0 }', 'gpu-memory-utilization', 'memory-fraction', 'memory-fraction ='],
    ['engine { $0 }', 'max_num_batched', 'step-tokens', 'step-tokens ='],
    ['engine { $0 }', 'enforce', 'graphs', 'graphs ='],
    ['$0', 'tensor-par', 'tp', 'parallel { tp ='],
    ['$0', 'mfu', 'utilisation', 'expect { utilisation'],
    ['$0', 'slo', 'expect', 'expect {'],
    ['expect { $0 }', 'mfu', 'utilisation', 'utilisation'],
    ['types { $0 }', 'kv-cache-dtype', 'kv', 'kv ='],
  ])('%s: %s is offered as %s from its first letter on', (place, typed, label, insert) => {
    const source = `${PLAN}deployment d {\n  model = Qwen3-8B, cluster = c, workload = w\n  ${place}\n}\n`;
    for (const length of [1, 3, typed.length]) {
      const { analysis, cursor } = marked(source.replace('$0', `${typed.slice(0, length)}$0`));
      const found = complete(analysis, cursor).filter((item) => item.label === label && item.filter !== undefined);
      expect(found.map((item) => item.insert).join('\n'), typed.slice(0, length)).toContain(insert);
      expect(found.some(({ filter = '' }) => keeps(filter, typed))).toBe(true);
    }
  });

  test.each([
    ['workload w { i$0 }', 'isl', 'input'],
    ['workload w { b$0 }', 'batch', 'concurrency'],
    ['gpu g { h$0 }', 'hbm', 'memory'],
    ['cluster c { n$0 }', 'num_nodes', 'count'],
    ['model m { n$0 }', 'num_hidden_layers', 'layers'],
  ])('%s: %s', (source, typed, label) => {
    const { analysis, cursor } = marked(source);
    const found = complete(analysis, cursor).filter((item) => item.label === label);
    expect(found.some(({ filter = '' }) => keeps(filter, typed))).toBe(true);
  });

  test('nothing foreign is offered where nothing is typed, or what it means is written already', () => {
    for (const source of ['workload w { $0 }', 'workload w { input = 1 token, isl$0 }']) {
      const { analysis, cursor } = marked(source);
      expect(
        complete(analysis, cursor).filter(({ label, filter }) => label === 'input' && filter !== undefined),
      ).toEqual([]);
    }
  });
});

test.each([
  [`${PLAN}deployment d { model = Qwen/Qwen3-2$0 }`, 'Qwen/Qwen3-2', 'Qwen3-235B-A22B'],
  [`${PLAN}deployment d { model = openai/gpt$0 }`, 'openai/gpt', 'gpt-oss-120b'],
  ['cluster c { gpu = A100-SXM4$0 }', 'A100-SXM4', 'A100-SXM-80'],
  ['cluster c { node = 8xH2$0 }', '8xH2', 'DGX-H200'],
])('%s: another name gives ours, in place of all that is typed', (source, typed, name) => {
  const { analysis, cursor } = marked(source);
  const found = complete(analysis, cursor).find((item) => item.label === name && item.filter !== undefined);
  expect(found).toMatchObject({ insert: name, replace: { start: cursor - typed.length, end: cursor } });
  expect(found?.filter?.toLowerCase()).toContain(typed.toLowerCase());
});

test('names that hold a number are completed behind it', () => {
  const { analysis, cursor } = marked(`${PLAN}deployment d { model = gpt-oss-2$0 }`);
  expect(complete(analysis, cursor).map(({ label }) => label)).toContain('gpt-oss-20b');
});
