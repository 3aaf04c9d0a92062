import type { TrainingConstants } from '../training.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/training.ts`, not this file. Factors, passes, seconds.
 * Source: published step times of Megatron-Core, NeMo, Megatron-Bridge and torchtitan. Absolute errors:
 * - 297 rows, 31 constants: mean 6.9 %, median 4.0 %.
 * - fifths held out: mean 7.6 %, median 4.7 %.
 * - each model of 31 held out: mean 10.0 %, median 6.5 %.
 * - each GPU family of 5 held out: mean 11.7 %, median 9.0 %.
 * - each engine of 8 held out: mean 12.3 %, median 8.0 %.
 * - each source of 10 held out: mean 12.3 %, median 8.0 %.
 * Families and recipes are products of a common factor and of their own differences from it.
 */
export const FITTED_TRAINING: TrainingConstants = {
  kernels: {
    ampere: {
      products: { bf16: 1.19, tensor: 0.89, block: 1.18, fp4: 1.11 },
      experts: { bf16: 1.1, tensor: 1.76, block: 1.33, fp4: 1.53 },
      attention: 1.33,
    },
    hopper: {
      products: { bf16: 1.19, tensor: 0.89, block: 1.17, fp4: 1.1 },
      experts: { bf16: 1.1, tensor: 1.76, block: 1.33, fp4: 1.53 },
      attention: 1.38,
    },
    blackwell: {
      products: { bf16: 1.06, tensor: 0.794, block: 1.05, fp4: 0.985 },
      experts: { bf16: 1.1, tensor: 1.76, block: 1.33, fp4: 1.53 },
      attention: 1.41,
    },
    'blackwell-ultra': {
      products: { bf16: 0.887, tensor: 0.665, block: 0.878, fp4: 0.826 },
      experts: { bf16: 1.1, tensor: 1.76, block: 1.33, fp4: 1.53 },
      attention: 1.04,
    },
    cdna: {
      products: { bf16: 1.27, tensor: 0.953, block: 1.26, fp4: 1.18 },
      experts: { bf16: 1.1, tensor: 1.76, block: 1.33, fp4: 1.53 },
      attention: 1.42,
    },
  },
  engine: {
    linear: 17.5,
    inner: 10.2,
    fused: 0.43,
    tensorParallel: 0.978,
    exchange: 0.42,
    exchangeAcross: 1.03,
    dataParallel: 1.17,
    hostExchange: 0.00542,
    hostExpert: 0.000255,
  },
  torchtitan: 1.15,
  flashAttention2: 1.63,
  residual: 0.19,
};
