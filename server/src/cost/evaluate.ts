import type { Deployment } from '../plan/deployment.ts';
import type { Model } from '../plan/model.ts';
import type { Evaluation, ModelParameters } from './evaluation.ts';
import { parametersOf } from './parameters/parameters.ts';
import { predict } from './predict.ts';

const counted = new WeakMap<Model, ModelParameters>();

/** A search evaluates many plans of one model: its parameters are counted once. */
function parametersOnce(model: Model): ModelParameters {
  const parameters = counted.get(model) ?? parametersOf(model);
  counted.set(model, parameters);
  return parameters;
}

/**
 * Everything computed of one deployment: parameters, memory per class of GPU and the prediction. Pure: equal deployments
 * give equal evaluations. Work grows with distinct stages, layer classes and expert placements, not with GPUs.
 *
 * Throws a RangeError for a deployment that refers to layers, stages or GPUs that it does not have: the rules of `plan/`
 * report these before anything is evaluated.
 */
export function evaluate(deployment: Deployment): Evaluation {
  const { memory, prediction } = predict(deployment);
  return {
    deployment,
    cluster: deployment.cluster,
    parameters: parametersOnce(deployment.model),
    memory,
    prediction,
  };
}
