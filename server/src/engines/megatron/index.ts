import { ideal } from '../ideal/index.ts';
import { libraryBytes, wholeOnRanks } from '../memory.ts';
import type { EngineProfile, HeldState } from '../profile.ts';
import { inPlaceLossBytes, nothing, unpadded, vocabularyParallelLossBytes, WORKSPACE_BYTES } from '../shared.ts';
import { megatronBridgeDegrees, megatronLmDegrees } from './degrees.ts';
import { bridgeLaunch, launch } from './launch.ts';
import { rules } from './rules/index.ts';
import { MEGATRON_SCHEDULES } from './schedules.ts';

/**
 * Share of the state that stays with the allocator after warm-up. Not derived: with the blocks of the first weights it is what
 * PyTorch's allocator (Megatron-SWIFT on A800) and the device (Primus on MI355X) show beyond what is allocated. Set on either
 * of the two it leaves the other within 5 %.
 */
const IDLE_STATE = 0.27;

/**
 * The distributed optimizer copies all weights into one buffer (`_ParamAndGradBuffer`). The blocks that they were made in are
 * free then, but too small for activations.
 */
function idleBytes({ weightBytes, gradientBytes, optimizerBytes, isSharded }: HeldState): number {
  const state = weightBytes + gradientBytes + optimizerBytes;
  return (isSharded ? weightBytes : 0) + IDLE_STATE * state;
}

/** Megatron-Core, as Megatron-LM runs it. */
export const megatron: EngineProfile = {
  title: 'Megatron-LM',
  tasks: ['training'],
  // It is not known as an engine that serves.
  constants: ideal.constants,
  constantsTable: 'serving',
  kernels: { attention: 'flash', blockScaled: 'cutlass', plainExperts: 'cutlass', ownExchange: [], eager: false },
  degrees: megatronLmDegrees,
  // Training takes all of the memory.
  settings: ideal.settings,
  rules,
  handover: undefined,
  launch,
  memory: {
    account: ideal.memory.account,
    cacheError: ideal.memory.cacheError,
    loggedTokens: ideal.memory.loggedTokens,
    log: ideal.memory.log,
    starts: ideal.memory.starts,
    splitOverRanks: wholeOnRanks,
    heldBesideWeights: nothing,
    storedExperts: unpadded,
    indexesEveryLayer: false,
  },
  training: {
    software: 'megatron',
    schedules: MEGATRON_SCHEDULES,
    selective: 'attention',
    holdsRepeatedLayer: false,
    keepsPipelinedWhole: false,
    shardsAreMaster: false,
    lossBytes: vocabularyParallelLossBytes,
    libraryBytes,
    workspaceBytes: WORKSPACE_BYTES,
    // Transformer Engine's grouped products run on four streams, each with a workspace of 32 MiB. The plain setting, which
    // gathers all tokens, multiplies experts one after another and has no such workspace.
    groupedWorkspaceBytes: ({ allToAll }) => (allToAll === 'gather' ? 0 : 4 * 2 ** 25),
    reservedShare: 0,
    idleBytes,
    // Megatron-Core multiplies inside the experts since 0.13 (its list of what is new). Runs of 2025 and 2026 that do not state
    // their release still grow as if outputs were kept (Primus on MI355X, a micro-batch: 21 GB of memory shown).
    keepsExpertOutputs: true,
    pipelineBufferBytes: nothing,
    backwardBytes: nothing,
    headInputBytes: nothing,
  },
};

/** Megatron-Core, as Megatron-Bridge and NeMo run it. */
export const megatronBridge: EngineProfile = {
  ...megatron,
  title: 'Megatron-Bridge',
  degrees: megatronBridgeDegrees,
  launch: bridgeLaunch,
  // Its recipes fuse the loss by Transformer Engine (`cross_entropy_fusion_impl = te`).
  // It needs Megatron-Core 0.13, which multiplies probabilities inside the experts.
  training: { ...megatron.training, lossBytes: inPlaceLossBytes, keepsExpertOutputs: false },
};
