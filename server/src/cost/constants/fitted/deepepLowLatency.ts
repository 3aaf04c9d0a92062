import type { LowLatencyConstants } from '../expertParallel.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator's DeepEP sweeps (SGLang 0.5.6) and the DeepEP README.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_LOW_LATENCY: Readonly<Record<string, LowLatencyConstants>> = {
  // 35 rows: mean error 2.5 %; held out at random 2.5 %, by shape 2.9 %.
  // A GPU by the constants of the others: H800-SXM 3.2 %, H100-SXM 2.5 %, H200-SXM 2.5 %.
  'dispatch local': {
    start: 0.00001451,
    ramp: 0,
    half: 2586,
    perDoubling: 0.00001569,
    rate: 0.5509,
    residual: 0.029,
  },
  // 161 rows: mean error 2.2 %; held out at random 2.4 %, by shape 12.5 %.
  // A GPU by the constants of the others: H800-SXM 7.2 %, H100-SXM 2.1 %, H200-SXM 2.1 %.
  'dispatch remote': {
    start: 0.00002077,
    ramp: 0.0001003,
    half: 4664,
    perDoubling: 0.000003849,
    rate: 0.9805,
    residual: 0.12,
  },
  // 35 rows: mean error 4.7 %; held out at random 5.2 %, by shape 6.1 %.
  // A GPU by the constants of the others: H800-SXM 32.1 %, H100-SXM 4.2 %, H200-SXM 4.2 %.
  'combine local': {
    start: 0.00001081,
    ramp: 0,
    half: 4894,
    perDoubling: 0.000002478,
    rate: 0.4613,
    residual: 0.061,
  },
  // 161 rows: mean error 2.5 %; held out at random 2.5 %, by shape 14.5 %.
  // A GPU by the constants of the others: H800-SXM 6.2 %, H100-SXM 2.4 %, H200-SXM 2.4 %.
  'combine remote': {
    start: 0.00002503,
    ramp: 0,
    half: 1589,
    perDoubling: 6.698e-7,
    rate: 0.9222,
    residual: 0.14,
  },
};
