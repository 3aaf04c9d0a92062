import type { Engine } from '../plan/deployment.ts';
import { SCHEDULES } from '../plan/parallel.ts';
import { libraryBytes } from './memory.ts';
import type { EngineMemory, EngineTraining } from './profile.ts';

/** Start of an element-wise kernel in seconds, for every engine (aiconfigurator: 3 us). */
export const ELEMENTWISE_START = 3e-6;

/**
 * Bytes of the workspaces of training libraries (Megatron-Core's functional tests on H100 and GB200 hold 120-170 MB more
 * than all tensors together, whatever the plan).
 */
export const WORKSPACE_BYTES = 0.14e9;

/**
 * Bytes per logit in Megatron-Core's vocabulary-parallel loss: 16 bits, and fp32 into which the gradient is written later,
 * both kept for each head. Its own fused loss (`cross_entropy_fusion_impl = native`, the default) fuses the arithmetic and
 * keeps the same (`VocabParallelCrossEntropy.calculate_logits_max` makes the copy in fp32 for both).
 */
export function vocabularyParallelLossBytes(_: Pick<Engine, 'fusedLoss'>, heads: number): number {
  return 2 + 4 * heads;
}

/** Transformer Engine's fused loss, which writes the gradient over the 16 bits and keeps nothing else. */
export function inPlaceLossBytes(engine: Pick<Engine, 'fusedLoss'>, heads: number): number {
  return engine.fusedLoss ? 2 * heads : vocabularyParallelLossBytes(engine, heads);
}

/** Experts stored as they are. */
export const unpadded: EngineMemory['storedExperts'] = (sizes) => sizes;

/** Zero bytes, for what an engine does not hold. */
export function nothing(): number {
  return 0;
}

/** Training by an engine without training measurements: Megatron-Core's memory, and no host time. */
export const UNMEASURED_TRAINING: EngineTraining = {
  software: 'none',
  schedules: SCHEDULES,
  selective: 'attention',
  holdsRepeatedLayer: false,
  keepsPipelinedWhole: false,
  shardsAreMaster: false,
  lossBytes: vocabularyParallelLossBytes,
  libraryBytes,
  workspaceBytes: WORKSPACE_BYTES,
  groupedWorkspaceBytes: nothing,
  reservedShare: 0,
  idleBytes: nothing,
  keepsExpertOutputs: true,
  pipelineBufferBytes: nothing,
  backwardBytes: nothing,
  headInputBytes: nothing,
};
