import type { NvlinkConstants } from '../expertParallel.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator tables (TensorRT-LLM 1.3 collectors); one-sided: TensorRT-LLM's technical blog 18.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_NVLINK: Readonly<Record<string, NvlinkConstants>> = {
  // 51 rows: mean error 3.2 %; held out at random 3.6 %, by shape 5.7 %.
  'dispatch one-sided': {
    floor: 0.00001848,
    start: 0.000008133,
    perDoubling: 0.000001766,
    perToken: 2.304e-9,
    power: 7.705,
    share2: 0.4532,
    share4: 0.2654,
    share8: 0.5701,
    share16: 0.6483,
    share32: 0.6598,
    share64: 0.6565,
    residual: 0.057,
  },
  // 540 rows: mean error 4.7 %; held out at random 4.7 %, by shape 4.8 %.
  'dispatch two-sided': {
    floor: 0.0000044,
    start: 0.00001055,
    perDoubling: 6.468e-7,
    perToken: 2.003e-8,
    power: 9.154,
    share2: 0.965,
    share4: 0.938,
    share8: 0.5768,
    share16: 0.6587,
    share32: 0.675,
    share64: 0.6585,
    residual: 0.048,
  },
  // 48 rows: mean error 1.7 %; held out at random 2.0 %, by shape 2.2 %.
  'combine one-sided': {
    floor: 0.00003113,
    start: 0.000001602,
    perDoubling: 0.000002458,
    perToken: 8.968e-11,
    power: 2.513,
    share2: 0.5416,
    share4: 1.354,
    share8: 0.5279,
    share16: 0.6157,
    share32: 0.6633,
    share64: 0.6919,
    residual: 0.022,
  },
  // 540 rows: mean error 3.8 %; held out at random 3.9 %, by shape 4.0 %.
  'combine two-sided': {
    floor: 0.000009002,
    start: 0.000008857,
    perDoubling: 0.000001395,
    perToken: 2.805e-8,
    power: 2.448,
    share2: 0.5739,
    share4: 0.7024,
    share8: 0.4971,
    share16: 0.5769,
    share32: 0.6008,
    share64: 0.5782,
    residual: 0.04,
  },
};
