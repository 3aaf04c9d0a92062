import type { FittedEngine } from '../engines.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/engines.ts`, not this file. Seconds, shares, numbers of prompts.
 * Source: published serving measurements and full-load runs of TensorRT-LLM.
 * Residuals are mean absolute errors of TPOT on models that were held out.
 */
export const FITTED_ENGINES: Readonly<Record<'vllm' | 'sglang' | 'trt-llm', FittedEngine>> = {
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
    residual: 0.25,
    firstResidual: 0.5,
    rateResidual: 0.2,
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
    widenedCompute: 0.2,
    launch: 0.0000256,
    hidden: 0.1,
    perRequest: 0.2,
    ahead: 1,
    rankWait: 0,
    residual: 0.096,
    firstResidual: 0.5,
    rateResidual: 0.2,
  },
  // own rows: tpot mean 10.2 % median 8.0 % (627), ttft mean 42.2 % median 17.5 % (627), throughput mean 12.4 % median 8.2 % (194).
  // fifths held out: tpot mean 10.4 % median 7.9 % (627), ttft mean 42.4 % median 17.4 % (627), throughput mean 13.1 % median 8.5 % (194).
  // models held out: tpot mean 12.8 % median 9.7 % (627), ttft mean 44.9 % median 21.6 % (627), throughput mean 13.1 % median 9.6 % (194).
  'trt-llm': {
    perLayer: 0.00000656,
    perStep: 0,
    perSequence: 0.00000188,
    graphGap: 0.00000512,
    widening: 0.0000363,
    widenedCompute: 0.148,
    launch: 0.0000472,
    hidden: 0.194,
    perRequest: 0.0409,
    ahead: 2.55,
    rankWait: 0,
    residual: 0.13,
    firstResidual: 0.5,
    rateResidual: 0.2,
  },
};
