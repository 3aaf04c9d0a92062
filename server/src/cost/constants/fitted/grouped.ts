import type { GroupedConstants } from '../grouped.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator tables (TensorRT-LLM 1.3 collectors); DeepGEMM on Hopper: Alibaba InferSim tables and the DeepGEMM README, one product at a time.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_GROUPED: Readonly<Record<string, GroupedConstants>> = {
  // 640 rows: mean error 8.9 %; held out at random 9.0 %, by shape 10.5 %.
  // A GPU by the constants of the others: H100-SXM 9.7 %, H200-SXM 9.2 %.
  'hopper fp8 cutlass': {
    start: 0.00002592,
    perExpert: 3.69e-8,
    perCopy: 8.539,
    perToken: 10.87,
    compute: 0.9996,
    memory: 0.8816,
    power: 2.316,
    wave: 0.8332,
    partial: 0.7465,
    prologue: 1094,
    residual: 0.1,
  },
  // 928 rows: mean error 8.8 %; held out at random 9.0 %, by shape 10.0 %.
  // A GPU by the constants of the others: H100-SXM 10.1 %, H200-SXM 9.9 %.
  'hopper fp8-block cutlass': {
    start: 0.00002072,
    perExpert: 3.385e-12,
    perCopy: 30.49,
    perToken: 4.43,
    compute: 0.5624,
    memory: 0.8707,
    power: 2.803,
    wave: 0.3942,
    partial: 0.5369,
    prologue: 1107,
    residual: 0.1,
  },
  // 640 rows: mean error 11.2 %; held out at random 11.4 %, by shape 13.5 %.
  // A GPU by the constants of the others: H100-SXM 12.2 %, H200-SXM 11.3 %.
  'hopper bf16 cutlass': {
    start: 0.00002304,
    perExpert: 1.286e-8,
    perCopy: 12.84,
    perToken: 5.022,
    compute: 0.8922,
    memory: 0.9193,
    power: 1.881,
    wave: 0.9949,
    partial: 0.6261,
    prologue: 0.252,
    residual: 0.13,
  },
  // 928 rows: mean error 9.8 %; held out at random 9.9 %, by shape 10.7 %.
  // A GPU by the constants of the others: B200-SXM 9.6 %, GB200 10.2 %.
  'blackwell fp8-block deepgemm': {
    start: 0.00002459,
    perExpert: 2.888e-7,
    perCopy: 12.93,
    perToken: 10.05,
    compute: 0.7984,
    memory: 0.7881,
    power: 2.095,
    wave: 0.8681,
    partial: 0.01101,
    prologue: 2000,
    residual: 0.11,
  },
  // 928 rows: mean error 23.7 %; held out at random 23.8 %, by shape 28.1 %.
  // A GPU by the constants of the others: B200-SXM 23.6 %, GB200 24.1 %.
  'blackwell fp4 min-latency': {
    start: 0.00001938,
    perExpert: 6.65e-12,
    perCopy: 0.001146,
    perToken: 55.02,
    compute: 0.6118,
    memory: 0.8776,
    power: 3.39,
    wave: 1,
    partial: 0.4267,
    prologue: 0.1071,
    residual: 0.28,
  },
  // 640 rows: mean error 7.7 %; held out at random 8.0 %, by shape 11.6 %.
  // A GPU by the constants of the others: B200-SXM 8.2 %, GB200 7.9 %.
  'blackwell fp8 cutlass': {
    start: 0.00002657,
    perExpert: 8.286e-8,
    perCopy: 16.32,
    perToken: 14.06,
    compute: 1,
    memory: 0.8983,
    power: 1.893,
    wave: 0.953,
    partial: 0.9127,
    prologue: 1115,
    residual: 0.12,
  },
  // 640 rows: mean error 8.3 %; held out at random 8.5 %, by shape 10.6 %.
  // A GPU by the constants of the others: B200-SXM 8.6 %, GB200 8.4 %.
  'blackwell bf16 cutlass': {
    start: 0.00002466,
    perExpert: 4.712e-9,
    perCopy: 7.824,
    perToken: 7.316,
    compute: 0.9999,
    memory: 0.8907,
    power: 1.87,
    wave: 0.7725,
    partial: 0.8767,
    prologue: 950.1,
    residual: 0.11,
  },
  // 928 rows: mean error 14.7 %; held out at random 14.9 %, by shape 18.2 %.
  // A GPU by the constants of the others: B200-SXM 15.4 %, GB200 18.7 %.
  'blackwell fp4 cutlass': {
    start: 0.00003173,
    perExpert: 2.048e-7,
    perCopy: 24.57,
    perToken: 13.59,
    compute: 0.597,
    memory: 0.9268,
    power: 1,
    wave: 0.9982,
    partial: 0.03906,
    prologue: 5.657,
    residual: 0.18,
  },
  // 852 rows: mean error 11.0 %; held out at random 11.2 %, by shape 12.0 %.
  'hopper-20 fp8-block deepgemm': {
    start: 0.00001096,
    perExpert: 3.756e-7,
    perCopy: 58.11,
    perToken: 12.6,
    compute: 0.8734,
    memory: 1,
    power: 8,
    wave: 0.2827,
    partial: 0.4406,
    prologue: 70.74,
    residual: 0.12,
  },
  // 152 rows: mean error 7.7 %; held out at random 8.1 %, by shape 20.5 %.
  'hopper fp8-block deepgemm': {
    start: 0.00001822,
    perExpert: 3.247e-7,
    perCopy: 3.767,
    perToken: 25.3,
    compute: 0.675,
    memory: 0.928,
    power: 1.809,
    wave: 3.353e-7,
    partial: 0.2883,
    prologue: 14.66,
    residual: 0.2,
  },
};
