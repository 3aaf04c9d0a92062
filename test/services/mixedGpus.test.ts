import { expect, test } from 'vitest';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { inspect } from '../../server/src/services/outputs/inspect.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { analysed } from '../support/analysed.ts';

/** One stage over an A100 and an H100 node, written in one order or the other. */
function mixed(groups: readonly [string, string]) {
  return analysed(`cluster mixed {
  group one { node = ${groups[0]}, count = 1 }
  group two { node = ${groups[1]}, count = 1 }
}
workload chat { input = 1_000 tokens, output = 500 tokens, concurrency = 64 }
deployment plan { model = Mixtral-8x7B, cluster = mixed, workload = chat, parallel { dp = 16, ep = 8 } }
deployment half { model = Mixtral-8x7B, cluster = mixed, workload = chat, gpus = 8..15, parallel { tp = 8 } }
`);
}

test('a report names the GPUs that are used', () => {
  const text = report(mixed(['DGX-A100', 'DGX-H100']));
  expect(text).toContain('on 16 of 16 GPUs (8 A100-SXM-80 and 8 H100-SXM)');
  expect(text).toContain('on 8 of 16 GPUs (H100-SXM)');
});

test('utilisation by stage says of which step it is', () => {
  expect(report(mixed(['DGX-A100', 'DGX-H100']))).toMatch(/\| decode step +\|/);
});

test('the band of a stage does not follow the order of the groups', () => {
  const bands = [mixed(['DGX-A100', 'DGX-H100']), mixed(['DGX-H100', 'DGX-A100'])].map((analysis) => {
    const [plan] = analysis.plan.deployments;
    const evaluation = plan && analysis.evaluationOf(plan);
    const step = evaluation && figuresOf(evaluation).step;
    return (step?.band?.high ?? Number.NaN) / (step?.value ?? Number.NaN);
  });
  // The step itself differs a little between the two, and with it the weights of its parts.
  expect(bands[0]).toBeCloseTo(bands[1] ?? Number.NaN, 2);
});

test('every GPU has its own capacity, the deployment the least of them', () => {
  const [plan] = inspect(mixed(['DGX-A100', 'DGX-H100'])).deployments;
  expect(plan?.memory.perGpu).toHaveLength(16);
  for (const { capacityBytes } of plan?.memory.perGpu ?? [])
    expect(capacityBytes).toBeGreaterThanOrEqual(plan?.memory.capacityBytes ?? Number.POSITIVE_INFINITY);
});
