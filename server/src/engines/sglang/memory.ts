import { type Account, NCCL_BYTES, RUNTIME_BYTES } from '../memory.ts';

/**
 * SGLang's account (0.5: `profile_max_num_token` in srt/model_executor): its share of the memory that is free before
 * weights are loaded, without the weights. Activations and graphs live in the rest.
 */
export const account: Account = (load) => {
  const { engine, driverBytes, weightBytes, bufferBytes, isGroup, liveBytes } = load;
  const runtimeBytes = engine.reserveBytes ?? RUNTIME_BYTES;
  const buffers = bufferBytes + (isGroup ? NCCL_BYTES : 0);
  const budget = engine.memoryFraction * driverBytes;
  const left = driverBytes - weightBytes - liveBytes - buffers - runtimeBytes;
  return {
    activationBytes: liveBytes,
    bufferBytes: buffers,
    runtimeBytes,
    graphBytes: 0,
    cacheBytes: Math.min(left, budget - weightBytes),
    lines: () => [
      { text: 'mem_fraction_static of the free memory', bytes: budget },
      { text: 'weights', bytes: -weightBytes },
      ...(left < budget - weightBytes
        ? [{ text: 'activations and buffers beyond the rest', bytes: left - budget + weightBytes }]
        : []),
    ],
  };
};
