import type { Gpu } from '../plan/cluster.ts';
import type { Engine, PoolRole } from '../plan/deployment.ts';
import { BYTES_PER_ELEMENT, type Model, type NumberType } from '../plan/model.ts';
import type { Parallel } from '../plan/parallel.ts';

/** What one GPU of a pool that serves holds before its engine takes memory for the cache of requests. Bytes of one GPU. */
export interface GpuLoad {
  readonly engine: Engine;
  readonly parallel: Parallel;
  readonly model: Model;
  readonly role: PoolRole;
  readonly gpu: Gpu;
  /** What the driver reports. */
  readonly driverBytes: number;
  /** What others hold of that when the engine starts. */
  readonly occupiedBytes: number;
  readonly weightBytes: number;
  /** Buffers that expert parallelism registers before a step runs. */
  readonly bufferBytes: number;
  /** Whether its rank exchanges anything, so that a library of collectives is started. */
  readonly isGroup: boolean;
  /** Whether it computes layers together with others, beside the stages of a pipeline. */
  readonly sharesLayers: boolean;
  /** Bytes per second between two GPUs of its node. */
  readonly scaleUpBandwidth: number;
  /** Whether it computes logits. */
  readonly hasHead: boolean;
  /** Tensors that are live in the largest step of the workload. */
  readonly liveBytes: number;
  /** Tensors of layers that are live in the largest step that the engine allows, logits left out. */
  readonly stepBytes: number;
}

/** Weights of a GPU of a stage, of which an engine may keep more than the GPU's share. */
export interface HeldWeights {
  readonly engine: Engine;
  readonly parallel: Parallel;
  readonly model: Model;
  readonly gpu: Gpu;
  /** Bytes of its routed experts, and of its part of the table of embeddings. */
  readonly expertBytes: number;
  readonly embeddingBytes: number;
  /** Elements of latent attention's up-projection of keys and values, which decode reads in absorbed form. */
  readonly absorbedElements: number;
}

/** Numbers of ranks that share the head, the dense feed-forward networks and the shared experts. */
export interface RankSplits {
  readonly head: number;
  readonly dense: number;
  readonly shared: number;
}

const WHOLE: RankSplits = { head: 1, dense: 1, shared: 1 };

/** For engines whose data parallel ranks share nothing but routed experts. */
export function wholeOnRanks(): RankSplits {
  return WHOLE;
}

/** Whether weights of a type have fewer than 16 bits, so that what is computed with 16 bits needs a copy of them. */
export function isNarrow(type: NumberType): boolean {
  return BYTES_PER_ELEMENT[type] < 2;
}

/** What layers of one kind keep on a GPU of a stage. */
export interface CacheOfLayers {
  readonly layers: number;
  /** Bytes of one more token in one layer; 0 for a state. */
  readonly bytesPerToken: number;
  /** Only this many tokens are kept. */
  readonly keptTokens?: number | undefined;
  /** Bytes of a sequence of any length in one layer. */
  readonly stateBytes: number;
  /** Where the state holds the last tokens one by one (compressed attention): how many. */
  readonly stateTokens?: number | undefined;
}

/** Where a GPU's memory goes by the account of an engine, in bytes. */
export interface MemoryAccount {
  readonly activationBytes: number;
  /** Buffers of expert parallelism and of the library of collectives. */
  readonly bufferBytes: number;
  /** What the runtime takes outside of the framework's allocator. */
  readonly runtimeBytes: number;
  readonly graphBytes: number;
  /** What is left for the cache of requests. Less than zero when the engine would not start. */
  readonly cacheBytes: number;
  /** The engine's own account in its order and words. The amounts add up to `cacheBytes`. */
  readonly lines: readonly AccountLine[];
}

export interface AccountLine {
  readonly text: string;
  /** Less than zero for what is taken. */
  readonly bytes: number;
}

/** Bytes of NCCL's channels and staging in one process: measured 0.34-0.39 GB in vLLM and SGLang start-up logs. */
export const NCCL_BYTES = 0.36e9;
/**
 * Bytes of RCCL: of its first communicator with what the process needs once, and of each further one (measured on MI250X:
 * Lumi-supercomputer/LUMI-AI-Guide, issue 111).
 */
const RCCL_FIRST = 2 ** 30;
const RCCL_FURTHER = 0.65 * 2 ** 30;

/** Bytes of the library of collectives in a process that trains: every group of ranks has a communicator with channels of its own. */
export function libraryBytes(communicators: number, { family }: Pick<Gpu, 'family'>): number {
  if (communicators === 0) return 0;
  if (family.startsWith('cdna')) return RCCL_FIRST + (communicators - 1) * RCCL_FURTHER;
  return communicators * NCCL_BYTES;
}

/** What an engine knows of its cache when it starts. Of one attention rank. */
export interface StartedCache {
  readonly cacheBytes: number;
  readonly tokens?: number;
  /** Tokens of the longest request. */
  readonly maxContext?: number;
}

/** A number of tokens as engines write it: `178,880`. */
export function grouped(tokens: number): string {
  return Math.floor(tokens).toLocaleString('en-US');
}

/** Lines of an engine that has none of its own. */
export function plainLog({ cacheBytes, tokens }: StartedCache): readonly string[] {
  const size = `${(cacheBytes / 2 ** 30).toFixed(2)} GiB`;
  return [tokens === undefined ? `cache of ${size}` : `cache of ${size}, ${grouped(tokens)} tokens`];
}

export type Account = (load: GpuLoad) => MemoryAccount;

/**
 * Tokens of the cache as an engine logs them at start-up, for one attention rank, when the layers `kept` share `cacheBytes`
 * on a GPU. Undefined when it has no cache of tokens.
 */
export type LoggedTokens = (
  kept: readonly CacheOfLayers[],
  cacheBytes: number,
  load: Pick<GpuLoad, 'engine' | 'parallel'>,
) => number | undefined;

/** Whole pages of a cache in which every layer keeps all tokens. States and windows are left out. */
export const pagedTokens: LoggedTokens = (kept, cacheBytes, { engine }) => {
  let perToken = 0;
  for (const { layers, bytesPerToken } of kept) perToken += layers * bytesPerToken;
  if (perToken === 0) return undefined;
  return Math.max(0, Math.floor(cacheBytes / (perToken * engine.pageTokens))) * engine.pageTokens;
};

/**
 * The account of an engine whose share of the memory covers everything that a GPU holds. `runtime` are the bytes of the
 * runtime and of graphs when the plan reserves none, `library` those of the library of collectives.
 */
export function everythingInShare(runtime: number, library: number): Account {
  return ({ engine, driverBytes, occupiedBytes, weightBytes, bufferBytes, isGroup, liveBytes }) => {
    const budget = Math.min(engine.memoryFraction * driverBytes, driverBytes - occupiedBytes);
    const runtimeBytes = engine.reserveBytes ?? runtime;
    const buffers = bufferBytes + (isGroup ? library : 0);
    return {
      activationBytes: liveBytes,
      bufferBytes: buffers,
      runtimeBytes,
      graphBytes: 0,
      cacheBytes: budget - weightBytes - liveBytes - buffers - runtimeBytes,
      lines: [
        { text: 'share of the memory', bytes: budget },
        { text: 'weights', bytes: -weightBytes },
        { text: 'activations', bytes: -liveBytes },
        { text: 'buffers and libraries', bytes: -buffers },
        { text: 'runtime', bytes: -runtimeBytes },
      ],
    };
  };
}
