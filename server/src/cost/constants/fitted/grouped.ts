import type { GroupedConstants } from '../grouped.ts';

/**
 * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.
 * Source: NVIDIA aiconfigurator tables (TensorRT-LLM 1.3 collectors); DeepGEMM on Hopper: Alibaba InferSim tables and the DeepGEMM README, one product at a time; AMD: tuned tables of ROCm aiter.
 * Residuals are mean absolute errors on shapes that were held out.
 */
export const FITTED_GROUPED: Readonly<Record<string, GroupedConstants>> = {
  // 640 rows: mean error 9.0 %; held out at random 9.1 %, by shape 11.8 %.
  // A GPU by the constants of the others: H100-SXM 10.5 %, H200-SXM 9.6 %.
  'hopper fp8 cutlass': {
    start: 0.00002576,
    perExpert: 1.05e-7,
    perCopy: 13.94,
    perToken: 10.88,
    compute: 0.8597,
    memory: 0.8992,
    power: 2.459,
    wave: 0.9234,
    partial: 0.7464,
    depth: 1.867e-10,
    residual: 0.12,
  },
  // 928 rows: mean error 8.7 %; held out at random 8.9 %, by shape 10.1 %.
  // A GPU by the constants of the others: H100-SXM 10.5 %, H200-SXM 9.9 %.
  'hopper fp8-block cutlass': {
    start: 0.00001825,
    perExpert: 1.828e-7,
    perCopy: 42.24,
    perToken: 4.759,
    compute: 0.4685,
    memory: 0.9271,
    power: 2.581,
    wave: 0.3835,
    partial: 0.03022,
    depth: 6.147e-10,
    residual: 0.1,
  },
  // 640 rows: mean error 11.1 %; held out at random 11.3 %, by shape 14.3 %.
  // A GPU by the constants of the others: H100-SXM 12.1 %, H200-SXM 11.0 %.
  'hopper bf16 cutlass': {
    start: 0.00002019,
    perExpert: 1.053e-7,
    perCopy: 13.5,
    perToken: 5.601,
    compute: 0.8982,
    memory: 0.9281,
    power: 2.206,
    wave: 0.9176,
    partial: 0.75,
    depth: 9.41e-10,
    residual: 0.14,
  },
  // 928 rows: mean error 9.6 %; held out at random 9.7 %, by shape 10.7 %.
  // A GPU by the constants of the others: B200-SXM 9.4 %, GB200 10.1 %.
  'blackwell fp8-block deepgemm': {
    start: 0.00002304,
    perExpert: 4.025e-7,
    perCopy: 23.32,
    perToken: 9.336,
    compute: 0.6341,
    memory: 0.8007,
    power: 6.943,
    wave: 0.9561,
    partial: 0.3046,
    depth: 6.008e-10,
    residual: 0.11,
  },
  // 928 rows: mean error 23.8 %; held out at random 24.0 %, by shape 29.3 %.
  // A GPU by the constants of the others: B200-SXM 23.7 %, GB200 24.2 %.
  'blackwell fp4 min-latency': {
    start: 0.00001882,
    perExpert: 1.229e-9,
    perCopy: 0.001802,
    perToken: 54.89,
    compute: 0.6139,
    memory: 0.879,
    power: 3.379,
    wave: 0.9999,
    partial: 0.427,
    depth: 1.131e-10,
    residual: 0.29,
  },
  // 640 rows: mean error 7.7 %; held out at random 8.0 %, by shape 11.0 %.
  // A GPU by the constants of the others: B200-SXM 8.2 %, GB200 7.9 %.
  'blackwell fp8 cutlass': {
    start: 0.00002624,
    perExpert: 1.319e-7,
    perCopy: 22.3,
    perToken: 14.01,
    compute: 0.8643,
    memory: 0.9209,
    power: 2.188,
    wave: 0.8118,
    partial: 0.9986,
    depth: 2.767e-10,
    residual: 0.11,
  },
  // 640 rows: mean error 8.1 %; held out at random 8.3 %, by shape 10.6 %.
  // A GPU by the constants of the others: B200-SXM 8.4 %, GB200 8.2 %.
  'blackwell bf16 cutlass': {
    start: 0.00002308,
    perExpert: 1.074e-7,
    perCopy: 16.92,
    perToken: 7.764,
    compute: 0.8745,
    memory: 0.9133,
    power: 2.108,
    wave: 0.7131,
    partial: 0.8838,
    depth: 5.107e-10,
    residual: 0.11,
  },
  // 928 rows: mean error 13.5 %; held out at random 13.6 %, by shape 16.7 %.
  // A GPU by the constants of the others: B200-SXM 14.4 %, GB200 16.5 %.
  'blackwell fp4 cutlass': {
    start: 0.00002506,
    perExpert: 3.61e-7,
    perCopy: 28.32,
    perToken: 13.17,
    compute: 0.514,
    memory: 0.9256,
    power: 2.653,
    wave: 0.5225,
    partial: 0.004109,
    depth: 1.815e-9,
    residual: 0.17,
  },
  // 852 rows: mean error 11.3 %; held out at random 11.4 %, by shape 12.0 %.
  'hopper-20 fp8-block deepgemm': {
    start: 0.00001114,
    perExpert: 4.431e-7,
    perCopy: 8.96,
    perToken: 10.5,
    compute: 0.8386,
    memory: 0.9999,
    power: 8,
    wave: 0.2216,
    partial: 0.4406,
    depth: 3.352e-14,
    residual: 0.12,
  },
  // 152 rows: mean error 7.7 %; held out at random 7.9 %, by shape 10.6 %.
  'hopper fp8-block deepgemm': {
    start: 0.00001824,
    perExpert: 3.228e-7,
    perCopy: 52.09,
    perToken: 173.6,
    compute: 0.6755,
    memory: 0.9348,
    power: 1.738,
    wave: 0.00000557,
    partial: 0.2562,
    depth: 6.891e-14,
    residual: 0.11,
  },
};
