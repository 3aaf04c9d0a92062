import { shapeOf } from '../../plan/attention.ts';
import { isDeepEp } from '../../plan/deployment.ts';
import type { Model } from '../../plan/model.ts';
import { type GpuLoad, type HeldWeights, isNarrow } from '../memory.ts';
import { isBefore } from '../version.ts';
import { isBlackwellServer, isHopper } from './families.ts';

/** Tokens that the experts' kernels take at once (`VLLM_FUSED_MOE_CHUNK_SIZE` in envs.py). */
function expertTokens(version: string | undefined): number {
  return isBefore(version, '0.12') ? 32_768 : 16_384;
}

/**
 * Inputs and outputs of the experts' two products for a full step of all ranks, whose tokens are gathered unless DeepEP sends
 * them. Kernels for mxfp4 bring their own.
 */
function expertWorkspace({ engine, model, parallel }: GpuLoad): number {
  let workspace = 0;
  if (model.types.experts === 'mxfp4') return workspace;
  const gathered = isDeepEp(engine.allToAll) ? engine.stepTokens : engine.stepTokens * parallel.dp;
  const tokens = Math.min(gathered, expertTokens(engine.version));
  for (const { feedForward } of model.classes) {
    if (feedForward.kind !== 'moe') continue;
    const width = (feedForward.gated ? 2 : 1) * Math.ceil(feedForward.ffn / parallel.etp);
    const elements = tokens * feedForward.topK * (width + (feedForward.latent ?? model.hidden));
    workspace = Math.max(workspace, 2 * elements);
  }
  // Ranks of a dense model compute on their own.
  if (workspace === 0) return workspace;
  // What is gathered from the other ranks, and what is returned to them.
  const exchanged = gathered > engine.stepTokens ? 2 * gathered * model.hidden : 0;
  return workspace + 2 * exchanged;
}

/** Longest requests whose latents FlashMLA's sparse kernels have room for, in 16 bits. */
const SPARSE_REQUESTS = 5;

/** Longest requests whose keys the indexer has room for: 40, each key 128 columns in 8 bits and a scale of 4 bytes. */
const INDEXER_BYTES = 40 * (128 + 4);

/**
 * Room for latents that FlashMLA's sparse kernels read from a cache in 8 bits, taken as the model is loaded and counted with its
 * weights (since 0.13: `FlashMLASparseImpl` in v1/attention/backends/mla/flashmla_sparse.py). With a context of a million tokens
 * these are 5.6 GiB.
 */
export function sparseWorkspace({ engine, model, gpu }: Pick<HeldWeights, 'engine' | 'model' | 'gpu'>): number {
  const isRead = isNarrow(model.types.kv) && (isHopper(gpu.family) || isBlackwellServer(gpu.family));
  const width = latentColumns(model);
  if (!isRead || width === 0 || isBefore(engine.version, '0.13')) return 0;
  return SPARSE_REQUESTS * (engine.maxContext ?? 0) * width * 2;
}

/** Columns of a latent that an indexer chooses from; 0 for a model without. */
function latentColumns({ classes }: Model): number {
  return Math.max(0, ...classes.map(({ attention }) => shapeOf(attention)?.chosenWidth ?? 0));
}

/** Keys of the indexer, which the profiled step takes room for (`get_max_prefill_buffer_size` in v1/attention/backends/mla/indexer.py). */
function indexerWorkspace({ engine, model }: GpuLoad): number {
  if (latentColumns(model) === 0 || isBefore(engine.version, '0.13')) return 0;
  return INDEXER_BYTES * (engine.maxContext ?? 0);
}

/**
 * Bytes by which workspaces grow in the profiled step. All users share the largest since 0.13, of which a part may be there from
 * loading on (v1/worker/workspace.py).
 */
export function workspaceBytes(load: GpuLoad): number {
  return Math.max(0, Math.max(expertWorkspace(load), indexerWorkspace(load)) - sparseWorkspace(load));
}
