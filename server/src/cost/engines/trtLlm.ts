import { FITTED_ENGINES } from '../constants/fitted/engines.ts';
import type { EngineProfile } from './profile.ts';
import { ELEMENTWISE_START, NCCL_BYTES, RUNTIME_BYTES, UNMEASURED_TRAINING } from './shared.ts';

/** Its own default of `free_gpu_memory_fraction`. */
const MEMORY_FRACTION = 0.9;

/** TensorRT-LLM. */
export const trtLlm: EngineProfile = {
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES['trt-llm'],
    elementwiseStart: ELEMENTWISE_START,
    mixed: true,
    // Its own default.
    stepTokens: 8192,
    // Keeps the room of a request's full length free from the start.
    growing: false,
    preempts: false,
    memoryFraction: MEMORY_FRACTION,
    reserveBytes: RUNTIME_BYTES,
  },
  constantsTable: 'serving',
  // Its own kernels; on Blackwell also its own all-to-all over NVLink.
  kernels: { attention: 'trt-llm', blockScaled: 'cutlass', ownExchange: ['blackwell'] },
  memory: {
    defaultFraction: () => MEMORY_FRACTION,
    // It applies its fraction to what is left behind weights and activations.
    cacheRoom: (fraction, { capacityBytes, fixedBytes }) => fraction * (capacityBytes - fixedBytes),
    absorbedElementBytes: 0,
    expertColumns: {},
    libraryBytes: NCCL_BYTES,
  },
  training: UNMEASURED_TRAINING,
};
