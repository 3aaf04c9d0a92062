import type { Gpu } from '../plan/cluster.ts';
import { type ConstantSet, constantSets } from './constantSets.ts';
import { engineConstants } from './constants/engines.ts';
import type { Evaluation, PoolPrediction } from './evaluation.ts';
import { slowestGpu } from './hardware.ts';
import type { Operation, Step } from './operation.ts';

/** What a step's operation is made of: the operation, how many times a micro-batch runs it, and its constants. */
export function forEachOperation(
  evaluation: Evaluation,
  prediction: PoolPrediction,
  step: Step,
  visit: (operation: Operation, seconds: number, sets: readonly ConstantSet[]) => void,
): void {
  step.stages.forEach((run, index) => {
    const gpu = slowestGpu(evaluation.cluster, prediction.pool.stages[index]?.gpus ?? []);
    if (!gpu) return;
    const add = (operation: Operation, times: number) =>
      visit(operation, operation.seconds * times, constantSets(operation, gpu, prediction));
    for (const operation of run.entry) add(operation, 1);
    for (const { layers, operations } of run.layers) for (const operation of operations) add(operation, layers.length);
    for (const operation of run.exit) add(operation, 1);
    if (run.transfer) add(run.transfer, 1);
  });
}

/** Mean absolute error of the fit behind an operation's time, as a fraction. */
export function residualOf(operation: Operation, gpu: Gpu, prediction: PoolPrediction): number {
  return widestOf(constantSets(operation, gpu, prediction));
}

function widestOf(sets: readonly ConstantSet[]): number {
  let widest = 0;
  for (const { residual } of sets) widest = Math.max(widest, residual);
  return widest;
}

/**
 * Relative error of a step from the residuals of its parts: errors of one formula go together and add up, errors of
 * different formulas are independent and add in squares. Of several kernels the widest counts.
 */
export function partsError(evaluation: Evaluation, prediction: PoolPrediction, step: Step): number {
  const byFormula = new Map<string, number>();
  let total = 0;
  forEachOperation(evaluation, prediction, step, ({ formula }, seconds, sets) => {
    total += seconds;
    byFormula.set(formula, (byFormula.get(formula) ?? 0) + seconds * widestOf(sets));
  });
  let squares = 0;
  if (total > 0) for (const error of byFormula.values()) squares += (error / total) ** 2;
  return Math.sqrt(squares);
}

/** The same with what the engine itself adds: by default that of a step and of the time per token. */
export function stepError(
  evaluation: Evaluation,
  prediction: PoolPrediction,
  step: Step,
  own = engineConstants(prediction.pool.engine.name).residual,
): number {
  return Math.hypot(partsError(evaluation, prediction, step), own);
}
