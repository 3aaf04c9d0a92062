import type { TrainingConstants } from '../training.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/training.ts`, not this file. Factors, passes, seconds.
 * Source: published step times of Megatron-Core, NeMo, Megatron-Bridge and torchtitan. Absolute errors:
 * - 278 rows, 28 constants: mean 6.4 %, median 3.7 %.
 * - fifths held out: mean 6.9 %, median 4.2 %.
 * - each of 28 models held out: mean 9.6 %, median 6.7 %.
 * Families and recipes are products of a common factor and of their own differences from it.
 */
export const FITTED_TRAINING: TrainingConstants = {
  kernels: {
    ampere: {
      products: { bf16: 1.18, tensor: 0.894, block: 1.17, fp4: 1.11 },
      experts: { bf16: 1.03, tensor: 2.18, block: 1.31, fp4: 1.67 },
      attention: 1.29,
    },
    hopper: {
      products: { bf16: 1.17, tensor: 0.885, block: 1.16, fp4: 1.1 },
      experts: { bf16: 1.03, tensor: 2.18, block: 1.31, fp4: 1.67 },
      attention: 1.42,
    },
    blackwell: {
      products: { bf16: 1.05, tensor: 0.793, block: 1.04, fp4: 0.985 },
      experts: { bf16: 1.03, tensor: 2.18, block: 1.31, fp4: 1.67 },
      attention: 1.38,
    },
    'blackwell-ultra': {
      products: { bf16: 0.884, tensor: 0.668, block: 0.874, fp4: 0.83 },
      experts: { bf16: 1.03, tensor: 2.18, block: 1.31, fp4: 1.67 },
      attention: 1.01,
    },
  },
  engine: {
    linear: 16.1,
    inner: 10.5,
    fused: 0.417,
    tensorParallel: 1,
    exchange: 0.478,
    dataParallel: 1.18,
    hostExchange: 0.00558,
    hostExpert: 0.000252,
  },
  torchtitan: 1.17,
  flashAttention2: 1.57,
  residual: 0.14,
};
