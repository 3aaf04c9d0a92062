import type { EngineName } from '../language/vocabulary/engine.ts';
import type { Cluster } from './cluster.ts';
import type { Model } from './model.ts';
import type { Derivations, Parallel } from './parallel.ts';

/**
 * A deployment after everything that the text leaves out has been derived. It is plain data without text positions or
 * formulas.
 */

export type Optimizer = 'adam' | 'sgd' | 'muon';

export type Workload =
  /** One forward pass over a batch. Lengths in tokens. */
  | { readonly kind: 'batch'; readonly name: string; readonly sequences: number; readonly length: number }
  | {
      readonly kind: 'serving';
      readonly name: string;
      readonly input: number;
      readonly output: number;
      /** Requests in flight; absent in an open loop. */
      readonly concurrency?: number;
      /** Requests that arrive per second; absent in a closed loop. */
      readonly requestRate?: number;
      readonly prefixShare: number;
      /** Requests of a closed loop that starts with all of its concurrency at once; absent in steady state. */
      readonly requests?: number;
      /** Lengths lie evenly within this share of their mean. When absent, they vary as in production. */
      readonly lengthSpread?: number;
    }
  | {
      readonly kind: 'training';
      readonly name: string;
      readonly length: number;
      readonly globalBatch: number;
      readonly microBatch: number;
      readonly optimizer: Optimizer;
      /** Share of activations that dropout zeroes; only that it is not 0 matters. */
      readonly dropout?: number;
      /** `adapters`: only low-rank adapters are trained and the weights are frozen. `all` by default. */
      readonly trainable?: 'all' | 'adapters';
    };

export type TrainingWorkload = Extract<Workload, { kind: 'training' }>;

export type { EngineName };

export const ALL_TO_ALL = ['nccl', 'deepep', 'deepep-normal', 'deepep-low-latency', 'gather'] as const;

/** How tokens reach their experts. */
export type AllToAll = (typeof ALL_TO_ALL)[number];

/** Whether an all-to-all is one of DeepEP's. */
export function isDeepEp(allToAll: AllToAll): boolean {
  return allToAll.startsWith('deepep');
}

/** Kernels that compute the experts, where memory depends on them. */
export type MoeBackend = 'cutlass' | 'trtllm' | 'deepgemm';

/**
 * Whether tokens reach their experts through DeepEP's low-latency kernels, whose buffers have room for `dispatch-tokens` of
 * every rank. `deepep` takes them where tokens are generated.
 */
export function usesLowLatency({ role, engine, parallel }: Pick<Pool, 'role' | 'engine' | 'parallel'>): boolean {
  if (parallel.ep === 1) return false;
  return engine.allToAll === 'deepep-low-latency' || (engine.allToAll === 'deepep' && role !== 'prefill');
}

export interface Engine {
  readonly name: EngineName;
  /** As written: `0.22.0`. Absent means the newest that moeplan knows. */
  readonly version?: string;
  /** Share of a GPU's memory, of which part depends on the engine. */
  readonly memoryFraction: number;
  readonly reserveBytes?: number;
  /** Bytes of a GPU that others hold when the engine starts. Nothing when absent. */
  readonly occupiedBytes?: number;
  /** Bytes of a GPU for the cache of requests, in place of what a share leaves. */
  readonly cacheMemoryBytes?: number;
  /** Most tokens of one step of an attention rank: those of prompts and those that are generated. */
  readonly stepTokens: number;
  /** Most tokens of one prompt in a step of an attention rank. The whole prompt when absent. */
  readonly chunkTokens?: number | undefined;
  /** Most requests at once on an attention rank. No limit when absent. */
  readonly maxRequests?: number | undefined;
  /** Most tokens of a request, input and output. Not known when absent. */
  readonly maxContext?: number | undefined;
  /** Most requests of a decode step that runs from a captured graph. */
  readonly graphBatch: number;
  /** Most tokens of the cache of an attention rank. What memory holds when absent. */
  readonly cacheTokens?: number | undefined;
  /** Tokens of layers with a window for each token of layers without one. Absent where they have no pools of their own. */
  readonly windowRatio?: number | undefined;
  /** Memory for states of linear layers for each byte of the KV cache. Absent where they have no pools of their own. */
  readonly mambaRatio?: number | undefined;
  /** Whether latents of sparse attention are kept in 8 bits with scales, and their rotary part in 16. */
  readonly scalesLatent?: boolean | undefined;
  /** Whether every data parallel rank of attention holds the whole head. Absent where engines leave no choice. */
  readonly dpHead?: boolean | undefined;
  /** Whether every data parallel rank of attention holds dense feed-forward networks whole. Absent where engines leave no choice. */
  readonly dpDense?: boolean | undefined;
  /** Kernels that compute the experts. The engine's own choice when absent. */
  readonly moeBackend?: MoeBackend | undefined;
  readonly graphs: boolean;
  readonly allToAll: AllToAll;
  readonly dispatchTokens: number;
  readonly twoBatchOverlap: boolean;
  readonly sharedOverlap: boolean;
  readonly speculativeTokens: number;
  readonly acceptance: number;
  readonly pageTokens: number;
  /** Training: element-wise operations are fused with each other (torch.compile, Transformer Engine). True by default. */
  readonly fused?: boolean;
  /** Training: the loss writes no fp32 copy of the logits. False by default. */
  readonly fusedLoss?: boolean;
  /** Training: version of FlashAttention (or an equally fast kernel); 0 writes score matrices. 3 by default. */
  readonly flashAttention?: number;
  /** Training: one kernel computes a product for all experts, with activation and quantisation in it. False by default. */
  readonly fusedExperts?: boolean;
}

/** The experts of one MoE layer: for each rank of the expert group the experts (or replicas) it holds. */
export interface ExpertMap {
  /** One entry per expert-parallel rank (length `ep`), each a list of expert indexes; replicas repeat an index. */
  readonly ranks: readonly (readonly number[])[];
}

export interface Stage {
  readonly name: string;
  /** Position in the pipeline, from 0. */
  readonly index: number;
  readonly layers: readonly number[];
  /** Number of layers in each of its chunks, one after another; absent where all chunks are alike. */
  readonly chunks?: readonly number[];
  /** GPUs of the cluster in rank order: tp fastest, then cp, then dp (or the deployment's own order). */
  readonly gpus: readonly number[];
  /** Expert placement by layer; layers with equal placement share one object. */
  readonly experts: ReadonlyMap<number, ExpertMap>;
}

export type PoolRole = 'prefill' | 'decode' | 'both';

export interface Pool {
  readonly name: string;
  readonly role: PoolRole;
  readonly parallel: Parallel;
  readonly derived: Derivations;
  readonly engine: Engine;
  /** The model with this pool's number types. */
  readonly model: Model;
  /** Equal instances: `stages` describes the first one, and the others use the remaining `gpus`. */
  readonly replicas: number;
  readonly stages: readonly Stage[];
  /**
   * Arrows between the stages as written, by index. A pipeline runs its stages in order, so an arrow that leads back makes
   * a circle.
   */
  readonly arrows?: readonly (readonly [from: number, to: number])[];
  /** All GPUs of the pool, over its replicas. */
  readonly gpus: readonly number[];
}

export interface Deployment {
  readonly name: string;
  readonly model: Model;
  readonly cluster: Cluster;
  readonly workload: Workload;
  /** There is one pool unless prefill and decode are separate. A single pool has the deployment's name. */
  readonly pools: readonly Pool[];
  /** Dataflow between pools, by index. */
  readonly poolEdges: readonly (readonly [from: number, to: number])[];
  /** All GPUs in use, ascending and without repeats. */
  readonly gpus: readonly number[];
}
