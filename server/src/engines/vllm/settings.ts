import { shapeOf } from '../../plan/attention.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { Model } from '../../plan/model.ts';
import { type CompleteSettings, hasLess, sharesHostMemory } from '../settings.ts';
import { isBefore } from '../version.ts';
import { isBlackwellServer, isHopper } from './families.ts';

/**
 * vLLM's defaults for its server (0.22: `EngineArgs._set_default_args` and `get_batch_defaults` in engine/arg_utils.py,
 * config/cache.py). GPUs from 70 GiB on, but A100, get larger steps since 0.8; of those that share their host's memory it does not
 * learn the size. Prompts are always read in chunks of a step.
 */
export const settings: CompleteSettings = (said, { gpu, model }) => {
  const isSmall = hasLess(gpu, 70) || gpu.family === 'ampere' || sharesHostMemory(gpu);
  const isLarge = !isSmall && !isBefore(said.version, '0.8');
  const stepTokens = said.stepTokens ?? said.chunkTokens ?? (isLarge ? 8192 : 2048);
  // Without a limit of its own a step has no more requests than tokens.
  const maxRequests = said.maxRequests ?? Math.min(isLarge ? 1024 : 256, stepTokens);
  return {
    // `fp8_ds_mla`: 656 bytes in place of DeepSeek-V3.2's 576.
    scalesLatent: said.scalesLatent ?? true,
    // 0.92 was first seen in start-up logs of 0.26.
    memoryFraction: said.memoryFraction ?? (isBefore(said.version, '0.26') ? 0.9 : 0.92),
    stepTokens,
    chunkTokens: Math.min(said.chunkTokens ?? stepTokens, stepTokens),
    maxRequests,
    maxContext: said.maxContext ?? model.context,
    // `_set_cudagraph_sizes` in config/vllm.py: twice what requests decode in a step, with the tokens they draft; at most 512.
    graphBatch: said.graphBatch ?? Math.min(512, stepTokens, 2 * maxRequests * (1 + (said.speculativeTokens ?? 0))),
    pageTokens: said.pageTokens ?? blockTokens(model, gpu),
  };
};

/**
 * Tokens of a block: 256 where the cache has compressed entries (`get_preferred_block_size` in v1/attention/backends/mla/), 64 where FlashMLA or FlashInfer read a cache of latents, which is not kept by heads, else 16 (0.22:
 * `CudaPlatform.check_and_update_config` in platforms/cuda.py).
 */
function blockTokens({ classes }: Model, { family }: Gpu): number {
  if (classes.some(({ attention }) => shapeOf(attention)?.compression !== undefined)) return 256;
  const isLatent = classes.some(({ attention }) => {
    const shape = shapeOf(attention);
    return shape?.letter === '*' && shape.kvHeads === undefined;
  });
  return isLatent && (isHopper(family) || isBlackwellServer(family)) ? 64 : 16;
}
