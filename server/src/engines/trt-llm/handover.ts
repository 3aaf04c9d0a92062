import { type CacheHandover, pagesDiffer, typesDiffer } from '../handover.ts';

/**
 * TensorRT-LLM 1.2 (`CacheFormatter::inquireSupport` in batch_manager/cacheFormatter.cpp): type and page must be the same. Layers and
 * heads are exchanged between different `tp` and `pp`.
 */
export const handover: CacheHandover = (prefill, decode) => [
  ...typesDiffer(prefill, decode, "the cache transceiver compares both sides' `kv_cache_config.dtype`"),
  ...pagesDiffer(prefill, decode, "the cache transceiver compares both sides' `tokens_per_block`"),
];
