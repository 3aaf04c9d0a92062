import type { TrainingConstants } from '../training.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/training.ts`, not this file. Factors, passes, seconds.
 * Source: published step times of Megatron-Core, NeMo, Megatron-Bridge and torchtitan. Absolute errors:
 * - 278 rows, 27 constants: mean 6.3 %, median 3.5 %.
 * - fifths held out: mean 6.8 %, median 4.2 %.
 * - each of 28 models held out: mean 8.9 %, median 6.3 %.
 * Families and recipes are products of a common factor and of their own differences from it.
 */
export const FITTED_TRAINING: TrainingConstants = {
  kernels: {
    ampere: {
      products: { bf16: 1.18, tensor: 0.878, block: 1.14, fp4: 1.08 },
      experts: { bf16: 1.08, tensor: 2.23, block: 1.33, fp4: 1.71 },
      attention: 1.28,
    },
    hopper: {
      products: { bf16: 1.11, tensor: 0.829, block: 1.08, fp4: 1.02 },
      experts: { bf16: 1.08, tensor: 2.23, block: 1.33, fp4: 1.71 },
      attention: 1.46,
    },
    blackwell: {
      products: { bf16: 1.01, tensor: 0.754, block: 0.978, fp4: 0.929 },
      experts: { bf16: 1.08, tensor: 2.23, block: 1.33, fp4: 1.71 },
      attention: 1.36,
    },
    'blackwell-ultra': {
      products: { bf16: 0.862, tensor: 0.644, block: 0.836, fp4: 0.794 },
      experts: { bf16: 1.08, tensor: 2.23, block: 1.33, fp4: 1.71 },
      attention: 1,
    },
  },
  engine: {
    linear: 16,
    inner: 10.1,
    fused: 0.407,
    exchange: 0.481,
    hostExchange: 0.00368,
    hostExpert: 0.00025,
    perStep: 0.123,
  },
  torchtitan: 1.15,
  flashAttention2: 1.52,
};
