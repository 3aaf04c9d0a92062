import { foldedDegrees } from '../degrees.ts';
import { everythingInShare, pagedTokens, plainLog, wholeOnRanks } from '../memory.ts';
import type { EngineProfile } from '../profile.ts';
import { unlimited } from '../settings.ts';
import { ELEMENTWISE_START, nothing, UNMEASURED_TRAINING, unpadded } from '../shared.ts';
import { startsWithCache } from '../start.ts';

const MEMORY_FRACTION = 1;

/** Kernels and links alone, always the fastest available: the limit that an engine can reach, in serving or in training. */
export const ideal: EngineProfile = {
  title: 'an ideal engine',
  tasks: ['serving', 'training'],
  constants: {
    elementwiseStart: ELEMENTWISE_START,
    perLayer: 0,
    perStep: 0,
    perSequence: 0,
    // Approximate gap between the nodes of a CUDA graph.
    graphGap: 1e-6,
    widening: 0,
    widenedCompute: 0.5,
    launch: 0,
    mixed: true,
    hidden: 0,
    perRequest: 0,
    ahead: 0,
    rankWait: 0,
    growing: false,
    preempts: false,
    residual: 0,
    firstResidual: 0.5,
    rateResidual: 0.2,
  },
  constantsTable: 'ideal',
  kernels: { attention: 'trt-llm', blockScaled: 'deepgemm', plainExperts: 'cutlass', ownExchange: [], eager: false },
  degrees: foldedDegrees,
  settings: unlimited(MEMORY_FRACTION),
  rules: [],
  handover: undefined,
  launch: undefined,
  memory: {
    account: everythingInShare(0, 0),
    cacheError: 0,
    loggedTokens: pagedTokens,
    log: plainLog,
    starts: startsWithCache,
    splitOverRanks: wholeOnRanks,
    heldBesideWeights: nothing,
    storedExperts: unpadded,
    indexesEveryLayer: false,
  },
  // It has no workspaces either.
  training: { ...UNMEASURED_TRAINING, libraryBytes: () => 0, workspaceBytes: 0 },
};
