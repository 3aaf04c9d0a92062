import type { LocalConstants } from '../expertParallel.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator's DeepEP sweeps (SGLang 0.5.6) and the DeepEP README.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_LOCAL: Readonly<Record<string, LocalConstants>> = {
  // 47 rows: mean error 3.3 %; held out at random 3.5 %, by shape 3.6 %.
  // A GPU by the constants of the others: H800-SXM 5.7 %, H100-SXM 3.3 %, H200-SXM 3.3 %.
  dispatch: {
    start: 0.00003534,
    ramp: 3.094e-11,
    half: 554.9,
    work: 5.243e-11,
    link: 0.6928,
    residual: 0.036,
  },
  // 47 rows: mean error 0.8 %; held out at random 1.2 %, by shape 1.3 %.
  // A GPU by the constants of the others: H800-SXM 2.8 %, H100-SXM 0.9 %, H200-SXM 0.9 %.
  combine: {
    start: 0.00004945,
    ramp: 0.00009615,
    half: 1056,
    work: 4.473e-11,
    link: 0.7385,
    residual: 0.013,
  },
};
