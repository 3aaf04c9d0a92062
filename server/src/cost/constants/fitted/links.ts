import type { Link } from '../collectives.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator tables of NCCL 2.27-2.29, 2 to 8 GPUs, 512 B to 512 MiB.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_LINKS: Readonly<Record<string, Link>> = {
  // 126 rows: mean error 5.2 %; held out at random 5.5 %, by shape 7.5 %.
  // A GPU by the constants of the others: H100-SXM 5.4 %, H200-SXM 5.7 %.
  'hopper all-reduce': {
    start: 0.000006602,
    perGpu: 0.000001655,
    efficiency: 1.022,
    pair: 0.6205,
    slow: 1.543,
    turn: 6862000,
    residual: 0.075,
  },
  // 210 rows: mean error 6.3 %; held out at random 6.5 %, by shape 8.6 %.
  // A GPU by the constants of the others: B200-SXM 5.7 %, GB200 7.5 %, B300-SXM 6.7 %, GB300 7.1 %.
  'blackwell all-reduce': {
    start: 0.00001044,
    perGpu: 0.000002581,
    efficiency: 0.8412,
    pair: 0.4403,
    slow: 1.656,
    turn: 11910000,
    residual: 0.086,
  },
  // 63 rows: mean error 5.8 %; held out at random 6.6 %, by shape 7.7 %.
  'ampere all-reduce': {
    start: 0.00001119,
    perGpu: 0.000001768,
    efficiency: 0.8053,
    pair: 0.3897,
    slow: 1.63,
    turn: 5919000,
    residual: 0.077,
  },
  // 456 rows: mean error 6.5 %; held out at random 6.6 %, by shape 8.5 %.
  // A GPU by the constants of the others: GB200 6.0 %, B200-SXM 6.9 %, B300-SXM 7.9 %, GB300 6.4 %.
  'blackwell gather': {
    start: 0.00000924,
    perGpu: 0.000001251,
    efficiency: 0.8044,
    pair: 0.6966,
    slow: 2.206,
    turn: 8462000,
    residual: 0.085,
  },
  // 252 rows: mean error 5.6 %; held out at random 5.7 %, by shape 6.6 %.
  // A GPU by the constants of the others: H100-SXM 6.1 %, H200-SXM 6.1 %.
  'hopper gather': {
    start: 0.000005671,
    perGpu: 8.76e-7,
    efficiency: 0.8498,
    pair: 0.7279,
    slow: 1.737,
    turn: 5166000,
    residual: 0.066,
  },
  // 126 rows: mean error 7.7 %; held out at random 8.1 %, by shape 10.9 %.
  'ampere gather': {
    start: 0.00001003,
    perGpu: 8.375e-7,
    efficiency: 0.7751,
    pair: 0.6436,
    slow: 2.527,
    turn: 4551000,
    residual: 0.11,
  },
  // 126 rows: mean error 9.7 %; held out at random 10.0 %, by shape 11.5 %.
  // A GPU by the constants of the others: H100-SXM 10.6 %, H200-SXM 9.3 %.
  'hopper all-to-all': {
    start: 0.000006652,
    perGpu: 1.003e-7,
    efficiency: 0.7203,
    pair: 0.4298,
    slow: 30,
    turn: 91310,
    residual: 0.11,
  },
  // 210 rows: mean error 5.5 %; held out at random 5.7 %, by shape 6.3 %.
  // A GPU by the constants of the others: B200-SXM 5.9 %, GB200 5.7 %, B300-SXM 6.4 %, GB300 5.5 %.
  'blackwell all-to-all': {
    start: 0.000009846,
    perGpu: 2.246e-7,
    efficiency: 0.6844,
    pair: 0.9,
    slow: 30,
    turn: 159700,
    residual: 0.063,
  },
  // 63 rows: mean error 5.2 %; held out at random 6.4 %, by shape 6.3 %.
  'ampere all-to-all': {
    start: 0.00001189,
    perGpu: 2.74e-7,
    efficiency: 0.7268,
    pair: 0.4912,
    slow: 2.872,
    turn: 2795000,
    residual: 0.064,
  },
};
