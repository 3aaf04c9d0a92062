import type { Gpu } from '../plan/cluster.ts';
import { attentionConstants } from './constants/attention.ts';
import { collectiveConstants } from './constants/collectives.ts';
import { engineConstants } from './constants/engines.ts';
import { localConstants, lowLatencyConstants, nvlinkConstants, remoteConstants } from './constants/expertParallel.ts';
import { familyOf } from './constants/family.ts';
import { gemmConstants } from './constants/gemm.ts';
import { groupedConstants } from './constants/grouped.ts';
import type { Evaluation, PoolPrediction } from './evaluation.ts';
import { precisionOf, slowestGpu } from './hardware.ts';
import type { Operation, Step } from './operation.ts';

/** Element-wise kernels and state-space layers have no table of their own: a wide residual. */
const ELEMENTWISE_RESIDUAL = 0.25;

/** Mean absolute error of the fit behind an operation's time, as a fraction. */
export function residualOf(operation: Operation, gpu: Gpu, { pool }: Pick<PoolPrediction, 'pool'>): number {
  const family = familyOf(gpu);
  const { engine, model } = pool;
  switch (operation.formula) {
    case 'gemm': {
      const type = operation.key === 'head' ? model.types.embedding : model.types.attention;
      return gemmConstants(family, precisionOf(gpu, type), engine.name).residual;
    }
    case 'grouped-gemm':
      return Math.max(
        ...groupedConstants(family, precisionOf(gpu, model.types.experts), engine.name).map(({ residual }) => residual),
      );
    case 'attention-prefill':
      return attentionConstants(family, engine.name).residual;
    case 'attention-decode':
    case 'indexer':
      return attentionConstants(family, engine.name).decode16.residual;
    case 'deepep-low-latency-dispatch':
      return lowLatencyConstants('dispatch', false).residual;
    case 'deepep-low-latency-combine':
      return lowLatencyConstants('combine', false).residual;
    case 'deepep-normal-dispatch':
      return Math.max(localConstants('dispatch').residual, remoteConstants('dispatch').residual);
    case 'deepep-normal-combine':
      return Math.max(localConstants('combine').residual, remoteConstants('combine').residual);
    case 'nvlink-dispatch':
      return nvlinkConstants('dispatch', 'one-sided').residual;
    case 'nvlink-combine':
      return nvlinkConstants('combine', 'one-sided').residual;
    case 'elementwise':
    case 'permutation':
    case 'linear-attention':
    case 'prediction-module':
      return ELEMENTWISE_RESIDUAL;
    default:
      return collectiveConstants(family).residual;
  }
}

/**
 * Relative error of a step from the residuals of its parts: errors of one formula go together and add up, errors of
 * different formulas are independent and add in squares.
 */
export function partsError(evaluation: Evaluation, prediction: PoolPrediction, step: Step): number {
  const byFormula = new Map<string, number>();
  let total = 0;
  step.stages.forEach((run, index) => {
    const gpu = slowestGpu(evaluation.cluster, prediction.pool.stages[index]?.gpus ?? []);
    if (!gpu) return;
    const add = (operation: Operation, times: number) => {
      const seconds = operation.seconds * times;
      total += seconds;
      const error = seconds * residualOf(operation, gpu, prediction);
      byFormula.set(operation.formula, (byFormula.get(operation.formula) ?? 0) + error);
    };
    for (const operation of run.entry) add(operation, 1);
    for (const { layers, operations } of run.layers) for (const operation of operations) add(operation, layers.length);
    for (const operation of run.exit) add(operation, 1);
    if (run.transfer) add(run.transfer, 1);
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
