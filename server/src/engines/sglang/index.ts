import { FITTED_ENGINES } from '../fitted.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, UNMEASURED_TRAINING, unpadded } from '../shared.ts';
import { degrees } from './degrees.ts';
import { handover } from './handover.ts';
import { launch } from './launch.ts';
import { account, log, loggedTokens } from './memory.ts';
import { rules } from './rules/index.ts';
import { settings } from './settings.ts';
import { starts } from './start.ts';
import { heldBesideWeights, splitOverRanks } from './weights.ts';

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
  handover,
  launch,
  memory: {
    account,
    cacheError: 0.11,
    loggedTokens,
    log,
    starts,
    splitOverRanks,
    heldBesideWeights,
    storedExperts: unpadded,
    // `DefaultPoolConfigurator` counts them for all layers (0.5: srt/model_executor/pool_configurator.py).
    indexesEveryLayer: true,
  },
  training: UNMEASURED_TRAINING,
};
