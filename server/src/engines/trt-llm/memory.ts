import { type Account, NCCL_BYTES, RUNTIME_BYTES, type StartedCache } from '../memory.ts';

/** TensorRT-LLM's account: its share of what weights, activations and buffers leave free. */
export const account: Account = (load) => {
  const { engine, driverBytes, weightBytes, bufferBytes, isGroup, liveBytes } = load;
  const runtimeBytes = engine.reserveBytes ?? RUNTIME_BYTES;
  const buffers = bufferBytes + (isGroup ? NCCL_BYTES : 0);
  const free = driverBytes - weightBytes - liveBytes - buffers - runtimeBytes;
  return {
    activationBytes: liveBytes,
    bufferBytes: buffers,
    runtimeBytes,
    graphBytes: 0,
    cacheBytes: engine.memoryFraction * free,
    lines: () => [
      { text: 'memory of the GPU', bytes: driverBytes },
      { text: 'weights', bytes: -weightBytes },
      { text: 'activations', bytes: -liveBytes },
      { text: 'buffers and libraries', bytes: -buffers },
      { text: 'runtime', bytes: -runtimeBytes },
      { text: 'kept free by free_gpu_memory_fraction', bytes: -(1 - engine.memoryFraction) * free },
    ],
  };
};

/** As in the C++ KV cache manager. */
export function log({ cacheBytes, tokens }: StartedCache): readonly string[] {
  const max = tokens === undefined ? '' : ` for max tokens in paged KV cache (${Math.floor(tokens)})`;
  return [`[MemUsageChange] Allocated ${(cacheBytes / 2 ** 30).toFixed(2)} GiB${max}.`];
}
