import type { Deployment, Pool, Stage } from '../deployment.ts';
import { unlinked } from '../links.ts';
import { layerClass } from '../model.ts';
import { unplacedExperts } from '../unplaced.ts';

/**
 * Why nothing can be computed of a deployment, or nothing when it can: every GPU must exist and be used once, every
 * layer be in one stage, every expert on a GPU, and the degrees must multiply to the GPUs of each stage. Rules say the same at their places.
 */
export function invalidReason(deployment: Deployment): string | undefined {
  const { cluster, pools } = deployment;
  const used = new Set<number>();
  if (deployment.workload.kind === 'serving') {
    if (pools.every(({ role }) => role === 'prefill')) return 'no pool generates tokens';
    if (pools.every(({ role }) => role === 'decode')) return 'no pool reads prompts';
  }
  for (const pool of pools) {
    const reason = invalidPool(pool);
    if (reason) return reason;
    for (const gpu of pool.gpus) {
      if (gpu >= cluster.gpuCount)
        return `GPU ${gpu} is not one of the ${cluster.gpuCount} GPUs of cluster ${cluster.name}`;
      if (used.has(gpu)) return `GPU ${gpu} is given out twice`;
      used.add(gpu);
    }
  }
  if (used.size === 0) return 'no GPU is given to it';
  return unlinked(deployment) ? 'GPUs exchange data that nothing links' : undefined;
}

function invalidPool(pool: Pool): string | undefined {
  const { tp, cp, dp, etp, ep, edp, pp } = pool.parallel;
  if (pp !== pool.stages.length) return `pp is ${pp}, and ${pool.stages.length} stages are written`;
  const stageGpus = new Set<number>();
  const layers = new Set<number>();
  for (const stage of pool.stages) {
    const size = stage.gpus.length;
    if (tp * cp * dp !== size || (etp * ep * edp !== size && stage.experts.size > 0)) {
      return `stage ${stage.name} has ${size} GPUs, attention needs tp ${tp} x cp ${cp} x dp ${dp} and the experts etp ${etp} x ep ${ep} x edp ${edp}`;
    }
    for (const gpu of stage.gpus) {
      if (stageGpus.has(gpu)) return `GPU ${gpu} is in two stages`;
      stageGpus.add(gpu);
    }
    for (const layer of stage.layers) {
      if (layer >= pool.model.layers.length) return `layer ${layer} is not a layer of model ${pool.model.name}`;
      if (layers.has(layer)) return `layer ${layer} is in two stages`;
      layers.add(layer);
    }
    const unplaced = unplacedExpert(pool, stage);
    if (unplaced) return unplaced;
  }
  if (layers.size < pool.model.layers.length) return `${pool.model.layers.length - layers.size} layers are in no stage`;
  if (pool.replicas > 1 && pool.gpus.length !== stageGpus.size * pool.replicas) {
    return `${pool.gpus.length} GPUs cannot be shared by ${pool.replicas} replicas of ${stageGpus.size}`;
  }
  return undefined;
}

/** An expert that lies on no GPU would be computed by nobody: what is left is another, smaller model. */
function unplacedExpert({ model }: Pool, { layers, experts }: Stage): string | undefined {
  for (const layer of layers) {
    const { feedForward } = layerClass(model, layer);
    if (feedForward.kind !== 'moe') continue;
    const [expert] = unplacedExperts(experts.get(layer), feedForward.count);
    if (expert !== undefined) return `expert ${expert} of layer ${layer} lies on no GPU`;
  }
  return undefined;
}
