/** Fitted once, rounded and shifted: nobody's constants, never to be fitted again. */
export const FITTED_PREFILL: typeof import('../../../../server/src/cost/constants/fitted/prefill.ts')['FITTED_PREFILL'] =
  {
    'hopper-20 16 flash': {
      start: 1e-5,
      compute: 1.1,
      perQuery: 200,
      wave: 0.62,
      residual: 0.044,
    },
    'hopper latent trt-llm': {
      start: 2.1e-5,
      compute: 0.81,
      perQuery: 570,
      wave: 0.39,
      residual: 0.12,
    },
    'blackwell latent trt-llm': {
      start: 2.5e-5,
      compute: 0.95,
      perQuery: 850,
      wave: 0.94,
      residual: 0.12,
    },
    'hopper 8 trt-llm': {
      start: 2e-5,
      compute: 1.2,
      perQuery: 930,
      wave: 0.25,
      residual: 0.058,
    },
    'hopper 16 trt-llm': {
      start: 2.1e-5,
      compute: 0.7,
      perQuery: 540,
      wave: 0.08,
      residual: 0.038,
    },
    'blackwell 8 trt-llm': {
      start: 1.8e-5,
      compute: 1.3,
      perQuery: 1300,
      wave: 0.94,
      residual: 0.064,
    },
    'blackwell 16 trt-llm': {
      start: 1.9e-5,
      compute: 0.87,
      perQuery: 960,
      wave: 0.9,
      residual: 0.057,
    },
    'hopper 16 flash': {
      start: 1e-6,
      compute: 0.8,
      perQuery: 300,
      wave: 0.94,
      residual: 0.11,
    },
  };
