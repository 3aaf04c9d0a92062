import { FITTED_TRAINING } from '../constants/fitted/training.ts';
import { ideal } from './ideal.ts';
import type { EngineProfile } from './profile.ts';
import { NCCL_BYTES, roomBesideAll } from './shared.ts';

/** Megatron-Core, as Megatron-LM, NeMo and Megatron-Bridge run it. */
export const megatron: EngineProfile = {
  tasks: ['training'],
  // Nothing is known of it as an engine that serves.
  constants: { ...ideal.constants, residual: FITTED_TRAINING.residual },
  constantsTable: 'serving',
  kernels: { attention: 'flash', blockScaled: 'cutlass', ownExchange: [] },
  memory: {
    // Training takes all of it.
    defaultFraction: () => ideal.constants.memoryFraction,
    cacheRoom: roomBesideAll,
    absorbedElementBytes: 0,
    expertColumns: {},
    libraryBytes: NCCL_BYTES,
  },
};
