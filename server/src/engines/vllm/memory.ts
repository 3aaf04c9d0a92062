import type { Account, GpuLoad } from '../memory.ts';
import { sharesHostMemory } from '../settings.ts';
import { isBefore } from '../version.ts';
import { graphBytes as capturedBytes, SLOWEST_NVLINK } from './graphs.ts';
import { workspaceBytes } from './workspace.ts';

const GIB = 2 ** 30;

/** CUDA's context: in use before the engine measures anything, and outside of its share. */
export const CONTEXT_BYTES = 0.5 * GIB;

/**
 * vLLM's account (0.8 and later: `determine_available_memory` in v1/worker/gpu_worker.py): its share of what the driver
 * reports, without weights, the peak of a profiled step and what is allocated outside of PyTorch. Since 0.21 an estimate of
 * captured graphs is taken off too; before, they lay outside the share. A size that is stated for the cache wins over all.
 */
export const account: Account = (load) => {
  const { engine, driverBytes, weightBytes, bufferBytes } = load;
  const activationBytes = profiledBytes(load);
  const runtimeBytes = engine.reserveBytes ?? outsideBytes(load);
  const graphBytes = engine.graphs && engine.reserveBytes === undefined ? capturedBytes(load) : 0;
  const parts = { activationBytes, bufferBytes, runtimeBytes, graphBytes };
  const pinned = engine.cacheMemoryBytes;
  if (pinned !== undefined) {
    return { ...parts, cacheBytes: pinned, lines: [{ text: 'kv_cache_memory_bytes', bytes: pinned }] };
  }
  const budget = engine.memoryFraction * driverBytes;
  const counted = isBefore(engine.version, '0.21') ? 0 : graphBytes;
  return {
    ...parts,
    cacheBytes: budget - weightBytes - activationBytes - bufferBytes - runtimeBytes - counted,
    lines: [
      { text: `gpu_memory_utilization ${engine.memoryFraction} of the GPU's memory`, bytes: budget },
      { text: 'model weights', bytes: -weightBytes },
      { text: 'activation peak of the profile run', bytes: -activationBytes },
      { text: 'non-torch memory', bytes: -runtimeBytes - bufferBytes },
      ...(counted > 0 ? [{ text: 'CUDA graphs, as estimated', bytes: -counted }] : []),
    ],
  };
};

/**
 * Bytes per logit at the sampler's peak, for the rows of as many requests as may run: 39 where it sorts its logits, 15 since it
 * does not (0.17). Before 0.8, with the first engine, little more than the logits themselves.
 */
function bytesPerLogit(version: string | undefined): number {
  if (isBefore(version, '0.8')) return 5;
  return isBefore(version, '0.17') ? 39 : 15;
}

/** What the sampler holds at its peak. */
export function samplerBytes({ engine, model, hasHead }: GpuLoad): number {
  const { stepTokens, maxRequests = stepTokens, version } = engine;
  return hasHead ? Math.min(maxRequests, stepTokens) * model.vocabulary * bytesPerLogit(version) : 0;
}

/**
 * Peak of the profiled step: the larger of what a layer has live for a full step and of the sampler's rows of logits. Since
 * 0.17 the step's output is held beside the logits; the workspaces in which experts compute stay since 0.11.1.
 */
function profiledBytes(load: GpuLoad): number {
  const { engine, model, stepBytes, liveBytes } = load;
  const stream = isBefore(engine.version, '0.17') ? 0 : 2 * engine.stepTokens * model.hidden;
  const workspace = workspaceBytes(load);
  const kept = isBefore(engine.version, '0.11.1') ? 0 : workspace;
  return Math.max(liveBytes, stepBytes, workspace, samplerBytes(load) + stream + kept);
}

/**
 * On GPUs that share their host's memory, what the host uses counts as taken: of the checkpoint's files it keeps 3 to 7 GiB in
 * memory (start-up logs of GB10 and Jetson AGX Thor).
 */
const FILES = { share: 0.2, most: 6 * GIB };

/**
 * Memory outside of PyTorch's allocator, after the context: libraries, and NCCL with the buffers of the engine's own
 * all-reduce where ranks share layers. Over PCIe it has none of its own.
 */
function outsideBytes({ engine, gpu, weightBytes, sharesLayers, scaleUpBandwidth }: GpuLoad): number {
  const isOld = isBefore(engine.version, '0.18');
  const files = sharesHostMemory(gpu) ? Math.min(FILES.most, FILES.share * weightBytes) : 0;
  const own = (isOld ? 0.13 : 0.25) * GIB + files;
  if (!sharesLayers) return own;
  return scaleUpBandwidth < SLOWEST_NVLINK ? own + 0.1 * GIB : (isOld ? 0.54 : 2.07) * GIB;
}
