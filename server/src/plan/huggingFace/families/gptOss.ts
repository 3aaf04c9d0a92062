import type { Families } from '../family.ts';

export const families: Families = {
  gpt_oss: {
    known: {
      models: 'gpt-oss',
      published: { model: 'gpt-oss-120b', total: 116_829_156_672 },
      source: 'transformers, models/gpt_oss',
    },
    defaults: { head_dim: 64, attention_bias: true },
    sinks: true,
    routerBias: true,
    expertBias: true,
    expertsUseFfn: true,
  },
};
