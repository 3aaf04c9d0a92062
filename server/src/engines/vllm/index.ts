import { FITTED_ENGINES } from '../fitted.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, NCCL_BYTES, RUNTIME_BYTES, roomBesideAll, UNMEASURED_TRAINING } from '../shared.ts';
import { degrees } from './degrees.ts';
import { settings } from './settings.ts';

export const vllm: EngineProfile = {
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES.vllm,
    elementwiseStart: ELEMENTWISE_START,
    mixed: true,
    growing: true,
    preempts: true,
    reserveBytes: RUNTIME_BYTES,
  },
  constantsTable: 'serving',
  // FlashAttention, FlashInfer and FlashMLA.
  kernels: { attention: 'flash', blockScaled: 'cutlass', ownExchange: [] },
  degrees,
  settings,
  memory: {
    // Its fraction covers everything: weights, activations, buffers and cache.
    cacheRoom: roomBesideAll,
    // `W_UK_T` and `W_UV` in 16 bits.
    absorbedElementBytes: 2,
    // Its kernels for mxfp4 experts work on multiples of 256 columns and store them padded (gpt-oss: 2,880 as 3,072).
    expertColumns: { mxfp4: 256 },
    libraryBytes: NCCL_BYTES,
  },
  training: UNMEASURED_TRAINING,
};
