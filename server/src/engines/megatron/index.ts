import { ideal } from '../ideal/index.ts';
import { NCCL_BYTES, wholeOnRanks } from '../memory.ts';
import type { EngineProfile } from '../profile.ts';
import { nothing, unpadded, vocabularyParallelLossBytes, WORKSPACE_BYTES } from '../shared.ts';
import { megatronBridgeDegrees, megatronLmDegrees } from './degrees.ts';
import { bridgeLaunch, launch } from './launch.ts';
import { rules } from './rules/index.ts';
import { MEGATRON_SCHEDULES } from './schedules.ts';

/** Megatron-Core, as Megatron-LM runs it. */
export const megatron: EngineProfile = {
  title: 'Megatron-LM',
  tasks: ['training'],
  // It is not known as an engine that serves.
  constants: ideal.constants,
  constantsTable: 'serving',
  kernels: { attention: 'flash', blockScaled: 'cutlass', ownExchange: [], eager: false },
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
    libraryBytes: NCCL_BYTES,
    workspaceBytes: WORKSPACE_BYTES,
    // Transformer Engine's grouped products run on four streams, each with a workspace of 32 MiB. The plain setting, which
    // gathers all tokens, multiplies experts one after another and has no such workspace.
    groupedWorkspaceBytes: ({ allToAll }) => (allToAll === 'gather' ? 0 : 4 * 2 ** 25),
    reservedShare: 0,
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
};
