import type { Model } from '../../plan/model.ts';
import { parametersOf } from '../parameters/parameters.ts';
import type { CacheClass } from './cacheClasses.ts';
import type { Figure } from './figure.ts';
import { exact, inputsIn } from './make.ts';

export interface ModelFigures {
  readonly parameters: Figure;
  readonly active: Figure;
  readonly activeWithEmbedding: Figure;
  readonly activeInLayers: Figure;
  readonly weights: Figure;
  /** Parameters of one routed expert. */
  readonly expertParameters: Figure;
  /** By class of parameters, without empty ones. */
  readonly classes: readonly (readonly [name: string, parameters: Figure])[];
}

/** What follows from a model alone, before it is laid over GPUs. */
export function modelFigures(model: Model): ModelFigures {
  const { counts, total, active, activeWithEmbedding, activeInLayers, weightBytes, perExpert } = parametersOf(model);
  const count = (value: number) => exact(value, 'parameters', 'parameters');
  return {
    parameters: exact(total, 'parameters', 'parameters', inputsIn('parameters', { ...counts })),
    active: count(active),
    activeWithEmbedding: count(activeWithEmbedding),
    activeInLayers: count(activeInLayers),
    weights: exact(weightBytes, 'bytes', 'weight-bytes'),
    expertParameters: count(perExpert),
    classes: Object.entries(counts).flatMap(([name, value]) => (value > 0 ? [[name, count(value)] as const] : [])),
  };
}

/** Bytes of a number of a model's routed experts, each split over `etp` GPUs. */
export function expertsFigure(model: Model, count: number, etp = 1): Figure {
  const { bytesPerExpert } = parametersOf(model);
  return exact((count * bytesPerExpert) / etp, 'bytes', 'weight-bytes', {
    experts: { value: count, unit: 'count' },
    'bytes of one': { value: bytesPerExpert, unit: 'bytes' },
  });
}

/** What a kind of layer keeps of a sequence: for each token, or once. */
export function cacheFigure({ bytesPerToken, bytesPerSequence }: CacheClass): {
  readonly bytes: Figure;
  readonly isPerToken: boolean;
} {
  const isPerToken = bytesPerToken > 0;
  return { bytes: exact(isPerToken ? bytesPerToken : bytesPerSequence, 'bytes', 'memory'), isPerToken };
}
