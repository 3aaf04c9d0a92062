import type { Parallel } from '../../plan/deployment.ts';
import type { NumberType } from '../../plan/model.ts';
import type { AttentionKernel } from '../constants/attention.ts';
import type { EngineConstants } from '../constants/engines.ts';
import type { Family } from '../constants/family.ts';
import type { BlockScaledKernel } from '../constants/gemm.ts';
import type { ConstantTable } from '../constants/sources.ts';

/** What engines are made for. */
export type EngineTask = 'serving' | 'training';

/**
 * All that the cost model knows of one engine. Nothing else may ask which engine a plan names: what differs between engines
 * is a member here, which every engine must have, and every engine says its own in its own file.
 */
export interface EngineProfile {
  readonly tasks: readonly EngineTask[];
  /** What the engine adds to its kernels. */
  readonly constants: EngineConstants;
  /** The table that `moeplan inspect` names as the source of these. */
  readonly constantsTable: Extract<ConstantTable, 'serving' | 'ideal'>;
  readonly kernels: EngineKernels;
  readonly memory: EngineMemory;
}

/** The libraries whose kernels an engine runs. */
export interface EngineKernels {
  readonly attention: AttentionKernel;
  /** Of block-scaled fp8 products on Hopper, dense ones and those of experts. */
  readonly blockScaled: BlockScaledKernel;
  /**
   * GPUs on which the engine, left to the library's all-to-all, exchanges the tokens of inference by kernels of its own
   * inside one scale-up domain.
   */
  readonly ownExchange: readonly Family[];
}

/** How an engine divides a GPU's memory. Bytes of one GPU throughout. */
export interface EngineMemory {
  /** Share of the memory that is used when the text does not say. */
  readonly defaultFraction: (capacityBytes: number, parallel: Parallel) => number;
  /** What the cache of requests gets where the engine may use `fraction` of the memory. */
  readonly cacheRoom: (fraction: number, gpu: OccupiedMemory) => number;
  /**
   * Per element of the copy of latent attention's up-projection that its absorbed form reads in decode beside weights
   * narrower than 16 bits; 0 where there is no copy.
   */
  readonly absorbedElementBytes: number;
  /** Multiples of columns in which experts of a type are stored; types without an entry are stored as they are. */
  readonly expertColumns: Readonly<Partial<Record<NumberType, number>>>;
  /** Of the library of collectives, in every process that exchanges anything. */
  readonly libraryBytes: number;
}

export interface OccupiedMemory {
  readonly capacityBytes: number;
  /** Of everything but the cache. */
  readonly fixedBytes: number;
  /** Of these the weights. */
  readonly weightBytes: number;
}
