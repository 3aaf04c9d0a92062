import { grouped, type StartedCache } from '../memory.ts';

const GIB = 2 ** 30;

/** What vLLM writes of its cache at start-up (v1/core/kv_cache_utils.py). */
export function log({ cacheBytes, tokens, maxContext }: StartedCache): readonly string[] {
  const memory = `Available KV cache memory: ${(cacheBytes / GIB).toFixed(2)} GiB`;
  if (tokens === undefined) return [memory];
  const size = `GPU KV cache size: ${grouped(tokens)} tokens`;
  if (maxContext === undefined) return [memory, size];
  const requests = (tokens / maxContext).toFixed(2);
  return [memory, size, `Maximum concurrency for ${grouped(maxContext)} tokens per request: ${requests}x`];
}
