/** Fitted once, rounded and shifted: nobody's constants, never to be fitted again. */
export const FITTED_LOW_LATENCY: typeof import('../../../../server/src/cost/constants/fitted/deepepLowLatency.ts')['FITTED_LOW_LATENCY'] =
  {
    'dispatch local': {
      start: 1.4e-5,
      ramp: 0,
      half: 2500,
      perDoubling: 1.6e-5,
      rate: 0.57,
      residual: 0.031,
    },
    'dispatch remote': {
      start: 2e-5,
      ramp: 9.7e-5,
      half: 4700,
      perDoubling: 4e-6,
      rate: 0.95,
      residual: 0.11,
    },
    'combine local': {
      start: 1e-5,
      ramp: 0,
      half: 4900,
      perDoubling: 2.6e-6,
      rate: 0.49,
      residual: 0.057,
    },
    'combine remote': {
      start: 2.4e-5,
      ramp: 0,
      half: 1600,
      perDoubling: 6.9e-7,
      rate: 0.98,
      residual: 0.13,
    },
  };
