import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../../server/src/cost/figures/figures.ts';
import { formatShortRate } from '../../../server/src/cost/numbers.ts';
import { relativePath } from '../../../server/src/language/paths.ts';
import { type CompletionItem, complete, type KnownFiles } from '../../../server/src/services/completion/completion.ts';
import { analysisAt, SMALL_PLAN } from './support.ts';

function at(marked: string, files?: KnownFiles): readonly CompletionItem[] {
  const { analysis, offset } = analysisAt(marked);
  return complete(analysis, offset, files);
}

const labels = (marked: string, files?: KnownFiles) => at(marked, files).map(({ label }) => label);
const deployment = (body: string) =>
  `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n  ${body}\n}\n`;
/** Label, detail and what is computed later, of each item. */
const explained = (marked: string) =>
  at(marked).map(({ label, detail, computed }) => [label, detail, computed?.()?.text].filter(Boolean).join(' | '));

test('of a quantity only the number is selected, so that another one keeps its unit', () => {
  const inserted = (marked: string, label: string) => at(marked).find((item) => item.label === label)?.insert;
  expect(inserted('workload w {\n  $0\n}\n', 'input')).toMatch(/^input = \$\{1:[\d_]+\} tokens$/);
  expect(inserted(deployment('expect {\n$0\n}'), 'ttft')).toMatch(/^ttft \$\{1\|=,>=,<=\|\} \$\{2:[\d_.]+\} m?s$/);
  expect(inserted(deployment('parallel {\n$0\n}'), 'vpp')).toMatch(/^vpp = \$\{1:\d+\}$/);
});

describe('degrees that work', () => {
  test('tp offers divisors of the heads and GPUs with heads, memory and throughput', () => {
    const found = explained(deployment('parallel { tp = $0 }').replace('10_000', '100'));
    expect(found.map((line) => line.replace(/[\d.]+ of/, 'N of').replace(/, [\d.]+ \w+ tokens/, ', N tokens'))).toEqual(
      [
        '1 | 32 heads each | N of 79.2 GiB, N tokens/s',
        '2 | 16 heads each | N of 79.2 GiB, N tokens/s',
        '4 | 8 heads each | N of 79.2 GiB, N tokens/s',
        '8 | 4 heads each | N of 79.2 GiB, N tokens/s',
        '16 | 2 heads each | N of 79.2 GiB, N tokens/s',
      ],
    );
  });

  test('a rate is only that of a plan that fits in all pools, also where they share the degree', () => {
    const rows = explained(`cluster c { node = DGX-H100, count = 2 }
workload w { input = 2_000 tokens, output = 500 tokens, concurrency = 16 }
deployment d {
  model = Qwen3-235B-A22B, cluster = c, workload = w
  parallel { tp = 4, ep = $0 }
  engine { name = vllm }
  pool prefill { types { weights = fp8 } }
  pool decode { }
}
`);
    expect(rows.find((row) => row.startsWith('4 |'))).toMatch(/1\d\d of 79\.2 GiB: does not fit$/);
  });

  test('each row says what the plan is predicted to do once its degree is written', () => {
    for (const line of explained(deployment('parallel { tp = $0 }').replace('10_000', '100'))) {
      const [tp = '', , computed = ''] = line.split(' | ');
      const { analysis } = analysisAt(deployment(`parallel { tp = ${tp} }$0`).replace('10_000', '100'));
      const [resolved] = analysis.plan.deployments;
      const evaluation = resolved && analysis.evaluationOf(resolved);
      const throughput = evaluation && figuresOf(evaluation).throughput;
      expect(computed).toMatch(/ of 79\.2 GiB, /);
      expect(computed.split(', ')[1]).toBe(throughput && formatShortRate(throughput.value));
    }
  });

  test.each([
    ['what is stated leaves one value', 'parallel { dp = 4, tp = $0 }', ['4']],
    ['ep divides the experts', 'parallel { tp = 1, ep = $0 }', ['1', '2', '4', '8', '16']],
    ['ep beside etp', 'parallel { etp = 4, ep = $0 }', ['1', '2', '4']],
    ['etp divides the width', 'parallel { ep = 8, etp = $0 }', ['1', '2']],
    ['pp divides the layers', 'parallel { pp = $0 }', ['1', '2', '4']],
    ['a value that is there already is replaced', 'parallel { tp = 8$0 }', ['1', '2', '4', '8', '16']],
    ['a degree that cannot be', 'parallel { dp = 3, tp = $0 }', ['8']],
  ])('%s', (_, body, expected) => {
    expect(labels(deployment(body))).toEqual(expected);
  });

  test('memory says where it does not fit', () => {
    const heavy = deployment('parallel { tp = $0 }')
      .replace('model = small', 'model = Mixtral-8x22B')
      .replace('10_000', '100');
    const found = explained(heavy);
    expect(found[0]).toMatch(/^1 \| 48 heads each \| \d+ of 79\.2 GiB: does not fit$/);
    expect(found.at(-1)).toMatch(/^16 \| 3 heads each \| [\d.]+ of 79\.2 GiB, [\d.]+ \w+ tokens\/s$/);
  });

  test('three KV heads on two GPUs cannot be, a copy of each can', () => {
    const model =
      'model odd { layers = 2, hidden = 768, attention { heads = 12, kv-heads = 3 } }\ncluster c { node = DGX-H100 }\nworkload w { sequences = 8, length = 8 tokens }\n';
    const plan = `${model}deployment d { model = odd, cluster = c, workload = w, gpus = 0..5\nparallel { tp = $0 } }`;
    expect(labels(plan)).toEqual(['1', '3', '6']);
  });
});

describe('names of machines', () => {
  const first = (marked: string, prefix: string) =>
    at(marked)
      .filter(({ label }) => label.startsWith(prefix))
      .toSorted((left, right) => left.order - right.order)
      .map(({ label }) => label);

  test.each([
    ['cluster c { gpu = $0 }', 'H100', 'H100-SXM'],
    ['cluster c { gpu = $0 }', 'A100', 'A100-SXM-80'],
    ['cluster c { node = $0 }', 'GB200', 'GB200-NVL72'],
  ])('%s: what a short name means stands before what only begins with it', (marked, prefix, expected) => {
    const found = first(marked, prefix);
    expect(found.length).toBeGreaterThan(1);
    expect(found[0]).toBe(expected);
  });

  test('a name that is typed is there once, however else it is called', () => {
    const found = labels('cluster c { gpu = H100$0 }').filter((label) => label.startsWith('H100'));
    expect(found).toEqual([...new Set(found)]);
  });
});

describe('nothing twice', () => {
  test.each([
    ['a property of the block', 'parallel { tp = 8, $0 }', 'tp'],
    ['a block without a name', 'parallel { }\n  $0', 'parallel'],
    ['an item of a list', 'order = [tp, $0]', 'tp'],
    ['a name in an arrow', 'stage a { }\n  stage b { }\n  a -> $0', 'a'],
  ])('%s', (_, body, label) => {
    expect(labels(deployment(body))).not.toContain(label);
  });

  test('a list may go on over several lines', () => {
    expect(labels(deployment('order = [\n    tp, // fastest\n    dp,\n    $0\n  ]'))).toEqual(['cp', 'pp']);
    expect(labels(deployment('order = [\n    tp\n  ]\n  $0'))).toContain('stage');
  });

  test('what others offer is still there', () => {
    expect(labels(deployment('parallel { tp = 8, $0 }'))).toContain('ep');
    expect(labels(deployment('order = [tp, $0]'))).toEqual(['cp', 'dp', 'pp']);
    expect(labels(deployment('parallel { t$0p = 8 }'))).toContain('tp');
    expect(labels(deployment('$0'))).toContain('stage');
  });

  test('own properties of a block that extends another are not, inherited ones are', () => {
    const found = labels('gpu mine extends H100-SXM { memory = 96 GiB, $0 }');
    expect(found).not.toContain('memory');
    expect(found).toContain('bandwidth');
  });

  test('deployments of a comparison, and its claims', () => {
    expect(labels('deployment a {}\ndeployment b {}\ncompare a, $0')).toEqual(['b']);
    expect(labels('deployment a {}\ndeployment b {}\ncompare a, b { speedup >= 2, $0 }')).toEqual(['latency-ratio']);
  });
});

describe('names come with their facts', () => {
  const detail = (marked: string, label: string) => at(marked).find((item) => item.label === label)?.detail;
  test.each([
    ['node n { gpu = $0 }', 'H100-SXM', '80 GiB, 3.35 TB/s, 989 TFLOP/s in bf16'],
    ['cluster c { node = $0 }', 'DGX-H100', '8 x H100-SXM, 450 GB/s between them, 50 GB/s to other nodes'],
    [
      'deployment d { model = $0 }',
      'Mixtral-8x7B',
      '46.7 billion parameters, 12.7 billion active, 32 layers, 87 GiB in bf16',
    ],
    [
      'deployment d { model = $0 }',
      'gpt-oss-120b',
      '117 billion parameters, 5.13 billion active, 36 layers, 60.8 GiB in bf16 with experts in mxfp4',
    ],
    [`${SMALL_PLAN}deployment d { cluster = $0 }`, 'two-nodes', '16 GPUs, 2 x DGX-H100'],
    [`${SMALL_PLAN}deployment d { workload = $0 }`, 'batch', 'sequences 128, length 10,000'],
  ])('%s: %s', (marked, label, expected) => {
    expect(detail(marked, label)).toBe(expected);
  });

  test('a block does not offer itself', () => {
    expect(labels('gpu mine extends $0')).not.toContain('mine');
    expect(labels('gpu a { }\ngpu b extends $0')).toContain('a');
  });
});

describe('values', () => {
  test.each([
    [
      'units behind a number, with or without a blank',
      'gpu g { memory = 80$0 }',
      ['GiB', 'MiB', 'GB', 'MB', 'KiB', 'KB', 'TiB', 'TB', 'B'],
    ],
    ['units that have begun', 'gpu g { memory = 80 G$0 }', ['GiB', 'MiB', 'GB', 'MB', 'KiB', 'KB', 'TiB', 'TB', 'B']],
    ['no unit where none belongs', 'model m { layers = 4 $0 }', []],
    ['classes of layers', 'model m { attention full { }\n layers { 0..2 = $0 } }', ['dense', 'moe', 'none', 'full']],
    ['a tolerance', 'deployment d { expect { step = 8 ms +- 5$0 } }', ['%', 'ms', 's', 'us', 'ns', 'min', 'h']],
    ['what follows a name', 'model m $0', ['extends', 'from']],
    ['what follows experts', 'deployment d { expert 0..3 $0 }', ['on gpu', 'of layer']],
  ])('%s', (_, marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test('constants of the right kind', () => {
    const lets = 'let size = 80 GiB\nlet count = 4\n';
    expect(labels(`${lets}gpu g { memory = $0 }`)).toContain('size');
    expect(labels(`${lets}gpu g { memory = $0 }`)).not.toContain('count');
    expect(labels(`${lets}model m { layers = $0 }`)).toContain('count');
  });

  test('a word with an argument', () => {
    expect(labels('model m { experts { popularity = $0 } }')).toEqual(expect.arrayContaining(['uniform', 'zipf']));
  });
});

describe('paths', () => {
  const files: KnownFiles = {
    filesWith: (extension) => [
      `file:///workspace/main${extension}`,
      `file:///workspace/sub/other%20one${extension}`,
      `file:///else${extension}`,
    ],
  };

  test('plans, configs and counts, near ones first and never the file itself', () => {
    expect(labels('import "$0"', files)).toEqual(['./sub/other one.moeplan', '../else.moeplan']);
    expect(labels('model m from "./s$0"', files)).toEqual(['./main.json', './sub/other one.json', '../else.json']);
    expect(labels('model m { experts { popularity = "$0" } }', files)).toEqual([
      './main.csv',
      './sub/other one.csv',
      '../else.csv',
    ]);
    expect(labels('deployment d { measured { source = "$0" } }', files)).toEqual([]);
  });

  test('what is imported already is not offered, and the whole string is replaced', () => {
    const { analysis, offset } = analysisAt('import "./sub/other one.moeplan"\nimport "$0"', {
      'sub/other%20one.moeplan': '',
    });
    expect(complete(analysis, offset, files).map(({ label }) => label)).toEqual(['../else.moeplan']);
    const [item] = at('import "./su$0b.moeplan"', files);
    expect(item?.replace).toEqual({ start: 8, end: 21 });
  });

  test('ways between files', () => {
    expect(relativePath('file:///a/b.moeplan', 'file:///a/c/d.moeplan')).toBe('./c/d.moeplan');
    expect(relativePath('file:///a/b/c.moeplan', 'file:///d.moeplan')).toBe('../../d.moeplan');
    expect(relativePath('untitled:Untitled-1', 'file:///d.moeplan')).toBeUndefined();
    // A stray `%` is a character like any other, and a URI of the editor may hold one.
    expect(relativePath('file:///100%/a.moeplan', 'file:///100%/50%/b%20c%.moeplan')).toBe('./50%/b%20c%.moeplan');
    expect(relativePath('file:///100%25/a.moeplan', 'file:///100%25/50%25.moeplan')).toBe('./50%.moeplan');
  });
});

test('a block brings what it must have', () => {
  const item = at(`${SMALL_PLAN}$0`).find(({ label }) => label === 'deployment');
  expect(item?.insert).toBe(
    'deployment ${1:name} {\n\tmodel = ${2:small}\n\tcluster = ${3:two-nodes}\n\tworkload = ${4:batch}\n\t$0\n}',
  );
});

test('only what is being typed is replaced', () => {
  const replaced = (marked: string) => at(marked).map(({ replace }) => replace && replace.end - replace.start)[0];
  expect(replaced('node n { gpu = H100-S$0 }')).toBe(6);
  expect(replaced('gpu g { memory = 80Gi$0 }')).toBe(2);
  expect(replaced('gpu g { memory = 80$0 }')).toBe(0);
  expect(replaced('model m { hid$0 }')).toBe(3);
});

describe('a word that is written anew keeps what follows it', () => {
  const accepted = (marked: string, label: string) => {
    const { analysis, offset } = analysisAt(marked);
    const item = complete(analysis, offset).find((each) => each.label === label);
    const { start, end } = item?.replace ?? { start: 0, end: 0 };
    const { text } = analysis.source;
    return text.slice(0, start) + item?.insert + text.slice(end);
  };

  test.each([
    ['its value', 'gpu g { mem$0ry = 80 GiB }', 'memory', 'gpu g { memory = 80 GiB }'],
    [
      'its bound',
      'deployment d { expect { thr$0 >= 5 tokens/s } }',
      'throughput',
      'deployment d { expect { throughput >= 5 tokens/s } }',
    ],
    ['its body', 'model m { exp$0 { count = 4 } }', 'experts', 'model m { experts { count = 4 } }'],
    ['its name and body', 'clus$0 mine {\n}\n', 'cluster', 'cluster mine {\n}\n'],
  ])('%s', (_, marked, label, expected) => {
    expect(accepted(marked, label)).toBe(expected);
  });
});

test('a property whose values are words opens their list', () => {
  const item = (marked: string, label: string) => at(marked).find((each) => each.label === label);
  expect(item('cluster c { no$0 }', 'node')).toMatchObject({ insert: 'node = $0', opensList: true });
  expect(item('model m { wei$0 }', 'weights')).toMatchObject({ insert: 'weights = $0', opensList: true });
  expect(item('cluster c { cou$0 }', 'count')).not.toHaveProperty('opensList');
});

test.each([
  ['statements of a file', '$0'],
  ['statements of a block', 'model m { $0 }'],
  ['own names', `${SMALL_PLAN}deployment d { model = $0 }`],
  ['choices', 'model m { weights = $0 }'],
  ['units', 'gpu g { memory = 80 $0 }'],
  ['constants', 'let n = 4\nmodel m { layers = $0 }'],
  ['stages', 'deployment d { stage a { layers = 0..1 }\nstage b { }\na -> $0 }'],
])('every row says something of what it offers: %s', (_, marked) => {
  const mute = at(marked).filter(({ detail, label }) => detail === '' || detail === label);
  expect(mute).toEqual([]);
});

test('degrees that can be computed are chosen from their list too, and what a block must name is there', () => {
  const find = (marked: string, label: string) => at(marked).find((each) => each.label === label);
  expect(find(deployment('parallel { t$0 }'), 'tp')).toMatchObject({ insert: 'tp = $0', opensList: true });
  expect(find('deployment d { parallel { t$0 } }', 'tp')).not.toHaveProperty('opensList');
  const { analysis, offset } = analysisAt('$0');
  const block = complete(analysis, offset).find((each) => each.label === 'deployment');
  const name = /model = \$\{2:([^}]+)\}/.exec(block?.insert ?? '')?.[1];
  expect(analysis.program.entities.some((each) => each.keyword === 'model' && each.name === name)).toBe(true);
});
