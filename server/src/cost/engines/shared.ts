import type { Engine } from '../../plan/deployment.ts';
import { withoutHost } from '../constants/training.ts';
import type { EngineTraining, OccupiedMemory } from './profile.ts';

/** Start of an element-wise kernel, seconds, of every engine (aiconfigurator: 3 us). */
export const ELEMENTWISE_START = 3e-6;

/** Runtime context, graphs and libraries of an engine that serves, bytes; 1 to 3.5 GB where it was measured. */
export const RUNTIME_BYTES = 2 * 2 ** 30;

/** NCCL's channels and staging of one process, bytes: measured 0.34-0.39 GB in vLLM and SGLang start-up logs. */
export const NCCL_BYTES = 0.36e9;

/** Room for the cache where an engine's share of the memory is for everything that a GPU holds. */
export function roomBesideAll(fraction: number, { capacityBytes, fixedBytes }: OccupiedMemory): number {
  return fraction * capacityBytes - fixedBytes;
}

/**
 * Workspaces of the libraries that train, bytes (Megatron-Core's functional tests on H100 and GB200: 120-170 MB more than all
 * tensors together, whatever the plan).
 */
export const WORKSPACE_BYTES = 0.14e9;

/**
 * Per logit in Megatron-Core's vocabulary-parallel loss 16 bits, and fp32 in which the gradient is written later, kept for
 * each head. A fused loss keeps the 16 bits alone.
 */
export function vocabularyParallelLossBytes({ fusedLoss }: Pick<Engine, 'fusedLoss'>, heads: number): number {
  return fusedLoss ? 2 * heads : 2 + 4 * heads;
}

/** Bytes of what an engine does not hold at all. */
export function nothing(): number {
  return 0;
}

/** Training by an engine of which no training was measured: Megatron-Core's memory, and no time of a host. */
export const UNMEASURED_TRAINING: EngineTraining = {
  times: withoutHost,
  selective: 'attention',
  holdsRepeatedLayer: false,
  keepsPipelinedWhole: false,
  shardsAreMaster: false,
  lossBytes: vocabularyParallelLossBytes,
  workspaceBytes: WORKSPACE_BYTES,
  groupedWorkspaceBytes: nothing,
  reservedShare: 0,
  pipelineBufferBytes: nothing,
  backwardBytes: nothing,
  headInputBytes: nothing,
};
