import type { Rule } from '../../language/diagnostic.ts';
import { bubbleBottleneck } from './bubble-bottleneck.ts';
import { buffersLeftOut } from './buffers-left-out.ts';
import { checkpointDiffers, type ModelContext } from './checkpoint-differs.ts';
import { claimNotComputed } from './claim-not-computed.ts';
import { claimNotMet } from './claim-not-met.ts';
import type { CostContext, MemoryContext } from './context.ts';
import { engineNotNamed } from './engine-not-named.ts';
import { expertMemoryOverShare } from './expert-memory-over-share.ts';
import { kvCacheTooSmall } from './kv-cache-too-small.ts';
import { loadBottleneck } from './load-bottleneck.ts';
import { measuredDiffers } from './measured-differs.ts';
import { memoryNearlyFull } from './memory-nearly-full.ts';
import { memoryOverCapacity } from './memory-over-capacity.ts';
import { networkBottleneck } from './network-bottleneck.ts';
import { requestRateOverCapacity } from './request-rate-over-capacity.ts';
import { willNotStart } from './will-not-start.ts';

export type { ComparedClaims, CostContext, MemoryContext } from './context.ts';

/** Rules about a model by itself. */
export const MODEL_RULES: readonly Rule<ModelContext>[] = [checkpointDiffers];

/** Rules that need no prediction. */
export const MEMORY_RULES: readonly Rule<MemoryContext>[] = [
  memoryOverCapacity,
  memoryNearlyFull,
  kvCacheTooSmall,
  willNotStart,
  buffersLeftOut,
  expertMemoryOverShare,
];

/** Every rule about memory and prediction. */
export const COST_RULES: readonly Rule<CostContext>[] = [
  ...MEMORY_RULES,
  requestRateOverCapacity,
  claimNotMet,
  claimNotComputed,
  measuredDiffers,
  networkBottleneck,
  bubbleBottleneck,
  loadBottleneck,
  engineNotNamed,
];
