import type { GroupedConstants } from '../grouped.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator tables (TensorRT-LLM 1.3 collectors); DeepGEMM on Hopper: Alibaba InferSim tables and the DeepGEMM README, one product at a time.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_GROUPED: Readonly<Record<string, GroupedConstants>> = {
  // 640 rows: mean error 8.9 %; held out at random 9.1 %, by shape 10.7 %.
  'hopper fp8 cutlass': {
    start: 0.0000257,
    perExpert: 2.704e-8,
    perCopy: 8.483,
    perToken: 10.75,
    compute: 1,
    memory: 0.889,
    power: 2.105,
    wave: 0.8431,
    partial: 0.5508,
    prologue: 1148,
    residual: 0.11,
  },
  // 928 rows: mean error 8.8 %; held out at random 9.0 %, by shape 10.0 %.
  'hopper fp8-block cutlass': {
    start: 0.00002043,
    perExpert: 6.079e-9,
    perCopy: 31.92,
    perToken: 4.373,
    compute: 0.5521,
    memory: 0.881,
    power: 2.578,
    wave: 0.4348,
    partial: 0.3809,
    prologue: 1040,
    residual: 0.1,
  },
  // 640 rows: mean error 11.2 %; held out at random 11.4 %, by shape 13.0 %.
  'hopper bf16 cutlass': {
    start: 0.00002314,
    perExpert: 1.289e-9,
    perCopy: 12.93,
    perToken: 5.063,
    compute: 0.8927,
    memory: 0.9157,
    power: 1.916,
    wave: 0.9945,
    partial: 0.6418,
    prologue: 0.03881,
    residual: 0.13,
  },
  // 928 rows: mean error 10.0 %; held out at random 9.9 %, by shape 10.6 %.
  'blackwell fp8-block deepgemm': {
    start: 0.00002623,
    perExpert: 3.29e-7,
    perCopy: 14.08,
    perToken: 9.683,
    compute: 0.8186,
    memory: 0.7605,
    power: 5.349,
    wave: 0.6399,
    partial: 0.4838,
    prologue: 1987,
    residual: 0.11,
  },
  // 928 rows: mean error 23.7 %; held out at random 23.8 %, by shape 28.0 %.
  'blackwell fp4 min-latency': {
    start: 0.00001936,
    perExpert: 8.654e-12,
    perCopy: 0.0001519,
    perToken: 55.05,
    compute: 0.6125,
    memory: 0.8772,
    power: 3.415,
    wave: 0.9999,
    partial: 0.4267,
    prologue: 0.2217,
    residual: 0.28,
  },
  // 640 rows: mean error 7.7 %; held out at random 8.0 %, by shape 11.6 %.
  'blackwell fp8 cutlass': {
    start: 0.00002637,
    perExpert: 8.226e-8,
    perCopy: 16.91,
    perToken: 13.86,
    compute: 0.9998,
    memory: 0.9092,
    power: 1.69,
    wave: 0.9729,
    partial: 0.7116,
    prologue: 1045,
    residual: 0.12,
  },
  // 640 rows: mean error 8.3 %; held out at random 8.5 %, by shape 10.5 %.
  'blackwell bf16 cutlass': {
    start: 0.00002442,
    perExpert: 3.566e-8,
    perCopy: 12.66,
    perToken: 7.408,
    compute: 0.9215,
    memory: 0.9028,
    power: 1.697,
    wave: 0.8394,
    partial: 0.6621,
    prologue: 345.1,
    residual: 0.1,
  },
  // 928 rows: mean error 14.7 %; held out at random 14.9 %, by shape 18.1 %.
  'blackwell fp4 cutlass': {
    start: 0.00003175,
    perExpert: 1.999e-7,
    perCopy: 24.46,
    perToken: 13.55,
    compute: 0.592,
    memory: 0.9195,
    power: 1.007,
    wave: 1,
    partial: 0.03906,
    prologue: 0.124,
    residual: 0.18,
  },
  // 852 rows: mean error 11.0 %; held out at random 11.2 %, by shape 12.0 %.
  'hopper-20 fp8-block deepgemm': {
    start: 0.00001088,
    perExpert: 3.754e-7,
    perCopy: 23.18,
    perToken: 162.2,
    compute: 0.8744,
    memory: 0.9918,
    power: 7.991,
    wave: 0.2921,
    partial: 0.4406,
    prologue: 71.81,
    residual: 0.12,
  },
  // 152 rows: mean error 7.7 %; held out at random 8.0 %, by shape 12.0 %.
  'hopper fp8-block deepgemm': {
    start: 0.00001822,
    perExpert: 3.265e-7,
    perCopy: 20.71,
    perToken: 53.71,
    compute: 0.6752,
    memory: 0.9275,
    power: 1.817,
    wave: 0.00002651,
    partial: 0.2932,
    prologue: 16.58,
    residual: 0.12,
  },
};
