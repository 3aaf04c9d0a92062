import type { Gpu } from '../../plan/cluster.ts';
import type { Evaluation, PoolPrediction, Prediction } from '../evaluation.ts';
import type { Operation, Step, StepParts } from '../operation.ts';
import { meanPart } from '../steps/parts.ts';
import { residualOf, stepError } from './band.ts';
import type { Figure } from './figure.ts';
import { byFormula, exact, inBand, shareOf } from './make.ts';

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

/** What a step is spent on, as the mean of its stages; the parts add up to the step. */
export function partFigures({ parts }: Step): Readonly<Record<keyof StepParts, Figure>> {
  const figure = (part: keyof StepParts) => exact(meanPart(parts, part), 'seconds', 'step-parts');
  return {
    computation: figure('computation'),
    exposedCommunication: figure('exposedCommunication'),
    bubble: figure('bubble'),
    betweenSteps: figure('betweenSteps'),
  };
}

/** The time of an operation's kernel alone, on one kind of GPU. */
export function kernelFigure(operation: Operation, gpu: Gpu): Figure {
  return inBand(byFormula(operation.seconds, 'seconds', operation.formula), residualOf(operation, gpu));
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
