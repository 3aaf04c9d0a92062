import type { GemmConstants } from '../gemm.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator tables (TensorRT-LLM 1.3 collectors); DeepGEMM: Alibaba InferSim tables and the DeepGEMM README; AMD: tuned tables of ROCm aiter.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_GEMM: Readonly<Record<string, GemmConstants>> = {
  // 402 rows: mean error 3.6 %; held out at random 3.6 %, by shape 4.1 %.
  'hopper-20 fp8-block deepgemm': {
    start: 0.000003852,
    depth: 2.758e-10,
    compute: 0.9482,
    memory: 1,
    power: 2.786,
    wave: 0.04572,
    prologue: 100.3,
    residual: 0.041,
  },
  // 128 rows: mean error 9.0 %; held out at random 9.4 %, by shape 11.3 %.
  'hopper fp8-block deepgemm': {
    start: 0.000003027,
    depth: 7.69e-10,
    compute: 0.7639,
    memory: 0.9404,
    power: 3.157,
    wave: 0.1761,
    prologue: 314.5,
    residual: 0.11,
  },
  // 220 rows: mean error 3.8 %; held out at random 4.0 %, by shape 4.9 %.
  // A GPU by the constants of the others: H100-SXM 3.7 %, H200-SXM 4.6 %.
  'hopper bf16': {
    start: 0.000003477,
    depth: 2.053e-10,
    compute: 0.8259,
    memory: 0.8615,
    power: 6.418,
    wave: 0.1778,
    prologue: 94.69,
    residual: 0.049,
  },
  // 220 rows: mean error 7.4 %; held out at random 7.5 %, by shape 11.4 %.
  // A GPU by the constants of the others: H100-SXM 7.6 %, H200-SXM 7.8 %.
  'hopper fp8': {
    start: 0.00001193,
    depth: 3.648e-10,
    compute: 0.6477,
    memory: 0.8831,
    power: 5.576,
    wave: 0.2985,
    prologue: 259.6,
    residual: 0.11,
  },
  // 220 rows: mean error 7.6 %; held out at random 7.8 %, by shape 10.1 %.
  // A GPU by the constants of the others: H100-SXM 7.3 %, H200-SXM 8.3 %.
  'hopper fp8-block': {
    start: 0.000003956,
    depth: 8.605e-10,
    compute: 0.6054,
    memory: 0.9758,
    power: 10.07,
    wave: 0.165,
    prologue: 508.6,
    residual: 0.1,
  },
  // 220 rows: mean error 6.6 %; held out at random 6.7 %, by shape 7.4 %.
  // A GPU by the constants of the others: B200-SXM 6.9 %, GB200 7.0 %.
  'blackwell bf16': {
    start: 0.00000183,
    depth: 5.438e-10,
    compute: 0.6643,
    memory: 0.8719,
    power: 3.44,
    wave: 0.000007808,
    prologue: 0.00016,
    residual: 0.074,
  },
  // 220 rows: mean error 8.9 %; held out at random 9.2 %, by shape 12.7 %.
  // A GPU by the constants of the others: B200-SXM 10.0 %, GB200 9.1 %.
  'blackwell fp8': {
    start: 0.0000138,
    depth: 4.082e-10,
    compute: 0.5202,
    memory: 0.88,
    power: 3.445,
    wave: 0.4261,
    prologue: 133.4,
    residual: 0.13,
  },
  // 220 rows: mean error 6.1 %; held out at random 6.4 %, by shape 7.6 %.
  // A GPU by the constants of the others: B200-SXM 6.6 %, GB200 6.8 %.
  'blackwell fp8-block': {
    start: 0.000004987,
    depth: 6.157e-10,
    compute: 0.6166,
    memory: 0.995,
    power: 3.853,
    wave: 0.3148,
    prologue: 176,
    residual: 0.076,
  },
  // 220 rows: mean error 8.8 %; held out at random 9.0 %, by shape 13.5 %.
  // A GPU by the constants of the others: B200-SXM 9.7 %, GB200 9.2 %.
  'blackwell fp4': {
    start: 0.000005733,
    depth: 1.357e-9,
    compute: 0.4676,
    memory: 1,
    power: 11.99,
    wave: 0.6936,
    prologue: 732.7,
    residual: 0.13,
  },
};
