import { FITTED_ENGINES } from '../fitted.ts';
import { pagedTokens } from '../memory.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, UNMEASURED_TRAINING, unpadded } from '../shared.ts';
import { startsWithCache } from '../start.ts';
import { degrees } from './degrees.ts';
import { account, log } from './memory.ts';
import { rules } from './rules/index.ts';
import { settings } from './settings.ts';

export const sglang: EngineProfile = {
  title: 'SGLang',
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES.sglang,
    elementwiseStart: ELEMENTWISE_START,
    mixed: false,
    growing: true,
    // It admits a request only when there is room for most of what the request may generate.
    preempts: false,
  },
  constantsTable: 'serving',
  // FlashAttention, FlashInfer and FlashMLA, and DeepGEMM for block-scaled fp8 on Hopper.
  kernels: { attention: 'flash', blockScaled: 'deepgemm', ownExchange: [] },
  degrees,
  settings,
  rules,
  memory: {
    account,
    loggedTokens: pagedTokens,
    log,
    starts: startsWithCache,
    scalesSparseLatent: false,
    // `w_kc` and `w_vc` in 8 bits.
    absorbedElementBytes: 1,
    storedExperts: unpadded,
  },
  training: UNMEASURED_TRAINING,
};
