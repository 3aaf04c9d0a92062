import type { Engine } from '../../plan/deployment.ts';
import type { LayerClass, Model, NumberType } from '../../plan/model.ts';
import type { Parallel } from '../../plan/parallel.ts';
import type { AttentionKernel } from '../constants/attention.ts';
import type { EngineConstants } from '../constants/engines.ts';
import type { Family } from '../constants/family.ts';
import type { BlockScaledKernel } from '../constants/gemm.ts';
import type { ConstantTable } from '../constants/sources.ts';
import type { TrainingConstants, TrainingEngine } from '../constants/training.ts';

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
  readonly training: EngineTraining;
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

/** How an engine trains. Bytes of one GPU throughout. */
export interface EngineTraining {
  /** What it adds to kernels and links, or hides, of what is fitted of training. */
  readonly times: (fitted: TrainingConstants) => TrainingEngine;
  /** What `recompute = selective` computes again: attention alone, or every second product and what lies between them. */
  readonly selective: 'attention' | 'every-second-product';
  /** Whatever of a layer is computed again, its backward pass holds all of the layer at once. */
  readonly holdsRepeatedLayer: boolean;
  /** Sharded weights and gradients stay whole between the micro-batches of a pipeline. */
  readonly keepsPipelinedWhole: boolean;
  /** Shards of weights (ZeRO 3) are the optimizer's own master weights. */
  readonly shardsAreMaster: boolean;
  /**
   * Per logit at the peak of the loss, for so many heads one after another (the model's own and those of its prediction
   * modules) whose vocabulary is split over `tp` GPUs.
   */
  readonly lossBytes: (engine: Pick<Engine, 'fusedLoss'>, heads: number, tp: number) => number;
  /** Workspaces of the libraries, whatever the plan. */
  readonly workspaceBytes: number;
  /** Workspaces of the experts' grouped products. */
  readonly groupedWorkspaceBytes: (engine: Pick<Engine, 'allToAll'>) => number;
  /** What the allocator holds beside what it has given out, as a share of that. */
  readonly reservedShare: number;
  /** Buffers of a pipeline beside the activations in flight. `index` is the stage's, from 0; `inFlight` micro-batches of it. */
  readonly pipelineBufferBytes: (share: TrainedShare, index: number, inFlight: number, microBatches: number) => number;
  /** In the backward pass of a layer, beside what the forward pass saved. */
  readonly backwardBytes: (share: TrainedShare, layer: LayerClass) => number;
  /** Kept of a head's input beside the logits. */
  readonly headInputBytes: (share: TrainedShare) => number;
}

/** A model's share of one GPU and what one micro-batch brings it. Who knows hardware holds it in a `LayerContext`. */
export interface TrainedShare {
  readonly model: Model;
  readonly parallel: Parallel;
  /** Of one attention rank, and the same where norms and residuals are split over tp. */
  readonly tokens: number;
  readonly residualTokens: number;
  /** Per element of an activation. */
  readonly activationBytes: number;
}
