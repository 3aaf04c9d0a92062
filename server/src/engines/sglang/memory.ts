import type { Engine } from '../../plan/deployment.ts';
import { type LinkKind, linkKindOf } from '../links.ts';
import type { Account, CacheOfLayers, GpuLoad, LoggedTokens, StartedCache } from '../memory.ts';
import { hasLess } from '../settings.ts';
import { isBefore } from '../version.ts';
import { attentionRanks } from './ranks.ts';

const GIB = 2 ** 30;

/**
 * SGLang's account (0.5: `_profile_available_bytes` in srt/model_executor): its share of the memory that is free before
 * weights are loaded, without the weights. The context of the GPU and the library of collectives are there before;
 * activations and graphs live in the rest.
 */
export const account: Account = (load) => {
  const { engine, driverBytes, occupiedBytes, weightBytes, bufferBytes, liveBytes } = load;
  const runtimeBytes = engine.reserveBytes ?? beforeWeights(load);
  const graphBytes = engine.graphs && engine.reserveBytes === undefined ? GRAPH_BYTES : 0;
  const free = driverBytes - occupiedBytes - runtimeBytes;
  const kept = (1 - engine.memoryFraction) * free;
  const inUse = liveBytes + bufferBytes + graphBytes;
  const overrun = Math.max(0, inUse - kept);
  return {
    activationBytes: liveBytes,
    bufferBytes,
    runtimeBytes,
    graphBytes,
    cacheBytes: free - kept - weightBytes - overrun,
    lines: [
      { text: 'avail mem before weights are loaded', bytes: free },
      { text: 'weights', bytes: -weightBytes },
      { text: 'kept free by mem_fraction_static', bytes: -kept },
      ...(overrun > 0 ? [{ text: 'activations, graphs and buffers beyond what is kept free', bytes: -overrun }] : []),
    ],
  };
};

/** Captured graphs of decode steps; 0.6 to 1.3 GiB in start-up logs. */
const GRAPH_BYTES = 1.3 * GIB;

/** Context of a GPU by its start-up logs: 0.67 to 0.75 GiB, and about 0.4 on the smaller chips below 35 GB. */
const CONTEXT = 0.72 * GIB;
const SMALL_CONTEXT = 0.41 * GIB;

/**
 * What the libraries of collectives take of a rank that has others, by the start-up logs of a rank with the context taken
 * off: NCCL over NVLink 1.1 to 1.6 GiB, over PCIe 0 to 0.3, RCCL 3.7, and 8.6 to 10.4 with its groups of attention data
 * parallelism.
 */
const COLLECTIVES: Readonly<Record<LinkKind, { readonly tensorParallel: number; readonly dataParallel: number }>> = {
  pcie: { tensorParallel: 0.1, dataParallel: 0.1 },
  nvlink: { tensorParallel: 1.1, dataParallel: 1.6 },
  'infinity-fabric': { tensorParallel: 3.7, dataParallel: 9.5 },
};

function beforeWeights({ gpu, isGroup, model, parallel }: GpuLoad): number {
  const context = hasLess(gpu, 35) ? SMALL_CONTEXT : CONTEXT;
  if (!isGroup) return context;
  const library = COLLECTIVES[linkKindOf(gpu)];
  return context + (attentionRanks(model, parallel) > 1 ? library.dataParallel : library.tensorParallel) * GIB;
}

/**
 * The line `max_total_num_tokens`. Layers without a window decide; those with one have a pool of `window-ratio` as many
 * tokens, or the only pool. States of linear layers get `mamba-ratio` of the cache's bytes beside it. A prediction
 * module is a layer like others (0.5: srt/model_executor/pool_configurator.py, `handle_max_mamba_cache`).
 */
export const loggedTokens: LoggedTokens = (kept, cacheBytes, { engine }) => {
  const { pageTokens, windowRatio = 1, mambaRatio = 0 } = engine;
  const full = bytesOf(kept.filter(({ keptTokens }) => keptTokens === undefined));
  const windows = bytesOf(kept.filter(({ keptTokens }) => keptTokens !== undefined));
  const layers = kept.reduce((sum, part) => sum + (part.bytesPerToken > 0 ? part.layers : 0), 0);
  if (layers === 0) return undefined;
  const compressor = compressorStates(kept, engine);
  const perToken = full === 0 ? windows : full + windowRatio * (windows + compressor.perWindowToken);
  const hasStates = kept.some(({ stateBytes, stateTokens }) => stateBytes > 0 && stateTokens === undefined);
  const tokenBytes = (hasStates ? cacheBytes / (1 + mambaRatio) : cacheBytes) - compressor.fixed;
  return Math.max(0, Math.floor(tokenBytes / perToken / pageTokens)) * pageTokens;
};

/**
 * What waits to be compressed. A state shorter than the window is kept for each window in its pool. One as long has had slots of its
 * own since 0.5.15, for each request and three more; before it was kept for each window too. Drafts double both
 * (`DSV4PoolConfigurator`, `get_compress_state_ring_size`).
 */
function compressorStates(
  kept: readonly CacheOfLayers[],
  { version, speculativeTokens, maxRequests = 0 }: Engine,
): { readonly perWindowToken: number; readonly fixed: number } {
  const window = Math.max(1, ...kept.map(({ keptTokens = 0 }) => keptTokens));
  let perWindowToken = 0;
  let fixed = 0;
  for (const { layers, stateBytes, stateTokens } of kept) {
    if (stateTokens === undefined) continue;
    const bytes = layers * stateBytes * (speculativeTokens > 0 ? 2 : 1);
    if (stateTokens < window || isBefore(version, '0.5.15')) perWindowToken += bytes / window;
    else fixed += bytes * (maxRequests + 3);
  }
  return { perWindowToken, fixed };
}

function bytesOf(kept: readonly CacheOfLayers[]): number {
  return kept.reduce((sum, { layers, bytesPerToken }) => sum + layers * bytesPerToken, 0);
}

/** As in srt/model_executor/model_runner.py and srt/managers/scheduler.py. */
export function log({ cacheBytes, tokens, maxContext }: StartedCache): readonly string[] {
  const memory = `KV Cache is allocated. KV size: ${(cacheBytes / 2 ** 30).toFixed(2)} GB`;
  if (tokens === undefined) return [memory];
  const context = maxContext === undefined ? '' : `, context_len=${maxContext}`;
  return [memory, `max_total_num_tokens=${Math.floor(tokens)}${context}`];
}
