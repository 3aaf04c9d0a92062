import { shapeOf } from '../../plan/attention.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { Model } from '../../plan/model.ts';
import type { EngineSpec } from '../../plan/spec.ts';
import { isDataCentreBlackwell } from '../links.ts';
import { type CompleteSettings, hasLess } from '../settings.ts';
import { isBefore } from '../version.ts';
import { defaultFraction } from './fraction.ts';
import { attentionRanks } from './ranks.ts';

/**
 * SGLang's defaults (0.5: `ServerArgs._handle_gpu_memory_settings` in srt/server_args.py). Its numbers are those of a whole
 * server: under attention data parallelism each rank has its part. Models with compressed entries have defaults of their own
 * (`apply_deepseek_v4_defaults` in srt/arg_groups/deepseek_v4_hook.py).
 */
export const settings: CompleteSettings = (said, { gpu, model, parallel, role }) => {
  const chunkOfServer = said.chunkTokens ?? defaultChunk(gpu);
  const ranks = attentionRanks(model, parallel);
  const chunkTokens = Math.max(1, Math.floor(chunkOfServer / ranks));
  const isCompressed = model.classes.some(({ attention }) => shapeOf(attention)?.compression !== undefined);
  const requests = said.maxRequests ?? (isCompressed ? 256 : 2048);
  const width = parallel.tp * parallel.cp * ranks;
  const graphBatch = said.graphBatch ?? defaultGraphBatch(gpu, width);
  const server = { said, gpu, model, role, width, stages: parallel.pp, ranks, chunkOfServer, graphBatch };
  return {
    memoryFraction: said.memoryFraction ?? defaultFraction(server),
    stepTokens: said.stepTokens ?? chunkTokens,
    chunkTokens,
    maxRequests: Math.max(1, Math.floor(requests / ranks)),
    maxContext: said.maxContext ?? model.context,
    graphBatch,
    pageTokens: said.pageTokens ?? (isCompressed ? 256 : pageOf(said, model, gpu)),
    cacheTokens: said.cacheTokens,
    windowRatio: said.windowRatio ?? (isCompressed ? 0.1 : 0.8),
    mambaRatio: said.mambaRatio ?? 0.9,
    dpHead: said.dpHead ?? false,
    dpDense: said.dpDense ?? false,
    scalesLatent: said.scalesLatent ?? scalesLatent(said, gpu),
  };
};

/**
 * FlashMLA's sparse kernels read latents with a scale for 128 elements and a rotary part of 16 bits; kernels of
 * TensorRT-LLM, the default on Blackwell since 0.5.10, and those of AMD read plain ones (`calculate_mla_kv_cache_dim` in
 * srt/model_executor).
 */
function scalesLatent({ version }: EngineSpec, gpu: Gpu): boolean {
  return !isAmd(gpu) && (gpu.family.startsWith('hopper') || isBefore(version, '0.5.10'));
}

/**
 * Tokens of a page: 64 for sparse latent attention, and for latents on data-centre Blackwell, whose kernels are TensorRT-LLM's by
 * default; else 1 (0.5.4: `DeepseekV32` and `DeepseekV3` in srt/server_args.py).
 */
function pageOf({ version }: EngineSpec, { classes }: Model, gpu: Gpu): number {
  if (isBefore(version, '0.5.4') || isAmd(gpu)) return 1;
  const shapes = classes.map(({ attention }) => shapeOf(attention));
  const isSparse = shapes.some((shape) => shape?.chosenWidth !== undefined);
  const isLatent = shapes.some((shape) => shape?.isLatent === true);
  return isSparse || (isLatent && isDataCentreBlackwell(gpu)) ? 64 : 1;
}

function isAmd({ family }: Gpu): boolean {
  return family === 'cdna3' || family === 'cdna4';
}

function defaultChunk(gpu: Gpu): number {
  if (hasLess(gpu, 35)) return 2048;
  if (hasLess(gpu, 60)) return 4096;
  return hasLess(gpu, 160) ? 8192 : 16384;
}

function defaultGraphBatch(gpu: Gpu, width: number): number {
  const isNarrow = width < 4;
  if (hasLess(gpu, 20)) return 8;
  if (hasLess(gpu, 35)) return isNarrow ? 24 : 80;
  if (hasLess(gpu, 60)) return isNarrow ? 32 : 160;
  if (hasLess(gpu, 160)) return isNarrow ? 256 : 512;
  return 512;
}
