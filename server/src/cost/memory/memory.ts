import { dispatchBufferBytes } from '../../engines/deepep/kernels.ts';
import { engineProfile } from '../../engines/index.ts';
import type { GpuLoad, MemoryAccount } from '../../engines/memory.ts';
import type { Start } from '../../engines/start.ts';
import type { Cluster } from '../../plan/cluster.ts';
import type { Pool, TrainingWorkload, Workload } from '../../plan/deployment.ts';
import type { GpuMemory, PoolMemory, Startup } from '../evaluation.ts';
import type { StageSetting, Work } from '../layers/context.ts';
import { layerContext } from '../layers/context.ts';
import type { PoolSetting } from '../steps/stage.ts';
import { inferenceActivations } from './activations.ts';
import { groupOf, trainingBufferBytes } from './buffers.ts';
import { gatheredBytes } from './gathered.ts';
import { type HeldByGpu, type Holding, holdingOf, loadedOn } from './holding.ts';
import type { CacheSize } from './kvCache.ts';
import { sequenceBytes } from './kvCache.ts';
import { reservedBytes, stageTrainingActivations, trainingState } from './training.ts';

/** All of a GPU's memory except the cache of requests. */
export interface FixedMemory extends Omit<GpuMemory, 'kvCacheBytes' | 'totalBytes' | 'freeBytes'> {
  readonly cache: CacheSize;
  readonly fixedBytes: number;
  readonly weightBytes: number;
  /** What is left for the cache of requests. */
  readonly cacheBytes: number;
  /** The engine's account of what is left, and whether it starts with that. Training has none. */
  readonly account?: MemoryAccount;
  readonly start?: Start;
  /** Parameters on one GPU: the dense ones are reduced over dp x cp, and those of experts over edp. */
  readonly denseParameters: number;
  readonly expertParameters: number;
}

/** A pool's memory before the number of requests it holds is known. */
export interface PoolBudget {
  readonly pool: Pool;
  readonly fixed: readonly FixedMemory[];
  /** Tokens of a request of full length; 0 when the workload keeps no cache. */
  readonly requestTokens: number;
  readonly requestsThatFit: number;
  readonly longestContext: number;
  /** Serving: what the engine says at start-up. */
  readonly startup?: Startup;
}

/** The memory of a pool apart from its requests. `work` is the largest micro-batch in flight. */
export function poolBudget(cluster: Cluster, setting: PoolSetting, workload: Workload, work: Work): PoolBudget {
  const { pool } = setting;
  const training = workload.kind === 'training';
  const fixed: FixedMemory[] = [];
  setting.stages.forEach((stage, index) => {
    const holding = holdingOf(cluster, setting, index, training);
    const { classes, first, last, gpus, absorbedElements } = holding;
    const liveBytes = training
      ? stageTrainingActivations(setting, index, work, workload) + gatheredBytes(pool, stage.stage, first, last)
      : inferenceActivations(layerContext(stage, work), classes, last);
    for (const held of gpus) {
      fixed.push(
        training
          ? trainingMemory(pool, workload, held, liveBytes)
          : servingMemory(pool, loadedOn(pool, held, absorbedElements), {
              liveBytes,
              stepBytes: stepBytes(stage, pool, holding),
              hasHead: last,
            }),
      );
    }
  });
  const requestTokens = tokensPerRequest(pool, workload);
  const serving = workload.kind === 'serving';
  return {
    pool,
    fixed,
    requestTokens,
    requestsThatFit: requestsThatFit(pool, fixed, requestTokens),
    longestContext: serving ? longestContext(pool, fixed) : Number.POSITIVE_INFINITY,
    ...(serving && startupOf(pool, fixed)),
  };
}

/** The GPU whose cache holds the fewest tokens decides for all, and one that does not start before any other. */
function startupOf(pool: Pool, fixed: readonly FixedMemory[]): { readonly startup: Startup } | undefined {
  let least: Startup | undefined;
  for (const { gpuClass, capacityBytes, account, start, cache, cacheBytes } of fixed) {
    if (!account || !start || (least && !least.start.ok)) continue;
    const tokens = engineProfile(pool.engine.name).memory.loggedTokens(cache.kept, cacheBytes, pool);
    const isLess = (tokens ?? Number.POSITIVE_INFINITY) < (least?.tokens ?? Number.POSITIVE_INFINITY);
    if (!least || isLess || !start.ok)
      least = { gpuClass, capacityBytes, account, start, ...(tokens !== undefined && { tokens: Math.floor(tokens) }) };
  }
  return least && { startup: least };
}

/** The pool's memory when it holds as many of `requests` requests of full length as fit. */
export function poolMemory(budget: PoolBudget, requests: number): PoolMemory {
  const { pool, fixed, requestTokens, requestsThatFit: fitting } = budget;
  const ranks = pool.parallel.dp * pool.replicas;
  // One request is counted even when it does not fit, so that the memory shows as over its capacity.
  const held =
    requestTokens === 0 ? 0 : Math.max(1, Math.min(Math.ceil(requests / ranks), Math.floor(fitting / ranks)));
  let fullest = fixed[0];
  const classes = fixed.map((memory): GpuMemory => {
    if (fullest && memory.cache.bytesPerToken > fullest.cache.bytesPerToken) fullest = memory;
    const kvCacheBytes = Math.ceil(held * sequenceBytes(memory.cache, requestTokens, pool.engine.pageTokens));
    const {
      cache: _,
      weightBytes: __,
      denseParameters: ___,
      expertParameters: ____,
      cacheBytes: _____,
      account: ______,
      start: _______,
      fixedBytes,
      ...parts
    } = memory;
    const totalBytes = fixedBytes + kvCacheBytes;
    return { ...parts, kvCacheBytes, totalBytes, freeBytes: memory.capacityBytes - totalBytes };
  });
  return {
    classes,
    kvBytesPerToken: fullest?.cache.bytesPerToken ?? 0,
    stateBytesPerSequence: fullest?.cache.stateBytes ?? 0,
    requestsThatFit: fitting,
    longestContext: budget.longestContext,
    requestsNeeded: requests,
    ...(budget.startup && { startup: budget.startup }),
  };
}

/** Prefill pools hold prompts and other pools hold whole requests. A forward batch and training keep no cache. */
function tokensPerRequest(pool: Pool, workload: Workload): number {
  if (workload.kind !== 'serving') return 0;
  return pool.role === 'prefill' ? workload.input : workload.input + workload.output;
}

/** Requests of full length that fit at once; Infinity without a cache. */
function requestsThatFit(pool: Pool, fixed: readonly FixedMemory[], tokens: number): number {
  if (tokens === 0) return Number.POSITIVE_INFINITY;
  let fewest = Number.POSITIVE_INFINITY;
  for (const memory of fixed) {
    const bytes = sequenceBytes(memory.cache, tokens, pool.engine.pageTokens);
    if (bytes > 0) fewest = Math.min(fewest, Math.max(0, Math.floor(memory.cacheBytes / bytes)));
    fewest = Math.min(fewest, Math.floor(fixedPoolTokens(pool, memory) / wholePages(tokens, pool)));
  }
  return fewest * pool.parallel.dp * pool.replicas;
}

function wholePages(tokens: number, { engine }: Pool): number {
  return Math.ceil(tokens / engine.pageTokens) * engine.pageTokens;
}

/**
 * Tokens that layers with all tokens of a request have room for where layers with a window, or states, have pools of their own
 * whose sizes are fixed at start-up. No limit where all layers share one pool.
 */
function fixedPoolTokens(pool: Pool, { cache, cacheBytes }: FixedMemory): number {
  const { windowRatio, mambaRatio, name } = pool.engine;
  const isApart = cache.kept.some(
    ({ keptTokens, stateBytes }) =>
      (windowRatio !== undefined && keptTokens !== undefined) || (mambaRatio !== undefined && stateBytes > 0),
  );
  if (!isApart) return Number.POSITIVE_INFINITY;
  return engineProfile(name).memory.loggedTokens(cache.kept, cacheBytes, pool) ?? Number.POSITIVE_INFINITY;
}

/** Longer than any model's context. A cache that still has room for this many tokens sets no limit. */
const MOST_TOKENS = 2 ** 30;

/** Tokens of the longest single request that the cache of each stage holds, in whole pages; Infinity without a limit. */
function longestContext(pool: Pool, fixed: readonly FixedMemory[]): number {
  const page = pool.engine.pageTokens;
  let shortest = Number.POSITIVE_INFINITY;
  for (const memory of fixed) {
    const room = memory.cacheBytes;
    const poolTokens = fixedPoolTokens(pool, memory);
    const fits = (pages: number) =>
      pages * page <= poolTokens && sequenceBytes(memory.cache, pages * page, page) <= room;
    let low = 0;
    let high = Math.ceil(MOST_TOKENS / page);
    if (fits(high)) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (fits(middle)) low = middle;
      else high = middle;
    }
    shortest = Math.min(shortest, Math.floor(low * page));
  }
  return shortest;
}

/** Live tensors of a stage's layers in the largest step that its engine allows, logits left out. */
function stepBytes(stage: StageSetting, { engine }: Pool, { classes, steps }: Holding): number {
  const { stepTokens } = engine;
  const kept = steps.get(stepTokens);
  if (kept !== undefined) return kept;
  const context = layerContext(stage, { phase: 'prefill', sequences: 1, length: stepTokens, prefix: 0 });
  const bytes = inferenceActivations(context, classes, false);
  steps.set(stepTokens, bytes);
  return bytes;
}

/** What inference holds on a GPU of a stage apart from the cache, by the account of the engine. */
function servingMemory(
  pool: Pool,
  held: HeldByGpu,
  stage: Pick<GpuLoad, 'liveBytes' | 'stepBytes' | 'hasHead'>,
): FixedMemory {
  const { engine, parallel, model, role } = pool;
  const { node, weightBytes, cache } = held;
  const { gpu } = node;
  const { occupiedBytes = 0 } = engine;
  const { memory } = engineProfile(engine.name);
  const load: GpuLoad = {
    engine,
    parallel,
    model,
    role,
    gpu,
    driverBytes: gpu.memoryBytes,
    occupiedBytes,
    weightBytes,
    bufferBytes: Math.ceil(dispatchBufferBytes(pool)),
    scaleUpBandwidth: node.scaleUpBandwidth,
    ...groupOf(pool),
    ...stage,
  };
  const account = memory.account(load);
  const parts = {
    gradientBytes: 0,
    optimizerBytes: 0,
    activationBytes: Math.ceil(account.activationBytes),
    bufferBytes: Math.ceil(account.bufferBytes),
    reserveBytes: Math.ceil(account.runtimeBytes + account.graphBytes + occupiedBytes),
  };
  const { cacheBytes } = account;
  // A stated number of tokens leaves the rest of the memory unused.
  const statedBytes = (engine.cacheTokens ?? Number.POSITIVE_INFINITY) * cache.bytesPerToken;
  const limited = statedBytes < cacheBytes ? limitedTo(statedBytes, account) : account;
  return {
    ...fixedMemory(held, parts),
    cacheBytes: limited.cacheBytes,
    account: limited,
    start: memory.starts(cache.kept, limited, load),
  };
}

function limitedTo(cacheBytes: number, account: MemoryAccount): MemoryAccount {
  const unused = { text: 'left unused by a limit on tokens', bytes: cacheBytes - account.cacheBytes };
  return { ...account, cacheBytes, lines: [...account.lines, unused] };
}

function trainingMemory(pool: Pool, workload: TrainingWorkload, held: HeldByGpu, liveBytes: number): FixedMemory {
  const state = trainingState(pool, workload, held.parameters);
  const reserved = reservedBytes(pool, liveBytes, state.gradientBytes, held.weightBytes);
  const parts = {
    ...state,
    activationBytes: liveBytes + reserved,
    bufferBytes: Math.ceil(trainingBufferBytes(pool, held.node.gpu)),
    reserveBytes: (pool.engine.reserveBytes ?? 0) + (pool.engine.occupiedBytes ?? 0),
  };
  const memory = fixedMemory(held, parts);
  return { ...memory, idleBytes: idleBytes(pool, memory), cacheBytes: 0 };
}

/** What the allocator keeps without use, as far as there is room: it gives that back before memory runs out. */
function idleBytes(
  { engine, parallel }: Pool,
  memory: Pick<FixedMemory, 'capacityBytes' | 'fixedBytes' | 'weightBytes' | 'gradientBytes' | 'optimizerBytes'>,
): number {
  const idle = engineProfile(engine.name).training.idleBytes({ ...memory, isSharded: parallel.zero >= 1 });
  return Math.ceil(Math.max(0, Math.min(idle, memory.capacityBytes - memory.fixedBytes)));
}

type FixedParts = Pick<
  GpuMemory,
  'gradientBytes' | 'optimizerBytes' | 'activationBytes' | 'bufferBytes' | 'reserveBytes'
>;

function fixedMemory(held: HeldByGpu, parts: FixedParts): Omit<FixedMemory, 'cacheBytes' | 'account' | 'start'> {
  const { gpuClass, node, weights, weightBytes, parameters, cache } = held;
  const { gpu } = node;
  const { gradientBytes, optimizerBytes, activationBytes, bufferBytes, reserveBytes } = parts;
  return {
    gpuClass,
    capacityBytes: gpu.memoryBytes,
    ...weights,
    ...parts,
    cache,
    idleBytes: 0,
    fixedBytes: weightBytes + gradientBytes + optimizerBytes + activationBytes + bufferBytes + reserveBytes,
    weightBytes,
    denseParameters: parameters.dense,
    expertParameters: parameters.routed,
  };
}
