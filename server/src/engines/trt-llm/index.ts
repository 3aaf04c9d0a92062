import { FITTED_ENGINES } from '../fitted.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, NCCL_BYTES, RUNTIME_BYTES, UNMEASURED_TRAINING } from '../shared.ts';
import { degrees } from './degrees.ts';
import { settings } from './settings.ts';

/** TensorRT-LLM. */
export const trtLlm: EngineProfile = {
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES['trt-llm'],
    elementwiseStart: ELEMENTWISE_START,
    mixed: true,
    // It keeps room for a request's full length from the start.
    growing: false,
    preempts: false,
    reserveBytes: RUNTIME_BYTES,
  },
  constantsTable: 'serving',
  // Its own kernels, and on Blackwell also its own all-to-all over NVLink.
  kernels: {
    attention: 'trt-llm',
    blockScaled: 'cutlass',
    ownExchange: ['blackwell', 'blackwell-ultra', 'grace-blackwell', 'grace-blackwell-ultra'],
  },
  degrees,
  settings,
  memory: {
    // It applies its fraction to what weights and activations leave.
    cacheRoom: (fraction, { capacityBytes, fixedBytes }) => fraction * (capacityBytes - fixedBytes),
    absorbedElementBytes: 0,
    expertColumns: {},
    libraryBytes: NCCL_BYTES,
  },
  training: UNMEASURED_TRAINING,
};
