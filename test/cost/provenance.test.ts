import { expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { constantsUsed } from '../../server/src/cost/figures/provenance.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { catalogSources } from '../catalog/catalog.ts';

const URI = 'file:///workspace/plan.moeplan';

function evaluated(node: string, count: number, body: string): Evaluation {
  const text = `cluster racks { node = ${node}, count = ${count} }
workload chat { input = 1_000 tokens, output = 100 tokens, concurrency = 64 }
deployment served {
  cluster = racks, workload = chat
  ${body}
}
`;
  const analysis = analyseDocument(URI, catalogSources(new Map([[URI, text]])));
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(resolved?.invalid ?? 'no deployment');
  return evaluation;
}

const used = (evaluation: Evaluation) => new Map(constantsUsed(evaluation).map((set) => [set.name, set]));
const names = (evaluation: Evaluation) => [...used(evaluation).keys()];

const DEEPEP = 'engine { name = sglang, all-to-all = deepep-low-latency, dispatch-tokens = 64 tokens }';

test('the exchange of one node names the constants inside of a domain, that of two those between nodes', () => {
  const plan = (gpus: number) => `model = Qwen3-235B-A22B, parallel { dp = ${gpus}, ep = ${gpus} }\n  ${DEEPEP}`;
  const [one, two] = [used(evaluated('DGX-H200', 1, plan(8))), used(evaluated('DGX-H200', 2, plan(16)))];
  const [local, remote] = [one.get('deepepLowLatency dispatch local'), two.get('deepepLowLatency dispatch remote')];
  expect(local?.share).toBeGreaterThan(0);
  expect(remote?.residual).toBeGreaterThan(local?.residual ?? 1);
  expect([...one.keys()].filter((name) => name.endsWith('remote'))).toEqual([]);
  expect([...two.keys()].filter((name) => name.endsWith('local'))).toEqual([]);
});

test('each product names the row of its own number type', () => {
  const all = names(
    evaluated(
      'DGX-H100',
      1,
      'model = DeepSeek-V3, parallel { tp = 8, ep = 8 }\n  types { attention = bf16, weights = fp8-block, embedding = bf16 }\n  engine { name = vllm }',
    ),
  );
  expect(all).toContain('gemm hopper bf16');
  expect(all).toContain('gemm hopper fp8-block');
  expect(all).toContain('grouped hopper fp8-block cutlass');
});

test('of kernels that an engine chooses among those are named that run', () => {
  const sets = used(
    evaluated(
      'DGX-B200',
      1,
      'model = DeepSeek-R1, parallel { tp = 8, ep = 8 }\n  types { experts = nvfp4 }\n  engine { name = trt-llm }',
    ),
  );
  const kernels = [...sets].filter(([name]) => name.startsWith('grouped blackwell fp4'));
  expect(kernels.length).toBeGreaterThan(0);
  for (const [, set] of kernels) expect(set.share).toBeGreaterThan(0);
});

test('an indexer names its own constants, and a collective over nodes the network beside the links', () => {
  const all = names(
    evaluated('DGX-H200', 2, 'model = DeepSeek-V3.2, parallel { tp = 16, ep = 16 }\n  engine { name = vllm }'),
  );
  expect(all).toContain('indexer H800');
  expect(all).toContain('scaleOut network');
  expect(all).toContain('links hopper gather');
});
