import type { Gpu } from '../../plan/cluster.ts';
import type { Model } from '../../plan/model.ts';
import type { Parallel } from '../../plan/parallel.ts';
import { type CompleteSettings, hasLess } from '../settings.ts';

const MIB = 2 ** 20;

/**
 * SGLang's defaults (0.5: `ServerArgs._handle_gpu_memory_settings` in srt/server_args.py). Its numbers are those of a whole
 * server: under attention data parallelism each rank has its part.
 */
export const settings: CompleteSettings = (said, { gpu, model, parallel }) => {
  const chunkOfServer = said.chunkTokens ?? defaultChunk(gpu);
  const ranks = attentionRanks(model, parallel);
  const chunkTokens = Math.max(1, Math.floor(chunkOfServer / ranks));
  const requests = said.maxRequests ?? 2048;
  const graphBatch = said.graphBatch ?? defaultGraphBatch(gpu, parallel.tp * ranks);
  return {
    memoryFraction:
      said.memoryFraction ??
      defaultFraction(gpu, parallel.tp * parallel.cp * ranks * parallel.pp, chunkTokens, graphBatch),
    stepTokens: said.stepTokens ?? chunkTokens,
    chunkTokens,
    maxRequests: Math.max(1, Math.floor(requests / ranks)),
    maxContext: said.maxContext ?? model.context,
    graphBatch,
    pageTokens: said.pageTokens ?? 1,
  };
};

/** Attention's ranks within one server. Data parallel ranks of a dense model are servers of their own. */
function attentionRanks({ classes }: Model, { dp }: Parallel): number {
  return classes.some(({ feedForward }) => feedForward.kind === 'moe') ? dp : 1;
}

function defaultChunk(gpu: Gpu): number {
  if (hasLess(gpu, 35)) return 2048;
  if (hasLess(gpu, 60)) return 4096;
  return hasLess(gpu, 160) ? 8192 : 16384;
}

function defaultGraphBatch(gpu: Gpu, size: number): number {
  const isNarrow = size < 4;
  if (hasLess(gpu, 20)) return 8;
  if (hasLess(gpu, 35)) return isNarrow ? 24 : 80;
  if (hasLess(gpu, 60)) return isNarrow ? 32 : 160;
  if (hasLess(gpu, 160)) return isNarrow ? 256 : 512;
  return 512;
}

/**
 * What SGLang keeps free for a chunk of the prompt, captured graphs and wide groups: 512 MiB, 1.5 MiB per token of a chunk,
 * 2 MiB per sequence of the largest graph, 1 GiB per 8 GPUs.
 */
function defaultFraction({ memoryBytes }: Gpu, gpus: number, chunk: number, graphBatch: number): number {
  const reserved = (512 + 1.5 * Math.max(chunk, 2048) + 2 * graphBatch + (1024 * gpus) / 8) * MIB;
  return 1 - reserved / memoryBytes;
}
