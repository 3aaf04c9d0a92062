import type { Families } from '../family.ts';

export const families: Families = {
  gpt_oss: {
    defaults: { head_dim: 64, attention_bias: true },
    sinks: true,
    routerBias: true,
    expertBias: true,
    expertsUseFfn: true,
  },
};
