import { Memo } from '../language/memo.ts';
import type { Deployment } from '../plan/deployment.ts';
import type { Model } from '../plan/model.ts';
import { memoryOfHalf } from './estimate.ts';
import type { Evaluation, ModelParameters, Sizes } from './evaluation.ts';
import { parametersOf } from './parameters/parameters.ts';
import { predict } from './predict.ts';
import { poolSetting } from './steps/stage.ts';

const counted = new Memo<Model, ModelParameters>();

/** Parameters are counted once per model, because a search evaluates many plans of one model. */
function parametersOnce(model: Model): ModelParameters {
  const parameters = counted.get(model) ?? parametersOf(model);
  counted.set(model, parameters);
  return parameters;
}

/** What can be computed of a plan that has one half of serving alone: everything but the prediction. */
export function evaluateHalf(deployment: Deployment): Sizes {
  const { cluster, workload, pools, model } = deployment;
  if (workload.kind !== 'serving') throw new RangeError('serving alone has halves');
  const settings = pools.map((pool) => poolSetting(cluster, pool));
  return {
    deployment,
    cluster,
    parameters: parametersOnce(model),
    memory: memoryOfHalf(deployment, settings, workload),
  };
}

/**
 * Everything computed for one deployment: parameters, memory per class of GPU and the prediction. The function is pure:
 * equal deployments give equal evaluations. The work grows with distinct stages, layer classes and expert placements, not
 * with GPUs.
 * Throws a RangeError for a deployment that refers to layers, stages or GPUs that it does not have. The rules of `plan/`
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
