import { dispatchBufferBytes } from '../../engines/deepep/kernels.ts';
import { engineProfile } from '../../engines/index.ts';
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

/** Communication buffers of one GPU that trains. All ranks exchange gradients. */
export function trainingBufferBytes(pool: Pool): number {
  const isOne = pool.gpus.length === pool.replicas;
  return dispatchBufferBytes(pool) + (isOne ? 0 : engineProfile(pool.engine.name).training.libraryBytes);
}
