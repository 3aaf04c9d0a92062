import { expect, test } from 'vitest';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { exportGraph } from '../../server/src/services/outputs/export.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { analysisOf } from '../services/editor/support.ts';

function plan(nodes: number, experts: number, parallel: string, balance: string): string {
  return `model m {
  layers = 60, hidden = 4096, vocabulary = 100_000
  attention { heads = 32, head-size = 128 }
  experts { count = ${experts}, top-k = 8, ffn = 2048 }
}
cluster c { node = DGX-H100, count = ${nodes} }
workload w { sequences = ${nodes * 8}, length = 1_000 tokens }
deployment d {
  model = m, cluster = c, workload = w, balance = ${balance}
  parallel { ${parallel} }
}
`;
}

/**
 * The largest plans that the language allows. What is computed depends on distinct shards: work for each GPU, layer and
 * expert would not end within the test's limit.
 */
test.each([
  ['102,400 GPUs', plan(12_800, 256, 'tp = 8, ep = 64', 'none')],
  ['65,536 experts on as many GPUs', plan(8_192, 65_536, 'tp = 8, ep = 65_536', 'none')],
  ['65,536 experts balanced over 128 GPUs', plan(16, 65_536, 'tp = 8, ep = 128', 'eplb')],
])('%s: findings, report and every export', { timeout: 60_000 }, (_, text) => {
  const analysis = analysisOf(text);
  expect(diagnose(analysis).map(({ rule }) => rule)).not.toContain('internal-error');
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error('the plan cannot be computed');
  expect(report(analysis)).toContain('| No cycles | yes |');
  for (const format of ['dot', 'svg', 'mermaid'] as const)
    expect(exportGraph(evaluation, format).length).toBeLessThan(2_000_000);
  const { nodes }: { readonly nodes: readonly { readonly gpus: readonly number[] }[] } = JSON.parse(
    exportGraph(evaluation, 'json'),
  );
  expect(nodes.reduce((sum, { gpus }) => sum + gpus.length, 0)).toBeLessThanOrEqual(10_000_000);
});
