import {
  type Account,
  type CacheOfLayers,
  type GpuLoad,
  grouped,
  type LoggedTokens,
  pagedTokens,
  type StartedCache,
} from '../memory.ts';
import { isBefore } from '../version.ts';

const GIB = 2 ** 30;

/**
 * vLLM's account (0.8 and later: `determine_available_memory` in v1/worker/gpu_worker.py): its share of what the driver
 * reports, without weights, the peak of a profiled step and what is allocated outside of PyTorch. Since 0.21 an estimate of
 * captured graphs is taken off too; before, they lay outside the share.
 */
export const account: Account = (load) => {
  const { engine, driverBytes, weightBytes, bufferBytes } = load;
  const budget = engine.memoryFraction * driverBytes;
  const activationBytes = profiledBytes(load);
  const runtimeBytes = engine.reserveBytes ?? outsideBytes(load);
  const graphBytes = engine.graphs && engine.reserveBytes === undefined ? GRAPH_BYTES : 0;
  const counted = isBefore(engine.version, '0.21') ? 0 : graphBytes;
  return {
    activationBytes,
    bufferBytes,
    runtimeBytes,
    graphBytes,
    cacheBytes: budget - weightBytes - activationBytes - bufferBytes - runtimeBytes - counted,
    lines: () => [
      { text: `gpu_memory_utilization ${engine.memoryFraction} of the GPU's memory`, bytes: budget },
      { text: 'model weights', bytes: -weightBytes },
      { text: 'activation peak of the profile run', bytes: -activationBytes },
      { text: 'non-torch memory', bytes: -runtimeBytes - bufferBytes },
      ...(counted > 0 ? [{ text: 'CUDA graphs, as estimated', bytes: -counted }] : []),
    ],
  };
};

/** Captured graphs of a model; 0.3 to 1.4 GiB in start-up logs. */
const GRAPH_BYTES = 0.7 * GIB;

/**
 * Peak of the profiled step: the larger of what a layer has live for a full step and of the sampler's rows of logits, which
 * it holds several times over. The workspaces in which experts compute stay allocated beside the sampler.
 */
function profiledBytes({ engine, model, parallel, hasHead, stepBytes, liveBytes }: GpuLoad): number {
  const { stepTokens, maxRequests = stepTokens } = engine;
  const stream = 2 * stepTokens * model.hidden;
  const rows = Math.min(maxRequests, stepTokens);
  const sampler = hasHead ? rows * model.vocabulary * (isBefore(engine.version, '0.17') ? 39 : 15) : 0;
  let workspace = 0;
  for (const { feedForward } of model.classes) {
    if (feedForward.kind !== 'moe') continue;
    const width = (feedForward.gated ? 2 : 1) * Math.ceil(feedForward.ffn / parallel.etp);
    const elements = stepTokens * feedForward.topK * (width + (feedForward.latent ?? model.hidden));
    workspace = Math.max(workspace, 2 * elements);
  }
  return Math.max(liveBytes, stepBytes, sampler + stream + workspace);
}

/** Memory outside of PyTorch's allocator: the context, and NCCL with its buffers where ranks share layers. */
function outsideBytes({ engine, sharesLayers }: GpuLoad): number {
  const isOld = isBefore(engine.version, '0.18');
  if (sharesLayers) return (isOld ? 0.54 : 2.07) * GIB;
  return (isOld ? 0.13 : 0.25) * GIB;
}

/**
 * The line `GPU KV cache size`. Layers with full attention and layers with a window are groups of equally many layers that
 * draw blocks from one pool (0.11 and later: `get_kv_cache_groups` in v1/core/kv_cache_utils.py). Since 0.20.2 the line is
 * the number of longest requests that fit times their length; before, it is the blocks of one group.
 */
export const loggedTokens: LoggedTokens = (kept, cacheBytes, load) => {
  const { engine } = load;
  const windows = kept.filter(({ keptTokens }) => keptTokens !== undefined);
  const full = kept.filter(({ keptTokens, bytesPerToken }) => keptTokens === undefined && bytesPerToken > 0);
  const longest = engine.maxContext;
  if (windows.length === 0 || longest === undefined) return pagedTokens(kept, cacheBytes, load);
  const page = engine.pageTokens;
  const all = [...full, ...windows];
  const size = Math.min(...all.map(({ layers }) => layers));
  const groups = all.reduce((sum, { layers }) => sum + Math.ceil(layers / size), 0);
  const widest = Math.max(...all.map(({ bytesPerToken }) => bytesPerToken));
  const blocks = Math.floor(cacheBytes / (size * page * widest));
  if (isBefore(engine.version, '0.20.2')) return Math.floor(blocks / groups) * page;
  const perRequest = all.reduce(
    (sum, part) => sum + Math.ceil(part.layers / size) * blocksOfRequest(part, longest, engine),
    0,
  );
  return Math.floor((blocks / perRequest) * longest);
};

/** Blocks of the longest request in one group. A window holds what is in flight in addition to its tokens. */
function blocksOfRequest(
  { keptTokens }: CacheOfLayers,
  longest: number,
  { stepTokens, pageTokens }: GpuLoad['engine'],
): number {
  if (keptTokens === undefined) return Math.ceil(longest / pageTokens);
  return Math.ceil(Math.min(keptTokens - 1 + stepTokens, longest) / pageTokens) + 1;
}

/** As in v1/core/kv_cache_utils.py. */
export function log({ cacheBytes, tokens, maxContext }: StartedCache): readonly string[] {
  const memory = `Available KV cache memory: ${(cacheBytes / GIB).toFixed(2)} GiB`;
  if (tokens === undefined) return [memory];
  const size = `GPU KV cache size: ${grouped(tokens)} tokens`;
  if (maxContext === undefined) return [memory, size];
  const requests = (tokens / maxContext).toFixed(2);
  return [memory, size, `Maximum concurrency for ${grouped(maxContext)} tokens per request: ${requests}x`];
}
