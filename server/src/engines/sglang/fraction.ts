import { shapeOf } from '../../plan/attention.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { PoolRole } from '../../plan/deployment.ts';
import type { Model } from '../../plan/model.ts';
import type { EngineSpec } from '../../plan/spec.ts';
import { hasLess } from '../settings.ts';
import { isBefore } from '../version.ts';

/** What SGLang's default share of the memory depends on. */
export interface Server {
  readonly said: EngineSpec;
  readonly gpu: Gpu;
  readonly model: Model;
  readonly role: PoolRole;
  /** GPUs of a stage (`tp_size`), stages, and ranks of attention data parallelism. */
  readonly width: number;
  readonly stages: number;
  readonly ranks: number;
  /** Tokens of a chunk before they are divided among the ranks. */
  readonly chunkOfServer: number;
  readonly graphBatch: number;
}

const MIB = 2 ** 20;
const GIB_IN_MIB = 1024;

/** By GPUs of a stage, until 0.4.6 (`ServerArgs.__post_init__`). */
function oldFraction(width: number): number {
  if (width >= 16) return 0.79;
  if (width >= 8) return 0.81;
  if (width >= 4) return 0.85;
  return width >= 2 ? 0.87 : 0.88;
}

/**
 * The default of `--mem-fraction-static` (0.5: `_handle_gpu_memory_settings` in srt/server_args.py; since July 2026 with the
 * terms of `reserve_for_graph_mb` and `reserve_for_deepep_a2a_mb`). It keeps free, in MiB: 512, 1.5 per token that a step
 * reads, what graphs take, 1 GiB per 8 GPUs, and at least 10 GiB on GPUs above 60 GB. Models with a vision part keep more.
 */
export function defaultFraction(server: Server): number {
  const { said, gpu, model, width, stages } = server;
  if (isBefore(said.version, '0.4.7')) return oldFraction(width);
  const memory = gpu.memoryBytes / MIB;
  const isLarge = !hasLess(gpu, 60_000 / GIB_IN_MIB);
  const working = 512 + 1.5 * stepTokens(server) + (width * stages * GIB_IN_MIB) / 8 + graphs(server);
  const reserved = (isLarge ? Math.max(working, 10 * GIB_IN_MIB) : working) + drafts(server) + dispatch(server);
  const fraction = Math.max(0, Math.round(1000 * (1 - reserved / memory)) / 1000);
  // `adjust_mem_fraction_for_vlm` takes 5 %, and more for a vision part that is larger than ViT-L/14.
  return model.visionBytes > 0 ? 0.95 * fraction : fraction;
}

/** Tokens of the largest step: a chunk, or in a pool that only decodes what its requests draft. */
function stepTokens({ said, role, chunkOfServer, graphBatch }: Server): number {
  const isNew = !isBefore(said.version, '0.5.12');
  if (role === 'decode' && isNew) {
    return Math.max(2048, (said.maxRequests ?? graphBatch) * (1 + (said.speculativeTokens ?? 0)));
  }
  return Math.max(2048, chunkOfServer);
}

/** Captured graphs, for which attention data parallelism pads each rank's batch to that of all ranks. */
function graphs({ said, model, role, ranks, chunkOfServer, graphBatch }: Server): number {
  const decodes = role !== 'prefill';
  let reserved = decodes && said.graphs !== false ? 2 * graphBatch : 0;
  if (ranks > 1 && decodes) reserved += (graphBatch > 300 ? 4.5 : 3) * graphBatch * ranks;
  // Graphs of prefill are captured by default since 0.5.12, but not under attention data parallelism.
  const capturesPrefill =
    !isBefore(said.version, '0.5.12') && role !== 'decode' && said.graphs !== false && ranks === 1;
  if (!capturesPrefill) return reserved;
  const isLatent = model.classes.some(({ attention }) => shapeOf(attention)?.isLatent === true);
  return reserved + (isLatent ? 1.5 * GIB_IN_MIB : 8 * prefillSizes(chunkOfServer));
}

/** Sizes of a prefill step that are captured up to `most` tokens, by first size, last size and step between them. */
const PREFILL_SIZES: readonly (readonly [first: number, last: number, step: number])[] = [
  [4, 32, 4],
  [48, 256, 16],
  [288, 512, 32],
  [576, 1024, 64],
  [1280, 4096, 256],
  [4608, Number.POSITIVE_INFINITY, 512],
];

function prefillSizes(most: number): number {
  let sizes = 0;
  for (const [first, last, step] of PREFILL_SIZES)
    if (most >= first) sizes += Math.floor((Math.min(most, last) - first) / step) + 1;
  return sizes;
}

/** A draft model with its graphs, until drafts' weights were taken off the cache (0.5.12). */
function drafts({ said }: Server): number {
  return (said.speculativeTokens ?? 0) > 0 && isBefore(said.version, '0.5.12') ? 2 * GIB_IN_MIB : 0;
}

/** Buffers of DeepEP that are captured in graphs of decode steps. */
function dispatch({ said, role }: Server): number {
  const isDeepEp = said.allToAll?.startsWith('deepep') === true;
  const captures = role !== 'prefill' && said.graphs !== false && !isBefore(said.version, '0.5.12');
  return isDeepEp && captures ? 2 * GIB_IN_MIB : 0;
}
