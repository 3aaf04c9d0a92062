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

/**
 * Chosen on a grid over 27 public runs of nine models of experts on B200 and GB300 (sgl-cookbook, 2025-12 to 2026-04) beside the rows of
 * the fit, whose models cannot tell launches from what a request costs. With each of the nine left out in turn the choice is 30 to
 * 54 us and 0.05 to 0.1 s, and the model left out is off by 26.6 % in the mean of its figures (27.2 % with what the fit says).
 */
const OVER_MODELS = { launch: 46e-6, perRequest: 0.05 };

export const sglang: EngineProfile = {
  title: 'SGLang',
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES.sglang,
    ...OVER_MODELS,
    elementwiseStart: ELEMENTWISE_START,
    mixed: false,
    growing: true,
    // It admits a request only when there is room for most of what the request may generate.
    preempts: false,
  },
  constantsTable: 'serving',
  fittedOn: ['hopper'],
  // FlashAttention, FlashInfer and FlashMLA, and DeepGEMM for block-scaled fp8 on Hopper. Graphs are captured of decode alone.
  kernels: { attention: 'flash', blockScaled: 'deepgemm', plainExperts: 'triton', ownExchange: [], eager: true },
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
