import { BEYOND, type Residuals } from '../../engines/constants.ts';
import { engineProfile } from '../../engines/index.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { EngineName } from '../../plan/deployment.ts';
import { FITTED_TRAINING } from '../constants/fitted/training.ts';
import { GUESSED_RESIDUAL } from '../constants/row.ts';
import type { Evaluation, PoolPrediction } from '../evaluation.ts';
import { slowestGpu } from '../hardware.ts';
import type { Operation, Step } from '../operation.ts';

/** Visits every operation of a step with the GPU that it is timed on and its seconds in a micro-batch. */
export function forEachOperation(
  evaluation: Evaluation,
  prediction: PoolPrediction,
  step: Step,
  visit: (operation: Operation, seconds: number, gpu: Gpu) => void,
): void {
  step.stages.forEach((run, index) => {
    const gpu = slowestGpu(evaluation.cluster, prediction.pool.stages[index]?.gpus ?? []);
    if (!gpu) return;
    const add = (operation: Operation, times: number) => visit(operation, operation.seconds * times, gpu);
    for (const operation of run.entry) add(operation, 1);
    for (const { layers, operations } of run.layers) for (const operation of operations) add(operation, layers.length);
    for (const operation of run.exit) add(operation, 1);
    if (run.transfer) add(run.transfer, 1);
  });
}

/**
 * Mean absolute error behind an operation's time, as a fraction: the widest of the constants in use. Constants of a guessed
 * family are at best as good as the spread between families.
 */
export function residualOf({ constants }: Operation, { isFamilyGuessed }: Gpu): number {
  let widest = isFamilyGuessed && constants.length > 0 ? GUESSED_RESIDUAL : 0;
  for (const { residual } of constants) widest = Math.max(widest, residual);
  return widest;
}

/**
 * Relative error of a step from the residuals of its parts: errors of one formula go together and add up, errors of
 * different formulas are independent and add in squares.
 */
export function partsError(evaluation: Evaluation, prediction: PoolPrediction, step: Step): number {
  const byFormula = new Map<string, number>();
  let total = 0;
  forEachOperation(evaluation, prediction, step, (operation, seconds, gpu) => {
    const { formula } = operation;
    total += seconds;
    byFormula.set(formula, (byFormula.get(formula) ?? 0) + seconds * residualOf(operation, gpu));
  });
  let squares = 0;
  if (total > 0) for (const error of byFormula.values()) squares += (error / total) ** 2;
  return Math.sqrt(squares);
}

/**
 * Relative error of a step including what the engine itself adds. By default this is for a step and for the time per token.
 */
export function stepError(
  evaluation: Evaluation,
  prediction: PoolPrediction,
  step: Step,
  engineError = engineResidual(prediction.pool.engine.name, gpuOf(evaluation, prediction)),
): number {
  return Math.hypot(partsError(evaluation, prediction, step), engineError);
}

/** The slowest GPU of a pool's first stage. */
export function gpuOf({ cluster }: Evaluation, { pool }: PoolPrediction): Gpu | undefined {
  return slowestGpu(cluster, pool.stages[0]?.gpus ?? []);
}

/** What an engine adds to the errors of a prediction's parts: of its serving, or of training where it was measured at that. */
export function engineResidual(name: EngineName, gpu: Gpu | undefined): number {
  const { training } = engineProfile(name);
  return training.software === 'none' ? servedResiduals(name, gpu).residual : FITTED_TRAINING.residual;
}

/** Those of an engine's serving: its own where it was fitted on GPUs of the family. */
export function servedResiduals(name: EngineName, gpu: Gpu | undefined): Residuals {
  const { constants, fittedOn } = engineProfile(name);
  return !gpu || !fittedOn || fittedOn.includes(gpu.family) ? constants : BEYOND;
}
