import { FITTED_ENGINES } from '../fitted.ts';
import { pagedTokens } from '../memory.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, UNMEASURED_TRAINING } from '../shared.ts';
import { startsWithCache } from '../start.ts';
import { degrees } from './degrees.ts';
import { handover } from './handover.ts';
import { launch } from './launch.ts';
import { account, log } from './memory.ts';
import { rules } from './rules/index.ts';
import { settings } from './settings.ts';
import { heldBesideWeights, splitOverRanks, storedExperts } from './weights.ts';

/** TensorRT-LLM. */
export const trtLlm: EngineProfile = {
  title: 'TensorRT-LLM',
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES['trt-llm'],
    elementwiseStart: ELEMENTWISE_START,
    mixed: true,
    // It keeps room for a request's full length from the start.
    growing: false,
    preempts: false,
  },
  constantsTable: 'serving',
  fittedOn: ['hopper', 'blackwell', 'grace-blackwell'],
  // Its own kernels, and on Blackwell also its own all-to-all over NVLink.
  kernels: {
    attention: 'trt-llm',
    blockScaled: 'cutlass',
    plainExperts: 'cutlass',
    ownExchange: ['blackwell', 'blackwell-ultra', 'grace-blackwell', 'grace-blackwell-ultra'],
    eager: false,
  },
  degrees,
  settings,
  rules,
  handover,
  launch,
  memory: {
    account,
    cacheError: 0.02,
    loggedTokens: pagedTokens,
    log,
    starts: startsWithCache,
    splitOverRanks,
    heldBesideWeights,
    storedExperts,
    indexesEveryLayer: false,
  },
  training: UNMEASURED_TRAINING,
};
