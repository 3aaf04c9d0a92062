import { type Account, NCCL_BYTES, RUNTIME_BYTES, type StartedCache } from '../memory.ts';

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

/** As in srt/model_executor/model_runner.py and srt/managers/scheduler.py. */
export function log({ cacheBytes, tokens, maxContext }: StartedCache): readonly string[] {
  const memory = `KV Cache is allocated. KV size: ${(cacheBytes / 2 ** 30).toFixed(2)} GB`;
  if (tokens === undefined) return [memory];
  const context = maxContext === undefined ? '' : `, context_len=${maxContext}`;
  return [memory, `max_total_num_tokens=${Math.floor(tokens)}${context}`];
}
