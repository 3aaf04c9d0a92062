import { expect, test } from 'vitest';
import { codeLenses } from '../../../server/src/services/annotations/codeLens.ts';
import { analysisOf, SMALL_PLAN } from './support.ts';

const deployment = (name: string, body: string) =>
  `deployment ${name} { model = small, cluster = two-nodes, workload = batch, ${body} }\n`;

function titles(text: string): string[] {
  return codeLenses(analysisOf(text)).map(({ title, command, view, figure, span }) =>
    [
      `${text.slice(span.start, span.end)}: ${title}`,
      ...(command ? ['->', command] : []),
      ...(view ? [view] : []),
      ...(figure ? [figure] : []),
    ].join(' '),
  );
}

test('a deployment says whether it fits and how fast it is', () => {
  const found = titles(SMALL_PLAN + deployment('a', 'parallel { ep = 16 }'));
  expect(found).toHaveLength(5);
  expect(found[0]).toMatch(/^deployment: fits: [\d.]+ of 79\.2 GiB -> moeplan.previewDagToSide memory$/);
  expect(found[1]).toMatch(/^deployment: [\d,]+ tokens\/s -> moeplan.previewDagToSide time Throughput per GPU$/);
  expect(found[2]).toMatch(/^deployment: latency [\d.]+ ms -> moeplan.previewDagToSide timeline$/);
  expect(found[3]).toBe('deployment: Preview -> moeplan.previewDagToSide');
  expect(found[4]).toBe('deployment: Find a better plan -> moeplan.findBetterPlan');
});

test('two that can be computed can be compared', () => {
  const found = titles(SMALL_PLAN + deployment('a', 'parallel { ep = 16 }') + deployment('b', 'parallel { ep = 8 }'));
  expect(found.filter((title) => title === 'deployment: Compare -> moeplan.compareDeployments')).toHaveLength(2);
});

test('one that cannot be computed says why and offers nothing else', () => {
  const text = SMALL_PLAN + deployment('a', 'parallel { tp = 3, dp = 1 }');
  expect(titles(text)).toEqual(['deployment: cannot be computed']);
  expect(codeLenses(analysisOf(text))[0]?.tooltip).toContain('tp 3');
});

test('one whose cache holds few of the requests says how many', () => {
  const text = `cluster one { node = DGX-H200, count = 1 }
workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 4_000 }
deployment d {
  model = DeepSeek-V3, cluster = one, workload = chat
  parallel { tp = 8 }
  engine { name = vllm }
}
`;
  const [first] = titles(text);
  expect(first).toMatch(/^deployment: fits: [\d.]+ of [\d.]+ GiB, [\d,]+ of 4,000 requests at once -> /);
  expect(titles(text.replace('concurrency = 4_000', 'concurrency = 1'))[0]).not.toContain('requests');
});

test('one that does not fit says so', () => {
  const text = `${SMALL_PLAN}deployment d { model = Mixtral-8x22B, cluster = two-nodes, workload = batch, gpus = 0 }\n`;
  expect(titles(text)[0]).toMatch(/^deployment: does not fit: \d+ of 79\.2 GiB -> moeplan.previewDagToSide memory$/);
});

const SEARCHED = `cluster c { node = DGX-H200, count = 1 }
workload w { input = 2_000 tokens, output = 500 tokens, concurrency = 64 }
deployment d { model = Qwen3-30B-A3B, cluster = c, workload = w, parallel { tp = 8 }, engine { name = vllm } }
`;

test('a search says how many plans it tries and for what, and leads to itself', () => {
  const text = `${SEARCHED}search quick { base = d, vary { tp = [1, 2, 4, 8], concurrency = [16, 64] } }\n`;
  const lens = codeLenses(analysisOf(text)).find(({ search }) => search === 'quick');
  expect(lens).toMatchObject({
    deployment: 'd',
    title: 'Search: at most 8 plans, best Throughput per GPU',
    command: 'moeplan.findBetterPlan',
  });
  expect(lens?.tooltip).toContain('Tried from d: tp 1, 2, 4 or 8, concurrency 16 or 64.');
});

test('a search that cannot be run says why and leads nowhere', () => {
  const text = `${SEARCHED}search no { base = d, vary decode { tp = all } }\n`;
  const lens = codeLenses(analysisOf(text)).find(({ title }) => title.startsWith('Search'));
  expect(lens?.title).toBe('Search: cannot be run');
  expect(lens?.command).toBeUndefined();
  expect(lens?.tooltip).toContain('has no pool `decode`');
});
