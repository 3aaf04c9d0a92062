/** Fitted once, rounded and shifted: nobody's constants, never to be fitted again. */
export const FITTED_TRAINING: typeof import('../../../../server/src/cost/constants/fitted/training.ts')['FITTED_TRAINING'] =
  {
    kernels: {
      ampere: {
        products: {
          bf16: 1.1,
          tensor: 0.89,
          block: 1.2,
          fp4: 1.2,
        },
        experts: {
          bf16: 0.97,
          tensor: 2.1,
          block: 1.3,
          fp4: 1.7,
        },
        attention: 1.4,
      },
      hopper: {
        products: {
          bf16: 1.1,
          tensor: 0.86,
          block: 1.2,
          fp4: 1.1,
        },
        experts: {
          bf16: 1.1,
          tensor: 2,
          block: 1.3,
          fp4: 1.7,
        },
        attention: 1.5,
      },
      blackwell: {
        products: {
          bf16: 1.1,
          tensor: 0.75,
          block: 1,
          fp4: 0.98,
        },
        experts: {
          bf16: 1.1,
          tensor: 2.3,
          block: 1.2,
          fp4: 1.6,
        },
        attention: 1.4,
      },
      'blackwell-ultra': {
        products: {
          bf16: 0.91,
          tensor: 0.71,
          block: 0.82,
          fp4: 0.81,
        },
        experts: {
          bf16: 1,
          tensor: 2.2,
          block: 1.4,
          fp4: 1.6,
        },
        attention: 0.98,
      },
      cdna: {
        products: {
          bf16: 0.91,
          tensor: 0.71,
          block: 0.82,
          fp4: 0.81,
        },
        experts: {
          bf16: 1,
          tensor: 2.2,
          block: 1.4,
          fp4: 1.6,
        },
        attention: 0.98,
      },
    },
    engine: {
      linear: 16,
      inner: 11,
      fused: 0.44,
      tensorParallel: 0.94,
      exchange: 0.46,
      exchangeAcross: 0.46,
      dataParallel: 1.2,
      hostExchange: 0.0057,
      hostExpert: 0.00027,
    },
    torchtitan: 1.1,
    flashAttention2: 1.5,
    residual: 0.14,
  };
