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
    start: 0.000004593,
    compute: 0.7592,
    memory: 0.8451,
    power: 3.251,
    wave: 0.7533,
    prologue: 237.6,
    residual: 0.15,
  },
  // 220 rows: mean error 4.2 %; held out at random 4.3 %, by shape 5.0 %.
  // A GPU by the constants of the others: H100-SXM 4.2 %, H200-SXM 5.0 %.
  'hopper bf16': {
    start: 0.000004676,
    compute: 0.8235,
    memory: 0.854,
    power: 6.592,
    wave: 0.2096,
    prologue: 72.74,
    residual: 0.05,
  },
  // 220 rows: mean error 7.9 %; held out at random 8.0 %, by shape 12.1 %.
  // A GPU by the constants of the others: H100-SXM 8.0 %, H200-SXM 8.0 %.
  'hopper fp8': {
    start: 0.00001291,
    compute: 0.6452,
    memory: 0.8163,
    power: 4.403,
    wave: 0.4554,
    prologue: 223.2,
    residual: 0.12,
  },
  // 220 rows: mean error 9.7 %; held out at random 10.4 %, by shape 12.4 %.
  // A GPU by the constants of the others: H100-SXM 9.5 %, H200-SXM 10.6 %.
  'hopper fp8-block': {
    start: 0.000006218,
    compute: 0.5906,
    memory: 0.8192,
    power: 5.269,
    wave: 0.5163,
    prologue: 386.8,
    residual: 0.12,
  },
  // 220 rows: mean error 8.6 %; held out at random 9.0 %, by shape 10.0 %.
  // A GPU by the constants of the others: B200-SXM 8.8 %, GB200 9.4 %.
  'blackwell bf16': {
    start: 0.000004207,
    compute: 0.6745,
    memory: 0.7914,
    power: 4.536,
    wave: 0.3212,
    prologue: 0,
    residual: 0.1,
  },
  // 220 rows: mean error 9.3 %; held out at random 9.5 %, by shape 13.2 %.
  // A GPU by the constants of the others: B200-SXM 10.5 %, GB200 9.2 %.
  'blackwell fp8': {
    start: 0.0000148,
    compute: 0.513,
    memory: 0.7799,
    power: 2.592,
    wave: 0.6581,
    prologue: 47.24,
    residual: 0.13,
  },
  // 220 rows: mean error 8.2 %; held out at random 8.5 %, by shape 10.5 %.
  // A GPU by the constants of the others: B200-SXM 8.8 %, GB200 8.6 %.
  'blackwell fp8-block': {
    start: 0.000006049,
    compute: 0.5974,
    memory: 0.8169,
    power: 2.365,
    wave: 0.8073,
    prologue: 0,
    residual: 0.1,
  },
  // 220 rows: mean error 14.1 %; held out at random 14.2 %, by shape 17.4 %.
  // A GPU by the constants of the others: B200-SXM 14.4 %, GB200 14.1 %.
  'blackwell fp4': {
    start: 0.00001023,
    compute: 0.4499,
    memory: 0.9681,
    power: 1,
    wave: 1,
    prologue: 0.002536,
    residual: 0.17,
  },
};
