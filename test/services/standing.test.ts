import { expect, test } from 'vitest';
import { comparisonOf, comparisonText } from '../../server/src/services/outputs/comparison.ts';
import { previewComparison } from '../../server/src/services/preview/comparison.ts';
import { analysed } from '../support/analysed.ts';

/** Who may be the best of several deployments. */

function plan(...deployments: readonly string[]) {
  const blocks = deployments.map(
    (inside, index) => `deployment ${'abc'[index]} { model = small, cluster = one, workload = load\n  ${inside}\n}`,
  );
  return analysed(`model small {
  layers = 4, hidden = 4_096
  attention { heads = 32 }
  experts { count = 16, top-k = 2, ffn = 32_768 }
}
cluster one { node = DGX-H100, count = 2 }
workload load { sequences = 64, length = 10_000 tokens }
${blocks.join('\n')}
`);
}

const SLOW = 'gpus = 0..15, parallel { tp = 8, pp = 2, ep = 8 }';
const FAST = 'gpus = 0..15, parallel { dp = 16, ep = 16 }';
/** On GPUs that cannot hold it. */
const TOO_LARGE = 'gpus = 0..1, parallel { tp = 2, etp = 2 }';

test('what does not fit is the best in no row, and is not judged', () => {
  const analysis = plan(SLOW, FAST, TOO_LARGE);
  const { verdict, rows, cannotRun } = previewComparison(analysis);
  expect(cannotRun).toEqual(['', '', 'does not fit']);
  expect(rows.flatMap(({ cells }) => (cells[2]?.best ? ['best'] : []))).toEqual([]);
  expect(verdict).toMatch(
    /^b is best in \d+ of \d+ figures, with [\d.]+x the throughput of a\. Not judged: c \(does not fit\)\.$/,
  );
  const evaluations = analysis.plan.deployments.flatMap((resolved) => analysis.evaluationOf(resolved) ?? []);
  expect(comparisonOf(evaluations).rows.flatMap(({ best }) => best)).not.toContain('c');
  expect(comparisonText(evaluations)).toContain('c does not fit, and is best in no row.');
});

test('what claims more than it does is not judged either', () => {
  const claimed = `${FAST}\n  expect { latency <= 1 ms, gpus-used = 16 }`;
  expect(previewComparison(plan(SLOW, FAST, claimed)).verdict).toMatch(
    /^b is best .* Not judged: c \(1 claim fails\)\.$/,
  );
  expect(previewComparison(plan(SLOW, claimed)).verdict).toBe(
    'Only a runs with all its claims held. Not judged: b (1 claim fails).',
  );
  expect(previewComparison(plan(claimed, TOO_LARGE)).verdict).toBe(
    'None runs with all its claims held: a (1 claim fails), b (does not fit).',
  );
});

test('what the deployments say differently comes first, and what is the same is left out', () => {
  const { values } = previewComparison(plan(SLOW, FAST));
  expect(values).toContainEqual({ where: 'parallel', name: 'pp', texts: ['2', '1 (derived)'] });
  expect(values.map(({ name }) => name)).not.toContain('gpus');
});
