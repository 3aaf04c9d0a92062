import type { GpuLoad, MemoryAccount } from '../memory.ts';
import { largestThat, type Remedy, STARTS, type Start, type Starts } from '../start.ts';
import { requestBytes } from './cache.ts';
import { account as accountOf, CONTEXT_BYTES, samplerBytes } from './memory.ts';

/**
 * What vLLM refuses at start, in its order (0.22: `request_memory` in v1/worker/utils.py, `_check_enough_kv_cache_memory` in
 * v1/core/kv_cache_utils.py, and the warm-up of the sampler that `compile_or_warm_up_model` ends with).
 */
export const starts: Starts = (kept, account, load) => {
  const { engine, driverBytes, occupiedBytes, weightBytes } = load;
  if (weightBytes > driverBytes) {
    return {
      ok: false,
      fault: { kind: 'weights', neededBytes: weightBytes, availableBytes: driverBytes },
      remedy: moreGpus(load),
    };
  }
  const isPinned = engine.cacheMemoryBytes !== undefined;
  const free = driverBytes - occupiedBytes - CONTEXT_BYTES;
  if (!isPinned && engine.memoryFraction * driverBytes > free) {
    const neededBytes = engine.memoryFraction * driverBytes;
    return { ok: false, fault: { kind: 'share', neededBytes, availableBytes: free }, remedy: shareOf(free, load) };
  }
  if (account.cacheBytes <= 0) {
    const fault = { kind: 'no-cache', missingBytes: -account.cacheBytes } as const;
    return { ok: false, fault, remedy: roomForCache(load) };
  }
  const context = engine.maxContext ?? 1;
  const neededBytes = requestBytes(kept, context, load);
  if (neededBytes > account.cacheBytes) {
    const fits = (length: number) => requestBytes(kept, length, load) <= account.cacheBytes;
    const longest = largestThat(fits, 1, context) ?? 0;
    return {
      ok: false,
      fault: { kind: 'context', context, longest, neededBytes, availableBytes: account.cacheBytes },
      remedy:
        longest > 0
          ? { block: 'engine', property: 'max-context', value: longest, option: `--max-model-len ${longest}` }
          : roomForCache(load),
    };
  }
  return warmUp(account, load);
};

/** Graphs are captured and the sampler is run when the cache is allocated. */
function warmUp(account: MemoryAccount, load: GpuLoad): Start {
  const { driverBytes, occupiedBytes, weightBytes, engine } = load;
  const held =
    occupiedBytes + CONTEXT_BYTES + weightBytes + account.bufferBytes + account.runtimeBytes + account.cacheBytes;
  const availableBytes = driverBytes - held;
  const neededBytes = account.graphBytes + samplerBytes(load);
  if (neededBytes <= availableBytes) return STARTS;
  const isPinned = engine.cacheMemoryBytes !== undefined;
  const budget = engine.memoryFraction * driverBytes - (neededBytes - availableBytes);
  return {
    ok: false,
    fault: { kind: 'warm-up', neededBytes, availableBytes },
    remedy: isPinned ? undefined : shareOf(budget, load),
  };
}

/** The share, in whole hundredths, that takes at most so many bytes. */
function shareOf(bytes: number, { driverBytes }: GpuLoad): Remedy {
  const value = Math.floor((100 * bytes) / driverBytes) / 100;
  return { block: 'engine', property: 'memory-fraction', value, option: `--gpu-memory-utilization ${value}` };
}

/** Not more: graphs, the context and what other libraries take lie outside of the share. */
const LARGEST_SHARE = 0.95;

/** Room for a first block: fewer requests whose logits are held at once, else a larger share, else more GPUs. */
function roomForCache(load: GpuLoad): Remedy {
  const { engine } = load;
  const hasRoom = (changed: Partial<GpuLoad['engine']>) =>
    accountOf({ ...load, engine: { ...engine, ...changed } }).cacheBytes > 0;
  for (let requests = 512; requests >= 16; requests /= 2) {
    if (requests >= (engine.maxRequests ?? engine.stepTokens) || !hasRoom({ maxRequests: requests })) continue;
    return { block: 'engine', property: 'max-requests', value: requests, option: `--max-num-seqs ${requests}` };
  }
  for (let hundredths = Math.ceil(100 * engine.memoryFraction) + 1; hundredths <= 100 * LARGEST_SHARE; hundredths++) {
    const value = hundredths / 100;
    if (!hasRoom({ memoryFraction: value })) continue;
    return { block: 'engine', property: 'memory-fraction', value, option: `--gpu-memory-utilization ${value}` };
  }
  return moreGpus(load);
}

/** Tensor parallelism that leaves a quarter of the share for everything else. */
function moreGpus({ parallel, engine, driverBytes, weightBytes }: GpuLoad): Remedy {
  let value = 2 * parallel.tp;
  while ((weightBytes * parallel.tp) / value > 0.75 * engine.memoryFraction * driverBytes) value *= 2;
  return { block: 'parallel', property: 'tp', value, option: `--tensor-parallel-size ${value}` };
}
