import type { TrainingConstants } from '../training.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/training.ts`, not this file. Factors, passes, seconds.
 * Source: published step times of Megatron-Core, NeMo, Megatron-Bridge and torchtitan. Absolute errors:
 * - 278 rows, 27 constants: mean 6.2 %, median 3.6 %.
 * - fifths held out: mean 6.7 %, median 3.8 %.
 * - each of 28 models held out: mean 8.8 %, median 6.1 %.
 * Families and recipes are products of a common factor and of their own differences from it.
 */
export const FITTED_TRAINING: TrainingConstants = {
  kernels: {
    ampere: {
      products: { bf16: 1.18, tensor: 0.881, block: 1.14, fp4: 1.08 },
      experts: { bf16: 1.05, tensor: 2.21, block: 1.32, fp4: 1.68 },
      attention: 1.26,
    },
    hopper: {
      products: { bf16: 1.11, tensor: 0.834, block: 1.08, fp4: 1.03 },
      experts: { bf16: 1.05, tensor: 2.21, block: 1.32, fp4: 1.68 },
      attention: 1.4,
    },
    blackwell: {
      products: { bf16: 1.01, tensor: 0.755, block: 0.977, fp4: 0.929 },
      experts: { bf16: 1.05, tensor: 2.21, block: 1.32, fp4: 1.68 },
      attention: 1.36,
    },
    'blackwell-ultra': {
      products: { bf16: 0.862, tensor: 0.645, block: 0.835, fp4: 0.794 },
      experts: { bf16: 1.05, tensor: 2.21, block: 1.32, fp4: 1.68 },
      attention: 1,
    },
  },
  engine: {
    linear: 15.9,
    inner: 10.2,
    fused: 0.403,
    exchange: 0.493,
    hostExchange: 0.00366,
    hostExpert: 0.00025,
    perStep: 0.124,
  },
  torchtitan: 1.15,
  flashAttention2: 1.58,
  residual: 0.088,
};
