/** Fitted once, rounded and shifted: nobody's constants, never to be fitted again. */
export const FITTED_SHOTS: typeof import('../../../../server/src/cost/constants/fitted/shots.ts')['FITTED_SHOTS'] = {
  hopper: {
    oneStart: 2.6e-6,
    onePerGpu: 7.7e-8,
    oneEfficiency: 0.66,
    twoStart: 3.6e-6,
    twoPerGpu: 1.8e-6,
    twoEfficiency: 0.54,
    residual: 0.066,
  },
  blackwell: {
    oneStart: 4.4e-6,
    onePerGpu: 1.4e-7,
    oneEfficiency: 0.59,
    twoStart: 1.9e-5,
    twoPerGpu: 5.6e-7,
    twoEfficiency: 0.56,
    residual: 0.07,
  },
};
