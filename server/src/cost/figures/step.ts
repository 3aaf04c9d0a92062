import type { Gpu } from '../../plan/cluster.ts';
import type { Evaluation, PoolPrediction, Prediction } from '../evaluation.ts';
import type { Operation, Step } from '../operation.ts';
import { residualOf, stepError } from './band.ts';
import type { Figure } from './figure.ts';
import { byFormula, exact, shareOf, withError } from './make.ts';

export interface StepFigures {
  readonly step: Figure;
  readonly bubble: Figure;
  readonly exposedCommunication: Figure;
}

/** One step of a pool. */
export function stepFigures(evaluation: Evaluation, prediction: PoolPrediction, step: Step): StepFigures {
  const error = stepError(evaluation, prediction, step);
  return {
    step: inBand(exact(step.seconds, 'seconds', step.phase === 'training' ? 'training-step' : 'step'), error),
    bubble: exact(step.bubbleFraction, 'fraction', 'bubble'),
    exposedCommunication: inBand(exact(step.exposedCommunicationSeconds, 'seconds', 'exposed-communication'), error),
  };
}

/** The time of an operation's kernel alone, on one kind of GPU. */
export function kernelFigure(operation: Operation, gpu: Gpu): Figure {
  return inBand(byFormula(operation.seconds, 'seconds', operation.formula), residualOf(operation, gpu));
}

/** Nothing is uncertain of what takes no time. */
function inBand(figure: Figure, error: number): Figure {
  return figure.value > 0 ? withError(figure, error) : figure;
}

/** The share of a step that something takes. */
export function shareOfStep(seconds: number, stepSeconds: number): Figure {
  return shareOf(seconds, stepSeconds, 'seconds');
}

/** How much of the peak of some GPUs is used, in a step in which they take part. */
export function gpuUtilisation({ utilisation }: Prediction['utilisationPerGpu'][number]): Figure {
  return exact(utilisation, 'fraction', 'utilisation');
}

/** Tokens per second of a plan that was scored, without what only a whole prediction gives. */
export function scoredThroughput(tokensPerSecond: number, isServing: boolean): Figure {
  return exact(tokensPerSecond, 'tokens/s', isServing ? 'serving-throughput' : 'throughput');
}

/** The time of a request or of a step of a plan that was scored. */
export function scoredTime(seconds: number): Figure {
  return exact(seconds, 'seconds', 'latency');
}

/** Requests that arrive, and those that are finished, where these are fewer. */
export function overloadFigures({ arriving, finishing }: NonNullable<Prediction['overload']>): {
  readonly arriving: Figure;
  readonly finishing: Figure;
} {
  return {
    arriving: exact(arriving, 'requests/s', 'count'),
    finishing: exact(finishing, 'requests/s', 'requests-finished'),
  };
}
