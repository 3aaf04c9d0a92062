import type { Gpu } from '../../plan/cluster.ts';
import type { Parallel } from '../../plan/parallel.ts';
import { type CompleteSettings, hasLess } from '../settings.ts';

const MIB = 2 ** 20;

/**
 * SGLang's defaults (0.5: `ServerArgs._handle_gpu_memory_settings` in srt/server_args.py). Its numbers are those of a whole
 * server: under attention data parallelism each rank has its part.
 */
export const settings: CompleteSettings = (said, { gpu, model, parallel }) => {
  const chunkOfServer = said.chunkTokens ?? defaultChunk(gpu);
  const chunkTokens = Math.max(1, Math.floor(chunkOfServer / parallel.dp));
  const requests = said.maxRequests ?? 2048;
  const graphBatch = said.graphBatch ?? defaultGraphBatch(gpu, parallel);
  return {
    memoryFraction: said.memoryFraction ?? defaultFraction(gpu, parallel, chunkTokens, graphBatch),
    stepTokens: said.stepTokens ?? chunkTokens,
    chunkTokens,
    maxRequests: Math.max(1, Math.floor(requests / parallel.dp)),
    maxContext: said.maxContext ?? model.context,
    graphBatch,
    pageTokens: said.pageTokens ?? 1,
  };
};

function defaultChunk(gpu: Gpu): number {
  if (hasLess(gpu, 35)) return 2048;
  if (hasLess(gpu, 60)) return 4096;
  return hasLess(gpu, 160) ? 8192 : 16384;
}

function defaultGraphBatch(gpu: Gpu, { tp, dp }: Parallel): number {
  const isNarrow = tp * dp < 4;
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
function defaultFraction(
  { memoryBytes }: Gpu,
  { tp, dp, cp, pp }: Parallel,
  chunk: number,
  graphBatch: number,
): number {
  const reserved = (512 + 1.5 * Math.max(chunk, 2048) + 2 * graphBatch + (1024 * tp * dp * cp * pp) / 8) * MIB;
  return 1 - reserved / memoryBytes;
}
