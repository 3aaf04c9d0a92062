import { FITTED_ENGINES } from '../fitted.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, UNMEASURED_TRAINING } from '../shared.ts';
import { degrees } from './degrees.ts';
import { account, log, loggedTokens } from './memory.ts';
import { rules } from './rules/index.ts';
import { settings } from './settings.ts';

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
  // FlashAttention, FlashInfer and FlashMLA.
  kernels: { attention: 'flash', blockScaled: 'cutlass', ownExchange: [] },
  degrees,
  settings,
  rules,
  memory: {
    account,
    loggedTokens,
    log,
    // `W_UK_T` and `W_UV` in 16 bits.
    absorbedElementBytes: 2,
    // Its kernels for mxfp4 experts work on multiples of 256 columns and store them padded (gpt-oss: 2,880 as 3,072).
    expertColumns: { mxfp4: 256 },
  },
  training: UNMEASURED_TRAINING,
};
