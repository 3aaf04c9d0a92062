import { shapeOf } from '../../plan/attention.ts';
import type { GpuLoad, MemoryAccount } from '../memory.ts';
import { largestThat, type Remedy, STARTS, type StartFault, type Starts } from '../start.ts';
import { requestBytes } from './cache.ts';
import { account as accountOf, CONTEXT_BYTES, samplerBytes } from './memory.ts';

/**
 * What vLLM refuses at start, in its order (0.22: `request_memory` in v1/worker/utils.py, `_check_enough_kv_cache_memory` in
 * v1/core/kv_cache_utils.py, and the warm-up of the sampler that `compile_or_warm_up_model` ends with).
 */
export const starts: Starts = (kept, account, load) => {
  const fault = faultOf(kept, account, load);
  return fault ? { ok: false, fault, remedy: remedyOf(fault, kept, load) } : STARTS;
};

type Kept = Parameters<Starts>[0];

function faultOf(kept: Kept, account: MemoryAccount, load: GpuLoad): StartFault | undefined {
  const { engine, driverBytes, weightBytes } = load;
  if (weightBytes > driverBytes) return { kind: 'weights', neededBytes: weightBytes, availableBytes: driverBytes };
  const free = freeBytes(load);
  const share = engine.memoryFraction * driverBytes;
  if (engine.cacheMemoryBytes === undefined && share > free)
    return { kind: 'share', neededBytes: share, availableBytes: free };
  if (account.cacheBytes <= 0) return { kind: 'no-cache', missingBytes: -account.cacheBytes };
  const context = engine.maxContext ?? 1;
  const neededBytes = requestBytes(kept, context, load);
  if (neededBytes > account.cacheBytes) {
    const fits = (length: number) => requestBytes(kept, length, load) <= account.cacheBytes;
    const longest = largestThat(fits, 1, context) ?? 0;
    return { kind: 'context', context, longest, neededBytes, availableBytes: account.cacheBytes };
  }
  return warmUpFault(account, load);
}

/** What is free when the engine starts. */
function freeBytes({ driverBytes, occupiedBytes }: GpuLoad): number {
  return driverBytes - occupiedBytes - CONTEXT_BYTES;
}

/** Graphs are captured and the sampler is run when the cache is allocated. */
function warmUpFault(account: MemoryAccount, load: GpuLoad): StartFault | undefined {
  const held = load.weightBytes + account.bufferBytes + account.runtimeBytes + account.cacheBytes;
  const availableBytes = freeBytes(load) - held;
  const neededBytes = account.graphBytes + samplerBytes(load);
  return neededBytes > availableBytes ? { kind: 'warm-up', neededBytes, availableBytes } : undefined;
}

/** The smallest change with which all of that is accepted. */
function remedyOf(fault: StartFault, kept: Kept, load: GpuLoad): Remedy | undefined {
  const { engine, driverBytes } = load;
  switch (fault.kind) {
    case 'weights':
      return moreGpus(load);
    case 'share':
      return firstThatStarts([shareOf(fault.availableBytes, load)], kept, load) ?? moreGpus(load);
    case 'no-cache':
      return roomForCache(kept, load);
    case 'context': {
      const { longest: value } = fault;
      return value > 0
        ? { block: 'engine', property: 'max-context', value, option: `--max-model-len ${value}` }
        : roomForCache(kept, load);
    }
    case 'warm-up': {
      if (engine.cacheMemoryBytes !== undefined) return undefined;
      const budget = engine.memoryFraction * driverBytes - (fault.neededBytes - fault.availableBytes);
      return firstThatStarts([shareOf(budget, load)], kept, load);
    }
  }
}

/** The share, in whole hundredths, that takes at most so many bytes. */
function shareOf(bytes: number, { driverBytes }: GpuLoad): Remedy {
  return shareRemedy(Math.floor((100 * bytes) / driverBytes) / 100);
}

function shareRemedy(value: number): Remedy {
  return { block: 'engine', property: 'memory-fraction', value, option: `--gpu-memory-utilization ${value}` };
}

/** The first with which the engine starts. */
function firstThatStarts(remedies: readonly Remedy[], kept: Kept, load: GpuLoad): Remedy | undefined {
  return remedies.find((remedy) => faultWith(remedy, kept, load) === undefined);
}

function faultWith({ property, value }: Remedy, kept: Kept, load: GpuLoad): StartFault | undefined {
  const changed = property === 'max-requests' ? { maxRequests: value } : { memoryFraction: value };
  const tried = { ...load, engine: { ...load.engine, ...changed } };
  return faultOf(kept, accountOf(tried), tried);
}

/** Not more: graphs, the context and what other libraries take lie outside of the share. */
const LARGEST_SHARE = 0.95;

/**
 * Room for the longest request: fewer requests whose logits are held at once, else a larger share. Where neither is enough,
 * room for shorter ones, else more GPUs.
 */
function roomForCache(kept: Kept, load: GpuLoad): Remedy | undefined {
  const { engine } = load;
  const remedies: Remedy[] = [];
  for (let value = 512; value >= 16; value /= 2) {
    if (value < (engine.maxRequests ?? engine.stepTokens))
      remedies.push({ block: 'engine', property: 'max-requests', value, option: `--max-num-seqs ${value}` });
  }
  for (let hundredths = Math.ceil(100 * engine.memoryFraction) + 1; hundredths <= 100 * LARGEST_SHARE; hundredths++)
    remedies.push(shareRemedy(hundredths / 100));
  const shorter = (remedy: Remedy) => {
    const fault = faultWith(remedy, kept, load);
    return fault?.kind === 'context' && fault.longest > 0;
  };
  return firstThatStarts(remedies, kept, load) ?? remedies.find(shorter) ?? moreGpus(load);
}

/** Tensor parallelism that leaves a quarter of the share for everything else, where the heads allow it. */
function moreGpus({ parallel, engine, model, driverBytes, weightBytes }: GpuLoad): Remedy | undefined {
  let value = 2 * parallel.tp;
  while ((weightBytes * parallel.tp) / value > 0.75 * engine.memoryFraction * driverBytes) value *= 2;
  const heads = model.classes.flatMap(({ attention }) => shapeOf(attention)?.heads ?? []);
  if (heads.some((count) => count % value !== 0)) return undefined;
  return { block: 'parallel', property: 'tp', value, option: `--tensor-parallel-size ${value}` };
}
