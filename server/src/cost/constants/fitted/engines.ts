import type { FittedServing } from '../engines.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/engines.ts`, not this file. Seconds, shares, numbers of prompts.
 * Source: published serving measurements and full-load runs of TensorRT-LLM.
 * Residuals widen the band until it holds 80 % of the measurements on models that were held out.
 */
export const FITTED_ENGINES: Readonly<Record<'vllm' | 'sglang' | 'trt-llm', FittedServing>> = {
  // own rows: tpot mean 16.6 % median 7.2 % (335), ttft mean 22.1 % median 14.7 % (335).
  // fifths held out: tpot mean 16.6 % median 7.3 % (335), ttft mean 22.3 % median 14.8 % (335).
  // models held out: tpot mean 24.5 % median 12.0 % (335), ttft mean 33.7 % median 22.5 % (335).
  vllm: {
    perLayer: 0.000015,
    perStep: 0,
    perSequence: 0.00000281,
    graphGap: 0.00000525,
    widening: 0,
    widenedCompute: 0.165,
    launch: 0.000005,
    hidden: 0.795,
    perRequest: 0.0253,
    ahead: 1.94,
    rankWait: 0,
    residual: 0.28,
    firstResidual: 0.61,
    rateResidual: 0.28,
  },
  // own rows: tpot mean 6.8 % median 4.9 % (107), ttft mean 29.3 % median 20.7 % (107).
  // fifths held out: tpot mean 7.3 % median 5.4 % (107), ttft mean 29.2 % median 20.6 % (107).
  // models held out: tpot mean 9.2 % median 6.2 % (107), ttft mean 28.8 % median 19.8 % (107).
  sglang: {
    perLayer: 0.0000075,
    perStep: 0.000125,
    perSequence: 0.00000875,
    graphGap: 0.00000525,
    widening: 0.00001,
    widenedCompute: 0.2,
    launch: 0.0000275,
    hidden: 0.1,
    perRequest: 0.2,
    ahead: 1,
    rankWait: 0,
    residual: 0.16,
    firstResidual: 1,
    rateResidual: 0.16,
  },
  // own rows: tpot mean 10.2 % median 7.8 % (627), ttft mean 40.6 % median 17.3 % (627), throughput mean 11.9 % median 8.0 % (194).
  // fifths held out: tpot mean 10.5 % median 8.0 % (627), ttft mean 41.0 % median 17.2 % (627), throughput mean 12.4 % median 8.4 % (194).
  // models held out: tpot mean 13.0 % median 9.6 % (627), ttft mean 42.4 % median 19.7 % (627), throughput mean 12.5 % median 8.3 % (194).
  'trt-llm': {
    perLayer: 0.00000875,
    perStep: 0,
    perSequence: 0.00000188,
    graphGap: 0.00000462,
    widening: 0.0000338,
    widenedCompute: 0.143,
    launch: 0.000043,
    hidden: 0.162,
    perRequest: 0.0362,
    ahead: 2.59,
    rankWait: 30.9,
    residual: 0.16,
    firstResidual: 0.66,
    rateResidual: 0.21,
  },
};
