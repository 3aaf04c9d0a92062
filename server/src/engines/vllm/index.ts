import { FITTED_ENGINES } from '../fitted.ts';
import { isNarrow, wholeOnRanks } from '../memory.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, UNMEASURED_TRAINING } from '../shared.ts';
import { loggedTokens } from './cache.ts';
import { degrees } from './degrees.ts';
import { storedExperts } from './experts.ts';
import { handover } from './handover.ts';
import { launch } from './launch.ts';
import { log } from './log.ts';
import { account } from './memory.ts';
import { rules } from './rules/index.ts';
import { settings } from './settings.ts';
import { starts } from './start.ts';
import { sparseWorkspace } from './workspace.ts';

export const vllm: EngineProfile = {
  title: 'vLLM',
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES.vllm,
    elementwiseStart: ELEMENTWISE_START,
    mixed: true,
    growing: true,
    preempts: true,
  },
  constantsTable: 'serving',
  fittedOn: ['hopper', 'blackwell'],
  // FlashAttention, FlashInfer and FlashMLA.
  kernels: { attention: 'flash', blockScaled: 'cutlass', plainExperts: 'cutlass', ownExchange: [], eager: false },
  degrees,
  settings,
  rules,
  handover,
  launch,
  memory: {
    account,
    cacheError: 0.02,
    loggedTokens,
    log,
    starts,
    splitOverRanks: wholeOnRanks,
    // `W_UK_T` and `W_UV` in 16 bits.
    heldBesideWeights: (held) =>
      (isNarrow(held.model.types.attention) ? 2 * held.absorbedElements : 0) + sparseWorkspace(held),
    storedExperts,
    // 0.28: `DeepseekV32Attention` in models/deepseek_v32/attention.py makes no indexer there.
    indexesEveryLayer: false,
  },
  training: UNMEASURED_TRAINING,
};
