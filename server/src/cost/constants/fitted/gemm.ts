import type { GemmConstants } from '../gemm.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator tables (TensorRT-LLM 1.3 collectors); DeepGEMM: Alibaba InferSim tables and the DeepGEMM README.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_GEMM: Readonly<Record<string, GemmConstants>> = {
  // 402 rows: mean error 3.6 %; held out at random 3.7 %, by shape 4.0 %.
  'hopper-20 fp8-block deepgemm': {
    start: 0.00000398,
    compute: 0.9476,
    memory: 0.8943,
    power: 2.553,
    wave: 0.1257,
    prologue: 92.41,
    residual: 0.04,
  },
  // 128 rows: mean error 12.5 %; held out at random 12.9 %, by shape 14.9 %.
  'hopper fp8-block deepgemm': {
    start: 0.000004591,
    compute: 0.7591,
    memory: 0.845,
    power: 3.256,
    wave: 0.7532,
    prologue: 237.7,
    residual: 0.15,
  },
  // 110 rows: mean error 3.6 %; held out at random 3.9 %, by shape 4.6 %.
  'hopper bf16': {
    start: 0.000004405,
    compute: 0.8227,
    memory: 0.8483,
    power: 7.205,
    wave: 0.2237,
    prologue: 54.62,
    residual: 0.046,
  },
  // 110 rows: mean error 8.1 %; held out at random 8.2 %, by shape 12.2 %.
  'hopper fp8': {
    start: 0.00001288,
    compute: 0.6352,
    memory: 0.8117,
    power: 4.547,
    wave: 0.4554,
    prologue: 219.4,
    residual: 0.12,
  },
  // 110 rows: mean error 9.0 %; held out at random 10.7 %, by shape 12.1 %.
  'hopper fp8-block': {
    start: 0.000006369,
    compute: 0.5946,
    memory: 0.839,
    power: 4.729,
    wave: 0.517,
    prologue: 415.8,
    residual: 0.12,
  },
  // 110 rows: mean error 4.5 %; held out at random 4.8 %, by shape 5.5 %.
  'hopper-200 bf16': {
    start: 0.000004914,
    compute: 0.8278,
    memory: 0.8521,
    power: 5.983,
    wave: 0.1858,
    prologue: 126,
    residual: 0.055,
  },
  // 110 rows: mean error 7.7 %; held out at random 8.0 %, by shape 11.4 %.
  'hopper-200 fp8': {
    start: 0.000013,
    compute: 0.6508,
    memory: 0.8231,
    power: 4.417,
    wave: 0.4489,
    prologue: 208.6,
    residual: 0.11,
  },
  // 110 rows: mean error 10.2 %; held out at random 10.6 %, by shape 12.6 %.
  'hopper-200 fp8-block': {
    start: 0.000006219,
    compute: 0.5889,
    memory: 0.7885,
    power: 9.412,
    wave: 0.5134,
    prologue: 372,
    residual: 0.13,
  },
  // 110 rows: mean error 8.2 %; held out at random 8.8 %, by shape 9.7 %.
  'blackwell bf16': {
    start: 0.000004645,
    compute: 0.6705,
    memory: 0.8173,
    power: 4.269,
    wave: 0.04152,
    prologue: 0.002543,
    residual: 0.097,
  },
  // 110 rows: mean error 9.5 %; held out at random 10.1 %, by shape 14.5 %.
  'blackwell fp8': {
    start: 0.00001499,
    compute: 0.5392,
    memory: 0.7389,
    power: 2.69,
    wave: 0.68,
    prologue: 126.9,
    residual: 0.15,
  },
  // 110 rows: mean error 8.2 %; held out at random 8.8 %, by shape 10.6 %.
  'blackwell fp8-block': {
    start: 0.000006124,
    compute: 0.6112,
    memory: 0.7595,
    power: 2.981,
    wave: 0.8534,
    prologue: 0.00226,
    residual: 0.11,
  },
  // 110 rows: mean error 14.4 %; held out at random 14.8 %, by shape 17.2 %.
  'blackwell fp4': {
    start: 0.00001065,
    compute: 0.4401,
    memory: 0.9214,
    power: 1.1,
    wave: 1,
    prologue: 0,
    residual: 0.17,
  },
  // 110 rows: mean error 8.7 %; held out at random 9.1 %, by shape 10.4 %.
  'blackwell-rack bf16': {
    start: 0.000003659,
    compute: 0.6667,
    memory: 0.7639,
    power: 4.372,
    wave: 0.3902,
    prologue: 0.005196,
    residual: 0.1,
  },
  // 110 rows: mean error 8.6 %; held out at random 9.0 %, by shape 11.9 %.
  'blackwell-rack fp8': {
    start: 0.00001491,
    compute: 0.4908,
    memory: 0.8142,
    power: 2.848,
    wave: 0.6118,
    prologue: 0.008645,
    residual: 0.12,
  },
  // 110 rows: mean error 7.8 %; held out at random 8.3 %, by shape 10.2 %.
  'blackwell-rack fp8-block': {
    start: 0.000005781,
    compute: 0.5874,
    memory: 0.8422,
    power: 2.156,
    wave: 0.8197,
    prologue: 0.3166,
    residual: 0.1,
  },
  // 110 rows: mean error 13.6 %; held out at random 13.7 %, by shape 17.5 %.
  'blackwell-rack fp4': {
    start: 0.000009844,
    compute: 0.4499,
    memory: 0.9379,
    power: 1,
    wave: 1,
    prologue: 0,
    residual: 0.18,
  },
};
