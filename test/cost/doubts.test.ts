import { expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { stepError } from '../../server/src/cost/figures/band.ts';
import { doubtsOf } from '../../server/src/cost/figures/doubts.ts';
import type { Workload } from '../../server/src/plan/deployment.ts';
import {
  cluster,
  deployment,
  experts,
  gqa,
  H100,
  layer,
  model,
  node,
  pool,
  range,
  times,
} from '../support/deployments.ts';

const SERVE: Workload = { kind: 'serving', name: 'chat', input: 1000, output: 200, concurrency: 16, prefixShare: 0 };
const MIXTURE = model(2048, [layer('moe', gqa(16, 4, 128), experts(32, 4, 1024))], times(8));

function doubts(gpu = H100) {
  const plan = deployment(MIXTURE, cluster(1, node(gpu)), SERVE, [
    pool(MIXTURE, range(0, 8), { parallel: { tp: 8, etp: 8 }, engine: { name: 'sglang' } }),
  ]);
  const evaluation = evaluate(plan);
  return { evaluation, parts: doubtsOf(evaluation).filter(({ phase }) => phase === 'decode') };
}

test('the parts of a step have all of its band and of its time', () => {
  const { evaluation, parts } = doubts();
  const sum = (of: (one: (typeof parts)[number]) => number) => parts.reduce((total, one) => total + of(one), 0);
  expect(sum(({ bandShare }) => bandShare)).toBeCloseTo(1, 9);
  expect(sum(({ share }) => share)).toBeCloseTo(1, 6);
  const [prediction] = evaluation.prediction.pools;
  const step = prediction?.steps.find(({ phase }) => phase === 'decode');
  if (!prediction || !step) throw new Error('no decode step');
  const engine = parts.find(({ part }) => part.includes('SGLang'));
  const whole = stepError(evaluation, prediction, step);
  expect((engine?.error ?? 0) ** 2 / whole ** 2).toBeCloseTo(engine?.bandShare ?? 0, 9);
});

test('what was never measured says so', () => {
  const measured = doubts().parts.find(({ part }) => part.includes('SGLang'));
  expect(measured?.why).toEqual([]);
  const elsewhere = doubts({ ...H100, family: 'blackwell' }).parts.find(({ part }) => part.includes('SGLang'));
  expect(elsewhere?.why).toEqual(['no run of SGLang on blackwell is in its fit']);
  expect(elsewhere?.bandShare).toBeGreaterThan(measured?.bandShare ?? 1);
});
