import { engineProfile } from '../../engines/index.ts';
import type { EngineName, Pool } from '../../plan/deployment.ts';
import { ACTIVATION_ERROR, IDLE_ERROR, RESERVE_ERROR } from '../constants/memory.ts';
import type { GpuMemory, PoolMemory, Startup } from '../evaluation.ts';
import type { Figure } from './figure.ts';
import { exact, inputsIn, shareOf } from './make.ts';

/** Weights, cache, gradients and optimizer are exact. The band covers the remaining parts. */
export function memoryFigure(memory: GpuMemory): Figure {
  const figure = exact(memory.totalBytes, 'bytes', 'memory', inputsIn('bytes', memoryParts(memory)));
  const error = ACTIVATION_ERROR * memory.activationBytes + RESERVE_ERROR * (memory.bufferBytes + memory.reserveBytes);
  return error > 0 ? { ...figure, band: { low: figure.value - error, high: figure.value + error } } : figure;
}

/** What tools such as nvidia-smi show as used: what is in use, and what the framework's allocator keeps without use. */
export function toolsFigure(memory: GpuMemory): Figure {
  const value = memory.totalBytes + memory.idleBytes;
  const used = memoryFigure(memory);
  const error = IDLE_ERROR * memory.idleBytes + (used.band ? used.band.high - used.value : 0);
  const inputs = inputsIn('bytes', { ...memoryParts(memory), 'kept by the allocator': memory.idleBytes });
  return { ...exact(value, 'bytes', 'memory', inputs), band: { low: value - error, high: value + error } };
}

/** What a GPU can hold, as the plan says. */
export function capacityFigure({ capacityBytes }: Pick<GpuMemory, 'capacityBytes'>): Figure {
  return exact(capacityBytes, 'bytes', 'count');
}

/** What a GPU has left, or how much it would have to hold beyond its capacity. */
export function freeFigure({ freeBytes }: GpuMemory): { readonly fits: boolean; readonly amount: Figure } {
  return { fits: freeBytes >= 0, amount: exact(Math.abs(freeBytes), 'bytes', 'memory') };
}

/** The share of its capacity that a GPU has to hold. */
export function usedShare({ totalBytes, capacityBytes }: GpuMemory): Figure {
  return shareOf(totalBytes, capacityBytes, 'bytes');
}

/** Bytes of one part of a GPU's memory, or of several GPUs' together. */
export function partFigure(bytes: number): Figure {
  return exact(bytes, 'bytes', 'memory');
}

/** Weights of one kind, such as those of attention. */
export function weightsFigure(bytes: number): Figure {
  return exact(bytes, 'bytes', 'weight-bytes');
}

/** A share of the memory of a GPU, as settings give it. */
export function fractionFigure(fraction: number): Figure {
  return exact(fraction, 'fraction', 'count');
}

export interface RequestFigures {
  readonly fit: Figure;
  /** Whole requests: the needed number is a mean and may be a fraction. */
  readonly needed: Figure;
  readonly cachePerToken: Figure;
}

/** How many requests the cache of a pool holds, and how many the workload has in flight. */
export function requestFigures({ requestsThatFit, requestsNeeded, kvBytesPerToken }: PoolMemory): RequestFigures {
  return {
    fit: exact(requestsThatFit, 'count', 'requests-that-fit'),
    needed: exact(Math.floor(requestsNeeded), 'count', 'requests-in-flight'),
    cachePerToken: exact(kvBytesPerToken, 'bytes', 'memory'),
  };
}

/** Tokens that the cache of a pool holds over all its ranks. Undefined without a cache of tokens. */
export function poolTokensFigure({ startup }: PoolMemory, { parallel, replicas }: Pool): Figure | undefined {
  if (startup?.tokens === undefined) return undefined;
  const { tokens } = startup;
  const ranks = parallel.dp * replicas;
  const inputs = {
    'tokens of an attention rank': { value: tokens, unit: 'tokens' },
    'dp x replicas': { value: ranks, unit: 'count' },
  } as const;
  return exact(tokens * ranks, 'tokens', 'kv-tokens', inputs);
}

/** Bytes of all weights that a GPU holds. */
export function weightBytesOf(memory: GpuMemory): number {
  return bytesBesideExperts(memory) + memory.expertBytes;
}

function bytesBesideExperts(memory: GpuMemory): number {
  return (
    memory.embeddingBytes +
    memory.attentionBytes +
    memory.routerBytes +
    memory.sharedExpertBytes +
    memory.denseBytes +
    memory.normBytes +
    memory.headBytes +
    memory.otherWeightBytes
  );
}

/** The parts of a GPU's memory, named as in messages and charts. They add up to the total. */
export function memoryParts(memory: GpuMemory): Readonly<Record<string, number>> {
  return {
    experts: memory.expertBytes,
    'other weights': bytesBesideExperts(memory),
    'KV cache': memory.kvCacheBytes,
    activations: memory.activationBytes,
    gradients: memory.gradientBytes,
    optimizer: memory.optimizerBytes,
    buffers: memory.bufferBytes,
    reserve: memory.reserveBytes,
  };
}

/** Tokens of a request, as a plan or an engine's limit states them. */
export function tokensFigure(tokens: number): Figure {
  return exact(tokens, 'tokens', 'longest-context');
}

/** What the account of an engine leaves for the cache, and its tokens, each with a band from the engine's start-up logs. */
export function cacheFigures(
  engine: EngineName,
  { account, capacityBytes, tokens }: Startup,
): { readonly cache: Figure; readonly tokens?: Figure } {
  const { cacheBytes } = account;
  const error = engineProfile(engine).memory.cacheError * capacityBytes;
  const within = (value: number, scale: number) => ({
    low: Math.max(0, value - error * scale),
    high: value + error * scale,
  });
  const cache = exact(cacheBytes, 'bytes', 'memory');
  const banded = error > 0 && cacheBytes > 0;
  const counted = tokens === undefined ? undefined : exact(tokens, 'tokens', 'memory');
  return {
    cache: banded ? { ...cache, band: within(cacheBytes, 1) } : cache,
    ...(counted && {
      tokens: banded ? { ...counted, band: within(counted.value, counted.value / cacheBytes) } : counted,
    }),
  };
}
