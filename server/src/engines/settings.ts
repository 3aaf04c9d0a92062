import type { Gpu } from '../plan/cluster.ts';
import type { Engine, PoolRole } from '../plan/deployment.ts';
import type { Model } from '../plan/model.ts';
import type { Parallel } from '../plan/parallel.ts';
import type { EngineSpec } from '../plan/spec.ts';

/** What an engine's defaults depend on. */
export interface EnginePlace {
  readonly parallel: Parallel;
  readonly model: Model;
  readonly role: PoolRole;
  /** The GPU of the first rank. */
  readonly gpu: Gpu;
}

/** Settings that every engine has, stated or by default. Numbers of tokens and requests are those of one attention rank. */
export type EngineSettings = Pick<
  Engine,
  | 'memoryFraction'
  | 'stepTokens'
  | 'chunkTokens'
  | 'maxRequests'
  | 'maxContext'
  | 'graphBatch'
  | 'pageTokens'
  | 'cacheTokens'
  | 'windowRatio'
  | 'mambaRatio'
  | 'scalesLatent'
  | 'dpHead'
  | 'dpDense'
>;

/** Completes the settings of a plan's engine. */
export type CompleteSettings = (said: EngineSpec, place: EnginePlace) => EngineSettings;

const GIB = 2 ** 30;

/** Whether a GPU has less memory than so many GiB, as engines choose their defaults by it. */
export function hasLess({ memoryBytes }: Gpu, gib: number): boolean {
  return memoryBytes < gib * GIB;
}

/** GPUs with so much memory that is so slow share it with their host: GB10, Jetson. */
const HOST_MEMORY = { atLeast: 64 * GIB, slowerThan: 500e9 };

/** Whether a GPU's memory is its host's as well. */
export function sharesHostMemory({ memoryBytes, memoryBandwidth }: Gpu): boolean {
  return memoryBytes >= HOST_MEMORY.atLeast && memoryBandwidth < HOST_MEMORY.slowerThan;
}

/** Settings of an engine without limits of its own. `memoryFraction` is its share of the memory when none is stated. */
export function unlimited(memoryFraction: number): CompleteSettings {
  return (said, { model }) => ({
    memoryFraction: said.memoryFraction ?? memoryFraction,
    stepTokens: said.stepTokens ?? said.chunkTokens ?? 8192,
    // Every engine reads long prompts in chunks unless it is told otherwise.
    chunkTokens: said.chunkTokens ?? 8192,
    maxRequests: said.maxRequests,
    maxContext: said.maxContext ?? model.context,
    graphBatch: said.graphBatch ?? 512,
    pageTokens: said.pageTokens ?? 64,
  });
}
