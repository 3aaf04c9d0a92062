import type { FittedEngine } from '../engines.ts';

/**
 * Written by `npm run fit`; edit `scripts/fit/engines.ts`, not this file. Seconds, shares, numbers of prompts.
 * Source: published serving measurements and full-load runs of TensorRT-LLM.
 * Residuals are mean absolute errors of TPOT on models that were held out.
 */
export const FITTED_ENGINES: Readonly<Record<'vllm' | 'sglang' | 'trt-llm', FittedEngine>> = {
  // own rows: tpot mean 18.9 % median 6.2 % (335), ttft mean 27.1 % median 18.5 % (335).
  // fifths held out: tpot mean 18.9 % median 6.3 % (335), ttft mean 27.1 % median 18.9 % (335).
  // models held out: tpot mean 23.5 % median 8.3 % (335), ttft mean 34.6 % median 24.9 % (335).
  vllm: {
    perLayer: 0.0000177,
    perStep: 0,
    perSequence: 0.00000188,
    graphGap: 0.00000537,
    widenedExpert: 0,
    launch: 0.000005,
    hidden: 0,
    perRequest: 0.0253,
    ahead: 1.24,
    residual: 0.23,
  },
  // own rows: tpot mean 9.4 % median 4.9 % (107), ttft mean 62.4 % median 18.9 % (107).
  // fifths held out: tpot mean 9.5 % median 5.1 % (107), ttft mean 62.5 % median 19.8 % (107).
  // models held out: tpot mean 14.5 % median 13.1 % (107), ttft mean 62.5 % median 20.7 % (107).
  sglang: {
    perLayer: 0.00000581,
    perStep: 0.00105,
    perSequence: 0.0000197,
    graphGap: 0.00000281,
    widenedExpert: 0,
    launch: 0.0000388,
    hidden: 0,
    perRequest: 0.131,
    ahead: 0,
    residual: 0.15,
  },
  // own rows: tpot mean 13.0 % median 8.3 % (627), ttft mean 67.5 % median 17.1 % (627), throughput mean 13.6 % median 8.3 % (194).
  // fifths held out: tpot mean 13.1 % median 8.3 % (627), ttft mean 67.7 % median 17.5 % (627), throughput mean 13.8 % median 8.2 % (194).
  // models held out: tpot mean 13.4 % median 8.7 % (627), ttft mean 69.2 % median 19.8 % (627), throughput mean 14.6 % median 8.8 % (194).
  'trt-llm': {
    perLayer: 0.00000876,
    perStep: 0,
    perSequence: 0.00000474,
    graphGap: 0.00000469,
    widenedExpert: 0.0000017,
    launch: 0.0000467,
    hidden: 0.21,
    perRequest: 0.0409,
    ahead: 2.49,
    residual: 0.13,
  },
};
