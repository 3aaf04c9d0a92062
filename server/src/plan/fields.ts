import type { Engine } from './deployment.ts';
import type { StatedTypes } from './model.ts';

/* Names that the language has for what a plan says of engines and types, and the plan's own; for `parallel` see there. */

/** Numbers of an `engine` block. */
export const ENGINE_NUMBERS = {
  'memory-fraction': 'memoryFraction',
  reserve: 'reserveBytes',
  occupied: 'occupiedBytes',
  'cache-memory': 'cacheMemoryBytes',
  chunk: 'chunkTokens',
  'dispatch-tokens': 'dispatchTokens',
  'speculative-tokens': 'speculativeTokens',
  acceptance: 'acceptance',
  page: 'pageTokens',
  'step-tokens': 'stepTokens',
  'max-requests': 'maxRequests',
  'max-context': 'maxContext',
  'graph-batch': 'graphBatch',
  'cache-tokens': 'cacheTokens',
  'window-ratio': 'windowRatio',
  'mamba-ratio': 'mambaRatio',
  'flash-attention': 'flashAttention',
} as const satisfies Readonly<Record<string, keyof Engine>>;

/** ... and what is true or false of it. */
export const ENGINE_FLAGS = {
  graphs: 'graphs',
  'dp-lm-head': 'dpHead',
  'dp-dense': 'dpDense',
  'two-batch-overlap': 'twoBatchOverlap',
  'shared-overlap': 'sharedOverlap',
  fused: 'fused',
  'fused-loss': 'fusedLoss',
  'fused-experts': 'fusedExperts',
} as const satisfies Readonly<Record<string, keyof Engine>>;

/** Classes of tensors by the words of the language. */
export const TENSORS = {
  weights: 'weights',
  experts: 'experts',
  attention: 'attention',
  embedding: 'embedding',
  kv: 'kv',
  activations: 'activations',
  compute: 'compute',
  gradients: 'gradients',
  main: 'main',
  moments: 'moments',
  'first-moment': 'firstMoment',
  'second-moment': 'secondMoment',
} as const satisfies Readonly<Record<string, keyof StatedTypes>>;
