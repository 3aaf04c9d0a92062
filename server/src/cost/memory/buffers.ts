import { engineProfile } from '../../engines/index.ts';
import type { Pool } from '../../plan/deployment.ts';
import { expertsOf } from '../parameters/parameters.ts';

/**
 * DeepEP's low-latency kernels keep two send and two receive buffers for every expert and every token that may arrive: `4 E
 * M (2 h + 4 h / 128)` bytes for E experts and M tokens per dispatch (deep_ep/csrc/config.hpp). This does not depend on ep.
 */
export function lowLatencyBufferBytes(experts: number, dispatchTokens: number, hidden: number): number {
  return 4 * experts * dispatchTokens * (2 * hidden + (4 * hidden) / 128);
}

/** Bytes of the low-latency buffer, if the pool uses those kernels. */
export function dispatchBufferBytes(pool: Pool): number {
  const experts = expertsOf(pool.model);
  const { allToAll, dispatchTokens } = pool.engine;
  const decodes = pool.role !== 'prefill';
  if (!experts || pool.parallel.ep === 1) return 0;
  if (allToAll !== 'deepep-low-latency' && !(allToAll === 'deepep' && decodes)) return 0;
  return lowLatencyBufferBytes(experts.count, dispatchTokens, experts.latent ?? pool.model.hidden);
}

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
