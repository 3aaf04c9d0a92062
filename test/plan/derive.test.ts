import { expect, test } from 'vitest';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { catalogSources } from '../catalog/catalog.ts';

const URI = 'file:///workspace/plan.moeplan';

function resolvedOf(body: string) {
  const text = `cluster racks { node = DGX-H100, count = 4 }
workload chat { input = 1_000 tokens, output = 100 tokens, concurrency = 8 }
deployment served {
  model = Qwen3-30B-A3B, cluster = racks, workload = chat
  ${body}
}
`;
  const analysis = analyseDocument(URI, catalogSources(new Map([[URI, text]])));
  const [resolved] = analysis.plan.deployments;
  if (!resolved) throw new Error('no deployment');
  return { resolved, rules: diagnose(analysis).map(({ rule }) => rule) };
}

test('what is read goes to where it is generated, unless arrows say otherwise', () => {
  const edges = (body: string) => resolvedOf(body).resolved.draft?.poolEdges;
  const pools = (first: string, second: string) =>
    `pool ${first} { gpus = 0..7, parallel { tp = 8 } }\n  pool ${second} { gpus = 8..15, parallel { tp = 8 } }`;
  expect(edges(pools('prefill', 'decode'))).toEqual([[0, 1]]);
  expect(edges(pools('decode', 'prefill'))).toEqual([[1, 0]]);
  expect(edges(pools('one', 'another'))).toEqual([]);
  expect(edges(`${pools('one', 'another')}\n  another -> one`)).toEqual([[1, 0]]);
});

test.each([
  ['gpus = 0..15, replicas = 2, parallel { tp = 8 }', undefined],
  ['gpus = 0..16, replicas = 2, parallel { tp = 8 }', '17 GPUs cannot be shared by 2 replicas of 8'],
  [
    'gpus = 0..15, replicas = 2, parallel { tp = 4 }, stage all { gpus = 0..3 }',
    '16 GPUs cannot be shared by 2 replicas of 4',
  ],
])('replicas have equal GPUs, all of the pool: %s', (pool, invalid) => {
  expect(resolvedOf(`pool all { ${pool} }`).resolved.invalid).toBe(invalid);
});

test.each(['2.0005', '1.9999', '0.5', '-2'])('tp = %s is no whole number of parts', (value) => {
  const { resolved, rules } = resolvedOf(`parallel { tp = ${value} }`);
  expect(resolved.deployment).toBeUndefined();
  expect(rules.some((rule) => rule === 'wrong-type' || rule === 'number-out-of-range')).toBe(true);
});
