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
 * Communication buffers of one GPU. Ranks that exchange nothing, such as those of a dense model with one GPU each, never
 * start a library. In training all ranks exchange gradients.
 */
export function bufferBytes(pool: Pool, training: boolean): number {
  const { tp, cp, pp, etp, ep } = pool.parallel;
  const isOne = training
    ? pool.gpus.length === pool.replicas
    : tp * cp * pp * (expertsOf(pool.model) ? etp * ep : 1) === 1;
  const libraries = isOne ? 0 : engineProfile(pool.engine.name).memory.libraryBytes;
  return dispatchBufferBytes(pool) + libraries;
}
