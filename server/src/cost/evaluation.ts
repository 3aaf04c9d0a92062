import type { MemoryAccount } from '../engines/memory.ts';
import type { Start } from '../engines/start.ts';
import type { Cluster } from '../plan/cluster.ts';
import type { Deployment, Pool } from '../plan/deployment.ts';
import type { GpuClass } from '../plan/ranks.ts';
import type { PartKind } from './breakdown/step.ts';
import type { Bound, Phase, Step } from './operation.ts';

/** Exact parameter counts by class; bytes follow from the model's number types. */
export interface ParameterCounts {
  readonly embedding: number;
  readonly attention: number;
  readonly norms: number;
  readonly router: number;
  readonly shared: number;
  readonly routed: number;
  readonly dense: number;
  readonly head: number;
  readonly mtp: number;
  readonly vision: number;
}

export interface ModelParameters {
  readonly counts: ParameterCounts;
  readonly total: number;
  /** Parameters that one token meets: top-k experts and the head, but no embedding rows. */
  readonly active: number;
  /** Active parameters with the whole embedding, as most makers state them. A tied table is counted once. */
  readonly activeWithEmbedding: number;
  /** Active parameters without embedding and head. */
  readonly activeInLayers: number;
  /** Parameters of one routed expert; 0 for a dense model. */
  readonly perExpert: number;
  readonly bytesPerExpert: number;
  readonly weightBytes: number;
}

/** One GPU's memory in bytes. `totalBytes` is the sum of the parts. */
export interface GpuMemory {
  readonly gpuClass: GpuClass;
  readonly capacityBytes: number;
  readonly embeddingBytes: number;
  readonly attentionBytes: number;
  readonly routerBytes: number;
  readonly sharedExpertBytes: number;
  readonly expertBytes: number;
  readonly denseBytes: number;
  readonly normBytes: number;
  readonly headBytes: number;
  readonly otherWeightBytes: number;
  /** Training: gradients and optimizer state. */
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  readonly kvCacheBytes: number;
  readonly activationBytes: number;
  readonly bufferBytes: number;
  readonly reserveBytes: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** What the framework's allocator keeps without use and gives back when memory runs out. No part of the total. */
  readonly idleBytes: number;
}

/** What an engine says of its memory at start-up, on a GPU of the stage with the least room for the cache. Bytes of one GPU. */
export interface Startup {
  readonly gpuClass: GpuClass;
  readonly capacityBytes: number;
  readonly account: MemoryAccount;
  /** Whether it starts. */
  readonly start: Start;
  /** Tokens of the cache of one attention rank, as the engine logs them. Absent without a cache of tokens. */
  readonly tokens?: number;
}

export interface PoolMemory {
  /** One entry per class of equal GPUs. */
  readonly classes: readonly GpuMemory[];
  /** Bytes of KV cache (or state) per token and sequence on one GPU of the fullest stage. */
  readonly kvBytesPerToken: number;
  readonly stateBytesPerSequence: number;
  /** How many requests of the workload's full length fit at once in the pool; Infinity without a KV cache. */
  readonly requestsThatFit: number;
  /** Tokens of the longest request that fits alone; Infinity where nothing limits it. */
  readonly longestContext: number;
  /** Number of requests that the workload needs at once. */
  readonly requestsNeeded: number;
  /** Serving: what the engine will say at start-up. */
  readonly startup?: Startup;
}

export type BottleneckKind = Bound | 'bubble' | 'load' | 'host' | 'update';

/** What requests wait for, or what pools that are apart have to do. */
export interface RequestWait {
  /** A pool that is full, room in the cache, prompts of others, a queue without end; or pools of unequal load. */
  readonly kind: 'pool' | 'cache' | 'prompts' | 'overload' | 'balance';
  /** The pool that holds the others up, where pools are apart. */
  readonly pool?: string;
  /** Share of the latency. */
  readonly share: number;
  /** One sentence for a user. */
  readonly text: string;
}

export interface Bottleneck {
  /** What the step of the pool that limits the deployment waits for most. */
  readonly kind: BottleneckKind;
  /** The operation with the largest share, if the bottleneck is an operation. */
  readonly operation?: string;
  /** The slowest stage, where stages differ. */
  readonly stage?: string;
  readonly pool: string;
  readonly phase: Phase;
  /** The kind of parts that takes most of that step, and its share of the step, 0..1. */
  readonly part: PartKind;
  readonly share: number;
  readonly wait?: RequestWait;
  /** What the step waits for most, as a sentence for a user. */
  readonly ofStep: string;
  /** A sentence for a user, or two where requests wait. */
  readonly text: string;
}

export interface PoolPrediction {
  readonly pool: Pool;
  /** One step per phase that the pool runs. Views draw the first. */
  readonly steps: readonly Step[];
  /** Tokens per second of the pool, over all its replicas. */
  readonly throughput: number;
  /** Requests that it does its part of over those that it could, where prompts are read apart from what is generated. */
  readonly load?: number;
}

export interface Prediction {
  readonly pools: readonly PoolPrediction[];
  /** Tokens per second: those processed in a batch and in training, those generated in serving. */
  readonly throughputTokensPerSecond: number;
  /** Serving: seconds from end to end of one request, absent under `overload`. Otherwise one step. */
  readonly latencySeconds?: number;
  readonly stepSeconds: number;
  readonly ttftSeconds?: number;
  readonly tpotSeconds?: number;
  /**
   * Serving: requests that generate at once, and the most that caches hold at once (Infinity without a limit). Beyond it
   * requests wait for cache.
   */
  readonly inFlight?: { readonly running: number; readonly most: number };
  /** Set when more requests arrive per second than are finished, so that their queue grows without end. */
  readonly overload?: { readonly arriving: number; readonly finishing: number };
  /** Model FLOP over the peak FLOP of the GPUs in use, over all work, and for each stage in its drawn step. */
  readonly utilisation: number;
  readonly utilisationPerGpu: readonly {
    readonly gpus: readonly number[];
    readonly phase: Phase;
    readonly utilisation: number;
  }[];
  readonly bubbleFraction: number;
  readonly exposedCommunicationSeconds: number;
  readonly bottleneck: Bottleneck;
}

/** What is computed for a deployment whose prediction may lack a value. */
export interface Sizes {
  readonly deployment: Deployment;
  readonly cluster: Cluster;
  readonly parameters: ModelParameters;
  /** Memory of each pool, in the deployment's order. */
  readonly memory: readonly PoolMemory[];
}

/** Everything computed for one deployment. Every surface reads its figures from here. */
export interface Evaluation extends Sizes {
  readonly prediction: Prediction;
}
