import type { Evaluation, PoolPrediction } from '../cost/evaluation.ts';
import { engineResidual, forEachOperation, gpuOf, residualOf, servedResiduals } from '../cost/figures/band.ts';
import { mainPool } from '../cost/figures/figures.ts';
import type { Step } from '../cost/operation.ts';
import type { MetricName } from './metrics.ts';

/** Relative errors behind a prediction by where they come from: a formula on a family of GPUs, or an engine. */
type Errors = ReadonlyMap<string, number>;

/**
 * The errors of one metric of a plan. Those of one formula on one family go together, as do those of an engine on a family; others
 * are independent.
 */
export function errorsOf(evaluation: Evaluation, metric: MetricName): Errors {
  const errors = new Map<string, number>();
  const main = mainPool(evaluation);
  const step = main?.steps[0];
  if (!main || !step) return errors;
  addParts(errors, evaluation, main, step);
  const gpu = gpuOf(evaluation, main);
  const { name } = main.pool.engine;
  errors.set(`engine ${name} ${gpu?.family}`, residualFor(metric, name, gpu, evaluation.deployment.workload.kind));
  return errors;
}

function addParts(errors: Map<string, number>, evaluation: Evaluation, main: PoolPrediction, step: Step): void {
  let total = 0;
  forEachOperation(evaluation, main, step, (_, seconds) => {
    total += seconds;
  });
  if (total === 0) return;
  forEachOperation(evaluation, main, step, (operation, seconds, gpu) => {
    const key = `${operation.formula} ${gpu.family}`;
    errors.set(key, (errors.get(key) ?? 0) + (seconds * residualOf(operation, gpu)) / total);
  });
}

function residualFor(
  metric: MetricName,
  engine: Parameters<typeof servedResiduals>[0],
  gpu: ReturnType<typeof gpuOf>,
  kind: string,
): number {
  if (kind !== 'serving') return engineResidual(engine, gpu);
  const { residual, rateResidual, firstResidual } = servedResiduals(engine, gpu);
  if (metric === 'ttft') return firstResidual;
  return RATES.includes(metric) ? rateResidual : residual;
}

const RATES: readonly MetricName[] = ['throughput', 'throughput-per-gpu', 'tokens-per-price', 'utilisation'];

/** The relative error of one plan's figure by itself. */
export function ownError(errors: Errors): number {
  return Math.hypot(...errors.values());
}

/** The relative error of the ratio of two plans' figures: what they have in common cancels. */
export function errorBetween(left: Errors, right: Errors): number {
  const differences: number[] = [];
  for (const key of new Set([...left.keys(), ...right.keys()]))
    differences.push((left.get(key) ?? 0) - (right.get(key) ?? 0));
  return Math.hypot(...differences);
}
