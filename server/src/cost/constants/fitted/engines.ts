import type { FittedEngine } from '../engines.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/engines.ts`, not this file. Seconds, shares, numbers of prompts.
 * Source: published serving measurements and full-load runs of TensorRT-LLM.
 * Residuals are mean absolute errors of TPOT on models that were held out.
 */
export const FITTED_ENGINES: Readonly<Record<'vllm' | 'sglang' | 'trt-llm', FittedEngine>> = {
  // own rows: tpot mean 15.9 % median 7.1 % (335), ttft mean 23.0 % median 15.6 % (335).
  // fifths held out: tpot mean 16.0 % median 6.8 % (335), ttft mean 23.1 % median 15.8 % (335).
  // models held out: tpot mean 24.6 % median 12.4 % (335), ttft mean 34.0 % median 22.2 % (335).
  vllm: {
    perLayer: 0.0000172,
    perStep: 0,
    perSequence: 0.00000188,
    graphGap: 0.00000494,
    widening: 0,
    launch: 0.000005,
    hidden: 0.803,
    perRequest: 0.0269,
    ahead: 1.94,
    residual: 0.25,
  },
  // own rows: tpot mean 7.1 % median 5.0 % (107), ttft mean 29.7 % median 20.9 % (107).
  // fifths held out: tpot mean 7.8 % median 5.6 % (107), ttft mean 29.5 % median 20.6 % (107).
  // models held out: tpot mean 9.6 % median 6.5 % (107), ttft mean 29.2 % median 19.8 % (107).
  sglang: {
    perLayer: 0.00000906,
    perStep: 0,
    perSequence: 0.00000875,
    graphGap: 0.00000575,
    widening: 0.00001,
    launch: 0.0000256,
    hidden: 0.1,
    perRequest: 0.2,
    ahead: 1,
    residual: 0.096,
  },
  // own rows: tpot mean 10.2 % median 8.0 % (627), ttft mean 41.1 % median 17.0 % (627), throughput mean 13.8 % median 8.2 % (194).
  // fifths held out: tpot mean 10.5 % median 8.0 % (627), ttft mean 41.3 % median 17.6 % (627), throughput mean 14.1 % median 8.8 % (194).
  // models held out: tpot mean 12.5 % median 9.6 % (627), ttft mean 43.0 % median 20.6 % (627), throughput mean 14.8 % median 8.9 % (194).
  'trt-llm': {
    perLayer: 0.00000812,
    perStep: 0,
    perSequence: 0.00000375,
    graphGap: 0.00000462,
    widening: 0.0000381,
    launch: 0.0000491,
    hidden: 0.209,
    perRequest: 0.0425,
    ahead: 2.5,
    residual: 0.12,
  },
};
