/** Fitted once, rounded and shifted: nobody's constants, never to be fitted again. */
export const FITTED_REMOTE: typeof import('../../../../server/src/cost/constants/fitted/deepepRemote.ts')['FITTED_REMOTE'] =
  {
    dispatch: {
      start: 5.5e-5,
      ramp: 5.6e-5,
      half: 240,
      perDoubling: 3.4e-5,
      nodeWork: 4.6e-11,
      rankWork: 6e-11,
      network: 0.96,
      residual: 0.06,
    },
    combine: {
      start: 8.8e-5,
      ramp: 0.00013,
      half: 210,
      perDoubling: 2.9e-5,
      nodeWork: 7.3e-11,
      rankWork: 8.2e-11,
      network: 0.9,
      residual: 0.049,
    },
  };
