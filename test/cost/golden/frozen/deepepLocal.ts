/** Fitted once, rounded and shifted: nobody's constants, never to be fitted again. */
export const FITTED_LOCAL: typeof import('../../../../server/src/cost/constants/fitted/deepepLocal.ts')['FITTED_LOCAL'] =
  {
    dispatch: {
      start: 3.6e-5,
      ramp: 3.3e-11,
      half: 520,
      work: 5.1e-11,
      link: 0.69,
      residual: 0.037,
    },
    combine: {
      start: 5.2e-5,
      ramp: 9e-5,
      half: 1000,
      work: 4.5e-11,
      link: 0.76,
      residual: 0.014,
    },
  };
