import { FITTED_ENGINES } from '../fitted.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, NCCL_BYTES, RUNTIME_BYTES, UNMEASURED_TRAINING } from '../shared.ts';
import { degrees } from './degrees.ts';
import { settings } from './settings.ts';

export const sglang: EngineProfile = {
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES.sglang,
    elementwiseStart: ELEMENTWISE_START,
    mixed: false,
    growing: true,
    // It admits a request only when there is room for most of what the request may generate.
    preempts: false,
    reserveBytes: RUNTIME_BYTES,
  },
  constantsTable: 'serving',
  // FlashAttention, FlashInfer and FlashMLA, and DeepGEMM for block-scaled fp8 on Hopper.
  kernels: { attention: 'flash', blockScaled: 'deepgemm', ownExchange: [] },
  degrees,
  settings,
  memory: {
    // Its fraction covers weights and cache. Everything else on the GPU is outside it.
    cacheRoom: (fraction, { capacityBytes, fixedBytes, weightBytes }) =>
      Math.min(capacityBytes - fixedBytes, fraction * capacityBytes - weightBytes),
    // `w_kc` and `w_vc` in 8 bits.
    absorbedElementBytes: 1,
    expertColumns: {},
    libraryBytes: NCCL_BYTES,
  },
  training: UNMEASURED_TRAINING,
};
