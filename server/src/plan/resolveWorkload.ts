import type { Entity } from '../language/entity.ts';
import type { Engine, EngineName, Optimizer, Workload } from './deployment.ts';
import { flagOf, numberOf, rejectedIn, wordOf } from './values.ts';

const OPTIMIZERS: readonly Optimizer[] = ['adam', 'sgd', 'muon'];

/** A `workload` block as plain data; nothing when it says neither a batch, nor serving, nor training. */
export function resolveWorkload(entity: Entity): Workload | undefined {
  if (rejectedIn(entity) !== undefined) return undefined;
  const name = entity.name ?? '';
  const length = numberOf(entity, 'length');
  const globalBatch = numberOf(entity, 'global-batch');
  const dropout = numberOf(entity, 'dropout');
  if (globalBatch !== undefined && length !== undefined) {
    return {
      kind: 'training',
      name,
      length,
      globalBatch,
      microBatch: numberOf(entity, 'micro-batch') ?? 1,
      optimizer: OPTIMIZERS.find((name) => name === wordOf(entity, 'optimizer')) ?? 'adam',
      ...(dropout !== undefined && { dropout }),
      ...(wordOf(entity, 'trainable') === 'adapters' && { trainable: 'adapters' }),
    };
  }
  const input = numberOf(entity, 'input');
  if (input !== undefined) {
    const concurrency = numberOf(entity, 'concurrency');
    const requestRate = numberOf(entity, 'request-rate');
    const requests = numberOf(entity, 'requests');
    const lengthSpread = numberOf(entity, 'length-spread');
    return {
      kind: 'serving',
      name,
      input,
      output: numberOf(entity, 'output') ?? 1,
      ...(concurrency !== undefined ? { concurrency } : requestRate === undefined ? { concurrency: 1 } : {}),
      ...(requestRate !== undefined && { requestRate }),
      prefixShare: numberOf(entity, 'prefix-share') ?? 0,
      ...(requests !== undefined && { requests }),
      ...(lengthSpread !== undefined && { lengthSpread }),
    };
  }
  if (length === undefined) return undefined;
  return { kind: 'batch', name, sequences: numberOf(entity, 'sequences') ?? 1, length };
}

const ENGINES: readonly EngineName[] = ['ideal', 'vllm', 'sglang', 'trt-llm', 'megatron', 'torchtitan'];
const ALL_TO_ALL: readonly Engine['allToAll'][] = ['nccl', 'deepep', 'deepep-normal', 'deepep-low-latency', 'gather'];

/** The engine of a deployment or pool: the pool's own block over the deployment's over the ideal engine. */
export function resolveEngine(own: Entity | undefined, outer: Entity | undefined): Engine {
  const number = (name: string) => numberOf(own, name) ?? numberOf(outer, name);
  const flag = (name: string, otherwise: boolean) => flagOf(own, name) ?? flagOf(outer, name) ?? otherwise;
  const word = (name: string) => wordOf(own, name) ?? wordOf(outer, name);
  const memoryFraction = number('memory-fraction');
  const reserveBytes = number('reserve');
  const chunkTokens = number('chunk');
  const flash = number('flash-attention');
  return {
    name: ENGINES.find((name) => name === word('name')) ?? 'ideal',
    ...(memoryFraction !== undefined && { memoryFraction }),
    ...(reserveBytes !== undefined && { reserveBytes }),
    ...(chunkTokens !== undefined && { chunkTokens }),
    graphs: flag('graphs', true),
    allToAll: ALL_TO_ALL.find((name) => name === word('all-to-all')) ?? 'nccl',
    dispatchTokens: number('dispatch-tokens') ?? 128,
    twoBatchOverlap: flag('two-batch-overlap', false),
    sharedOverlap: flag('shared-overlap', false),
    speculativeTokens: number('speculative-tokens') ?? 0,
    acceptance: number('acceptance') ?? 0,
    pageTokens: number('page') ?? 64,
    ...(!flag('fused', true) && { fused: false }),
    ...(flash !== undefined && { flashAttention: flash }),
    ...(flag('fused-loss', false) && { fusedLoss: true }),
    ...(flag('fused-experts', false) && { fusedExperts: true }),
  };
}

/** Whether tokens are drafted and nothing says which share of them is accepted: no default stands for that. */
export function lacksAcceptance(engine: Entity | undefined, outer: Entity | undefined): boolean {
  const drafted = numberOf(engine, 'speculative-tokens') ?? numberOf(outer, 'speculative-tokens') ?? 0;
  return drafted > 0 && numberOf(engine, 'acceptance') === undefined && numberOf(outer, 'acceptance') === undefined;
}
