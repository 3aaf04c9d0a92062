import { FITTED_ENGINES } from '../fitted.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, NCCL_BYTES, RUNTIME_BYTES, roomBesideAll, UNMEASURED_TRAINING } from '../shared.ts';
import { degrees } from './degrees.ts';

/** vLLM's default of `gpu_memory_utilization`. */
const MEMORY_FRACTION = 0.9;

export const vllm: EngineProfile = {
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES.vllm,
    elementwiseStart: ELEMENTWISE_START,
    mixed: true,
    // vLLM's default.
    stepTokens: 8192,
    growing: true,
    preempts: true,
    memoryFraction: MEMORY_FRACTION,
    reserveBytes: RUNTIME_BYTES,
  },
  constantsTable: 'serving',
  // FlashAttention, FlashInfer and FlashMLA.
  kernels: { attention: 'flash', blockScaled: 'cutlass', ownExchange: [] },
  degrees,
  memory: {
    defaultFraction: () => MEMORY_FRACTION,
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
