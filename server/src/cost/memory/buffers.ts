import { dispatchBufferBytes } from '../../engines/deepep/kernels.ts';
import { engineProfile } from '../../engines/index.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { Pool } from '../../plan/deployment.ts';
import { expertsOf } from '../parameters/parameters.ts';

/**
 * Whether a rank exchanges anything with others, and whether it computes layers together with them. Ranks that exchange
 * nothing, such as those of a dense model with one GPU each, never start a library of collectives.
 */
export function groupOf({ parallel, model }: Pool): { readonly isGroup: boolean; readonly sharesLayers: boolean } {
  const { tp, cp, pp, etp, ep } = parallel;
  const sharesLayers = tp * cp * (expertsOf(model) ? etp * ep : 1) > 1;
  return { isGroup: sharesLayers || pp > 1, sharesLayers };
}

/** Communication buffers of one GPU that trains. */
export function trainingBufferBytes(pool: Pool, gpu: Gpu): number {
  return dispatchBufferBytes(pool) + engineProfile(pool.engine.name).training.libraryBytes(communicators(pool), gpu);
}

/** Groups of several ranks in which a rank that trains exchanges anything: all ranks together, and each kind of parallelism. */
export function communicators({ gpus, replicas, parallel, model }: Pool): number {
  const { tp, cp, pp, dp, ep, etp, edp } = parallel;
  const ofExperts = expertsOf(model) ? [ep, etp, edp] : [];
  const sizes = [gpus.length / replicas, tp, cp, pp, dp * cp, ...ofExperts];
  return sizes.filter((size) => size > 1).length;
}
