import type { Cluster } from '../plan/cluster.ts';
import type { Deployment, Pool } from '../plan/deployment.ts';
import type { GpuClass } from '../plan/ranks.ts';
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
  /** Parameters that one token meets: top-k experts, the head, no embedding rows. */
  readonly active: number;
  /** The same with the whole embedding, as most makers state it; a tied table is counted once. */
  readonly activeWithEmbedding: number;
  /** The same without embedding and head. */
  readonly activeInLayers: number;
  /** Of one routed expert; 0 for a dense model. */
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
  /** How many the workload needs at once. */
  readonly requestsNeeded: number;
}

export type BottleneckKind = Bound | 'bubble' | 'load';

export interface Bottleneck {
  readonly kind: BottleneckKind;
  /** The operation with the largest share, where it is one. */
  readonly operation?: string;
  readonly stage?: string;
  /** Its share of the step, 0..1. */
  readonly share: number;
  /** One sentence for a user. */
  readonly text: string;
}

export interface PoolPrediction {
  readonly pool: Pool;
  /** One step per phase that the pool runs. The first is the one drawn. */
  readonly steps: readonly Step[];
  /** Tokens per second of the pool, over all its replicas. */
  readonly throughput: number;
}

export interface Prediction {
  readonly pools: readonly PoolPrediction[];
  /** Tokens per second: forward and training: processed; serving: generated. */
  readonly throughputTokensPerSecond: number;
  /** Serving: end to end of one request, absent under `overload`; else one step. */
  readonly latencySeconds?: number;
  readonly stepSeconds: number;
  readonly ttftSeconds?: number;
  readonly tpotSeconds?: number;
  /** More requests arrive per second than are finished: they wait without end. */
  readonly overload?: { readonly arriving: number; readonly finishing: number };
  /** Model FLOP over peak FLOP of the GPUs used, over all work; and of each stage in its drawn step. */
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

/** What is computed of a deployment whose prediction may lack a value. */
export interface Sizes {
  readonly deployment: Deployment;
  readonly cluster: Cluster;
  readonly parameters: ModelParameters;
  /** By pool, in the deployment's order. */
  readonly memory: readonly PoolMemory[];
}

/** Everything computed of one deployment: the single answer that every surface reads. */
export interface Evaluation extends Sizes {
  readonly prediction: Prediction;
}
