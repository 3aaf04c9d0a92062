import type { FittedServing } from './constants.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/engines.ts`, not this file. Seconds, shares, numbers of prompts.
 * Source: published serving measurements and full-load runs of TensorRT-LLM.
 * Residuals widen the band until it holds 80 % of the measurements on models that were held out.
 */
export const FITTED_ENGINES: Readonly<Record<'vllm' | 'sglang' | 'trt-llm', FittedServing>> = {
  // own rows: tpot mean 16.4 % median 7.1 % (335), ttft mean 21.8 % median 14.6 % (335).
  // fifths held out: tpot mean 16.3 % median 7.3 % (335), ttft mean 21.9 % median 14.1 % (335).
  // models held out: tpot mean 24.4 % median 12.2 % (335), ttft mean 34.5 % median 22.0 % (335).
  vllm: {
    perLayer: 0.0000159,
    perStep: 0,
    perSequence: 0.00000281,
    graphGap: 0.00000519,
    widening: 0,
    widenedCompute: 0.165,
    launch: 0.000005,
    hidden: 0.795,
    perRequest: 0.0253,
    ahead: 2.17,
    rankWait: 0,
    residual: 0.28,
    firstResidual: 0.66,
    rateResidual: 0.28,
  },
  // own rows: tpot mean 6.7 % median 4.8 % (107), ttft mean 29.1 % median 19.6 % (107).
  // fifths held out: tpot mean 7.3 % median 5.3 % (107), ttft mean 29.1 % median 19.6 % (107).
  // models held out: tpot mean 7.5 % median 5.5 % (107), ttft mean 29.2 % median 19.6 % (107).
  sglang: {
    perLayer: 0.00000375,
    perStep: 0.0005,
    perSequence: 0.00000688,
    graphGap: 0.000005,
    widening: 0.00001,
    widenedCompute: 0.2,
    launch: 0.0000303,
    hidden: 0.1,
    perRequest: 0.2,
    ahead: 1,
    rankWait: 0,
    residual: 0.099,
    firstResidual: 1.1,
    rateResidual: 0.099,
  },
  // own rows: tpot mean 10.1 % median 7.7 % (627), ttft mean 41.1 % median 17.9 % (627), throughput mean 12.0 % median 8.5 % (194).
  // fifths held out: tpot mean 10.2 % median 7.6 % (627), ttft mean 41.4 % median 18.1 % (627), throughput mean 12.5 % median 8.6 % (194).
  // models held out: tpot mean 12.6 % median 9.5 % (627), ttft mean 44.0 % median 21.9 % (627), throughput mean 12.5 % median 8.8 % (194).
  'trt-llm': {
    perLayer: 0.0000131,
    perStep: 0,
    perSequence: 0.00000281,
    graphGap: 0.00000375,
    widening: 0.0000325,
    widenedCompute: 0.147,
    launch: 0.0000448,
    hidden: 0.256,
    perRequest: 0.0362,
    ahead: 2.78,
    rankWait: 25.8,
    residual: 0.16,
    firstResidual: 0.75,
    rateResidual: 0.2,
  },
};
