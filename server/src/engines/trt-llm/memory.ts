import { linkKindOf } from '../links.ts';
import type { Account, GpuLoad, MemoryAccount, StartedCache } from '../memory.ts';
import { isBefore } from '../version.ts';

const GIB = 2 ** 30;

/**
 * TensorRT-LLM's account: its share of what is free beside weights, the peak of a profiled step and everything outside of
 * PyTorch. The cache that the profiled step itself uses counts as used and is given back, so it cancels out (1.2 and 1.3:
 * `configure_kv_cache_capacity` and `_cal_max_memory` in _torch/pyexecutor/_util.py). Before 1.0 a built engine ran in the
 * C++ runtime, whose buffers depend on the largest batch.
 */
export const account: Account = (load) => {
  const { engine, weightBytes, bufferBytes, occupiedBytes } = load;
  const isBuilt = isBefore(engine.version, '1.0');
  const activationBytes = isBuilt ? builtBytes(load) : Math.max(load.liveBytes, load.stepBytes);
  const runtimeBytes = engine.reserveBytes ?? (isBuilt ? BUILT_RUNTIME : outsideBytes(load));
  const taken = weightBytes + activationBytes + bufferBytes + runtimeBytes + occupiedBytes;
  const free = load.driverBytes - taken;
  return {
    activationBytes,
    bufferBytes,
    runtimeBytes,
    graphBytes: 0,
    cacheBytes: engine.memoryFraction * free,
    lines: linesOf(load, { activationBytes, runtimeBytes }, (1 - engine.memoryFraction) * free),
  };
};

function linesOf(
  { driverBytes, occupiedBytes, weightBytes, bufferBytes }: GpuLoad,
  { activationBytes, runtimeBytes }: Pick<MemoryAccount, 'activationBytes' | 'runtimeBytes'>,
  kept: number,
): MemoryAccount['lines'] {
  return [
    { text: 'total memory of the GPU', bytes: driverBytes },
    { text: 'weights (inside torch)', bytes: -weightBytes },
    { text: 'peak of the profiled step (inside torch)', bytes: -activationBytes },
    { text: 'outside torch', bytes: -runtimeBytes - bufferBytes - occupiedBytes },
    { text: 'kept free by free_gpu_memory_fraction', bytes: -kept },
  ];
}

/**
 * Memory outside of PyTorch without the cache of the profiled step, by start-up logs of 1.2 and 1.3 on B200 and B300: 2 GiB
 * alone, 4.6 with attention data parallelism or one other rank, 6.8 to 7.9 where four or eight ranks reduce together over
 * NVLink. Nothing is known of ranks that reduce over PCIe.
 */
function outsideBytes({ gpu, isGroup, parallel }: GpuLoad): number {
  if (!isGroup) return 1.95 * GIB;
  if (linkKindOf(gpu) === 'pcie') return 2.35 * GIB;
  return (parallel.tp >= 4 ? 7.2 : 4.64) * GIB;
}

/** Context of the GPU and activations of a built engine. */
const BUILT_RUNTIME = 0.6 * GIB;

/**
 * Buffers of the C++ runtime: its decoder holds the logits of the largest batch several times over, 18.5 B for each where
 * logs say them (0.19, batch 2,048; a log of 2024 has 5.76 GB for its decoder).
 */
function builtBytes({ engine, model, liveBytes }: GpuLoad): number {
  return liveBytes + 18.5 * (engine.maxRequests ?? 0) * model.vocabulary;
}

/** As in the C++ KV cache manager. */
export function log({ cacheBytes, tokens }: StartedCache): readonly string[] {
  const max = tokens === undefined ? '' : ` for max tokens in paged KV cache (${Math.floor(tokens)})`;
  return [`[MemUsageChange] Allocated ${(cacheBytes / 2 ** 30).toFixed(2)} GiB${max}.`];
}
