import type { PlanFault, PoolFault, RoleFault } from '../validity/faults.ts';
import type { PlacedPool } from '../validity/pool.ts';

/*
 * Says in a sentence why nothing can be computed of a plan. What is wrong is decided in `plan/validity/`; rules report the
 * same faults at their places in the text.
 */

export function poolSentence(fault: PoolFault, pool: PlacedPool): string {
  switch (fault.kind) {
    case 'stages':
      return `pp is ${fault.pp}, and ${fault.written} ${fault.written === 1 ? 'stage is' : 'stages are'} written`;
    case 'layout':
      return `its layers cannot be laid out: ${fault.fault.reason}`;
    case 'degrees': {
      const { tp, cp, dp, etp, ep, edp } = pool.parallel;
      const { name, gpus } = fault.stage;
      return `stage ${name} has ${gpus.length} GPUs, attention needs tp ${tp} x cp ${cp} x dp ${dp} and the experts etp ${etp} x ep ${ep} x edp ${edp}`;
    }
    case 'gpu-in-two-stages':
      return `GPU ${fault.gpu} is in two stages`;
    case 'layer-outside':
      return `layer ${fault.layer} is not a layer of model ${pool.model.name}`;
    case 'layer-in-two-stages':
      return `layer ${fault.layer} is in two stages`;
    case 'experts-missing':
      return `expert ${fault.experts[0]} of layer ${fault.layer} lies on no GPU`;
    case 'layers-missing':
      return `${fault.layers.length} layers are in no stage`;
    case 'replicas':
      return `${pool.gpus.length} GPUs cannot be shared by ${pool.replicas} replicas of ${fault.perReplica}`;
    case 'gpu-absent':
      return `GPU ${fault.gpu} is not one of the ${pool.cluster.gpuCount} GPUs of cluster ${pool.cluster.name}`;
  }
}

/** Why nothing can be predicted. Memory is computed all the same. */
export function roleSentence({ role }: RoleFault): string {
  return role === 'decode' ? 'no pool generates tokens' : 'no pool reads prompts';
}

export function planSentence(fault: PlanFault): string {
  switch (fault.kind) {
    case 'gpu-given-twice':
      return `GPU ${fault.gpu} is given out twice`;
    case 'no-gpus':
      return 'no GPU is given to it';
    case 'unlinked':
      return 'GPUs exchange data that nothing links';
    case 'misplaced':
      return 'an `expert` line names what is not there';
    case 'experts-repeated':
      return 'an expert is placed twice';
  }
}
