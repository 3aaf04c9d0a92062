import { describe, expect, test } from 'vitest';
import { formatHeld } from '../../server/src/cost/figures/heldExperts.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { compareRows } from '../../server/src/services/outputs/compare.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { analysisOf } from '../services/editor/support.ts';

test.each([
  [{ fewest: 8, most: 8, layers: 58, inAll: 464 }, '8 per layer, 464 over 58 MoE layers'],
  [{ fewest: 25, most: 26, layers: 58, inAll: 1_504 }, '25 to 26 per layer, 1,504 over 58 MoE layers'],
  [{ fewest: 4, most: 4, layers: 1, inAll: 4 }, '4 in 1 MoE layer'],
  [{ fewest: 0, most: 0, layers: 0, inAll: 0 }, '0'],
])('experts on a GPU are counted by layer first: %o', (held, expected) => {
  expect(formatHeld(held)).toBe(expected);
});

describe('of a model with dense and MoE layers', () => {
  const text = `cluster c { node = DGX-H100, count = 4 }
workload w { sequences = 32, length = 1000 tokens }
deployment d { model = DeepSeek-V3, cluster = c, workload = w, parallel { tp = 1, ep = 32 } }
`;
  const analysis = analysisOf(text);
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  const held = '8 per layer, 464 over 58 MoE layers';

  test('comparison, report and hovers say so', () => {
    const row = evaluation && compareRows([evaluation]).find(({ label }) => label === 'Experts per GPU');
    expect(row?.texts).toEqual([held]);
    expect(report(analysis)).toContain(held);
    expect(hover(analysis, text.indexOf('ep = 32'))?.markdown).toContain(held);
  });
});

test('of a placement by hand a hover tells what one GPU holds, not the most of each layer together', () => {
  const text = `model m {
  layers = 2, hidden = 4096, weights = bf16
  attention { heads = 32 }
  experts { count = 8, top-k = 2, ffn = 2048 }
}
cluster c { node = DGX-H100, count = 1 }
workload w { sequences = 64, length = 1_000 tokens }
deployment d {
  model = m, cluster = c, workload = w
  gpus = 0..1
  parallel { ep = 2 }
  expert 0..5 of layer 0 on gpu 0
  expert 6..7 of layer 0 on gpu 1
  expert 0..2 of layer 1 on gpu 0
  expert 3..7 of layer 1 on gpu 1
}
`;
  const analysis = analysisOf(text);
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  const row = evaluation && compareRows([evaluation]).find(({ label }) => label === 'Experts per GPU');
  const held = '3 to 6 per layer, 9 over 2 MoE layers';
  expect(row?.texts).toEqual([held]);
  expect(hover(analysis, text.indexOf('ep = 2'))?.markdown).toContain(held);
});
