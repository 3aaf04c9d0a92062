import type { CompleteSettings } from '../settings.ts';

/** TensorRT-LLM's defaults (1.2: llmapi/llm_args.py, `BuildConfig`, `KvCacheConfig`). */
export const settings: CompleteSettings = (said, { model }) => ({
  memoryFraction: said.memoryFraction ?? 0.9,
  stepTokens: said.stepTokens ?? 8192,
  // A prompt longer than a step is read in chunks (`enable_chunked_prefill`) or refused.
  chunkTokens: said.chunkTokens ?? said.stepTokens ?? 8192,
  maxRequests: said.maxRequests ?? 2048,
  maxContext: said.maxContext ?? model.context,
  graphBatch: said.graphBatch ?? 128,
  pageTokens: said.pageTokens ?? 32,
  cacheTokens: said.cacheTokens,
  dpHead: said.dpHead ?? true,
});
