import type { GpuFamily } from '../language/vocabulary/gpuFamilies.ts';
import type { Gpu } from '../plan/cluster.ts';
import type { Engine } from '../plan/deployment.ts';
import type { LayerClass, Model, NumberType } from '../plan/model.ts';
import type { Parallel, Schedule } from '../plan/parallel.ts';
import type {
  AttentionKernel,
  BlockScaledKernel,
  EngineConstants,
  PlainKernel,
  TrainingSoftware,
} from './constants.ts';
import type { EngineDegrees } from './degrees.ts';
import type { CacheHandover } from './handover.ts';
import type { EngineLaunch } from './launch.ts';
import type { Account, HeldWeights, LoggedTokens, RankSplits, StartedCache } from './memory.ts';
import type { EngineRule } from './rule.ts';
import type { CompleteSettings } from './settings.ts';
import type { Starts } from './start.ts';

/** Tasks that engines are made for. */
export type EngineTask = 'serving' | 'training';

/**
 * Everything that moeplan knows about one engine. No other code may ask which engine a plan names: each difference
 * between engines is a member here, and every engine states all members in its own file.
 */
export interface EngineProfile {
  /** As people write it. */
  readonly title: string;
  readonly tasks: readonly EngineTask[];
  /** What the engine adds to its kernels. */
  readonly constants: EngineConstants;
  /** The table that `moeplan inspect` names as the source of the constants. */
  readonly constantsTable: 'serving' | 'ideal';
  /** Families of GPUs on which its serving was fitted: on others bands are wide. Absent for what nothing was fitted of. */
  readonly fittedOn?: readonly GpuFamily[];
  readonly kernels: EngineKernels;
  readonly degrees: EngineDegrees;
  /** Completes the settings that a plan leaves out. */
  readonly settings: CompleteSettings;
  /** What it refuses, rewrites or ignores. */
  readonly rules: readonly EngineRule[];
  /** Hands the cache of prompts from pool to pool. Undefined for an engine that does not serve, and for the ideal one. */
  readonly handover: CacheHandover | undefined;
  /** How it is started, in its own words. Undefined for one that nobody starts. */
  readonly launch: EngineLaunch | undefined;
  readonly memory: EngineMemory;
  readonly training: EngineTraining;
}

/** The libraries whose kernels an engine runs. */
export interface EngineKernels {
  readonly attention: AttentionKernel;
  /** Library for block-scaled fp8 products on Hopper, both dense products and those of experts. */
  readonly blockScaled: BlockScaledKernel;
  /** Library for experts in 16 bits on Blackwell. */
  readonly plainExperts: PlainKernel;
  /**
   * GPUs on which the engine replaces the library's all-to-all. For inference inside one scale-up domain it exchanges
   * tokens with kernels of its own there.
   */
  readonly ownExchange: readonly GpuFamily[];
  /** Whether prompts run as operations that are launched one by one, neither compiled nor fused: each kernel then counts. */
  readonly eager: boolean;
}

/** Sizes of the matrices of one expert on one GPU. */
export interface ExpertSizes {
  readonly hidden: number;
  /** Inner columns that the GPU holds. */
  readonly columns: number;
}

/** What decides the kernels that multiply with experts. */
export interface ExpertStorage {
  readonly type: NumberType;
  readonly version: string | undefined;
  readonly family: GpuFamily;
}

/** How an engine divides a GPU's memory. */
export interface EngineMemory {
  /** The engine's own account of what it takes before the cache of requests gets the rest. */
  readonly account: Account;
  /**
   * Share of a GPU's memory by which the account is off: 80 % of start-up logs lie within it (`npm run accuracy`, over kv.csv).
   */
  readonly cacheError: number;
  /** Tokens of the cache as the engine logs them. */
  readonly loggedTokens: LoggedTokens;
  /** The lines about its cache that it writes at start-up. */
  readonly log: (cache: StartedCache) => readonly string[];
  /** Whether it starts with the cache that its account leaves. */
  readonly starts: Starts;
  /** Among how many data parallel ranks of attention an engine that serves splits parts that every rank could hold whole. */
  readonly splitOverRanks: (pool: Pick<HeldWeights, 'engine' | 'parallel' | 'model'>) => RankSplits;
  /**
   * Bytes that a GPU holds from loading on beside its share of the weights: copies, parts that the engine does not split, and
   * workspaces of kernels. None in training.
   */
  readonly heldBesideWeights: (held: HeldWeights) => number;
  /** Sizes at which a GPU stores an expert's matrices, which kernels may want padded. */
  readonly storedExperts: (sizes: ExpertSizes, of: ExpertStorage) => ExpertSizes;
  /** Whether it keeps the keys of an indexer in layers that take the choice of an earlier one, and have no indexer. */
  readonly indexesEveryLayer: boolean;
}

/** What a GPU holds between the steps of training, in bytes. */
export interface HeldState {
  readonly weightBytes: number;
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  /** Whether the optimizer's state is sharded (ZeRO 1 and more). */
  readonly isSharded: boolean;
}

/** How an engine trains. All bytes are those of one GPU. */
export interface EngineTraining {
  /** What decides which fitted constants of training hold for it. */
  readonly software: TrainingSoftware;
  /** Pipeline schedules that it has. */
  readonly schedules: readonly Schedule[];
  /** What `recompute = selective` computes again: attention alone, or every second product and what lies between them. */
  readonly selective: 'attention' | 'every-second-product';
  /** Whether the backward pass holds all of a layer at once when any part of the layer is computed again. */
  readonly holdsRepeatedLayer: boolean;
  /** Whether sharded weights and gradients stay whole between the micro-batches of a pipeline. */
  readonly keepsPipelinedWhole: boolean;
  /** Whether shards of weights (ZeRO 3) are the optimizer's own master weights. */
  readonly shardsAreMaster: boolean;
  /**
   * Bytes per logit at the peak of the loss, for `heads` heads one after another (the model's own and those of its
   * prediction modules) whose vocabulary is split over `tp` GPUs.
   */
  readonly lossBytes: (engine: Pick<Engine, 'fusedLoss'>, heads: number, tp: number) => number;
  /** Bytes of the library of collectives in a process with so many communicators. */
  readonly libraryBytes: (communicators: number, gpu: Pick<Gpu, 'family'>) => number;
  /** Bytes of the libraries' workspaces, whatever the plan. */
  readonly workspaceBytes: number;
  /** Bytes of the workspaces of the experts' grouped products. */
  readonly groupedWorkspaceBytes: (engine: Pick<Engine, 'allToAll'>) => number;
  /** Bytes that the allocator holds in addition to what it has given out, as a share of that. */
  readonly reservedShare: number;
  /**
   * Bytes that the allocator keeps though nobody uses them, and gives back when memory runs out: tools show them as used. Nothing
   * for an engine whose `reservedShare` has them.
   */
  readonly idleBytes: (held: HeldState) => number;
  /**
   * Buffers of a pipeline in addition to the activations in flight. `index` is the index of the stage, and `inFlight` its
   * number of micro-batches.
   */
  readonly pipelineBufferBytes: (share: TrainedShare, index: number, inFlight: number, microBatches: number) => number;
  /**
   * Whether experts' outputs that travel by the library's all-to-all are kept for the backward pass: where probabilities multiply them
   * behind the exchange and not inside the experts.
   */
  readonly keepsExpertOutputs: boolean;
  /** Bytes in the backward pass of a layer in addition to what the forward pass saved. */
  readonly backwardBytes: (share: TrainedShare, layer: LayerClass) => number;
  /** Bytes kept of a head's input beside the logits. */
  readonly headInputBytes: (share: TrainedShare) => number;
}

/**
 * A model's share on one GPU and what one micro-batch adds to it. Code that knows the hardware has it as a `LayerContext`.
 */
export interface TrainedShare {
  readonly model: Model;
  readonly parallel: Parallel;
  /** Tokens of one attention rank, and their number where norms and residuals are split over tp. */
  readonly tokens: number;
  readonly residualTokens: number;
  /** Bytes per element of an activation. */
  readonly activationBytes: number;
}
