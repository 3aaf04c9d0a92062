import type { Families } from '../family.ts';

export const families: Families = {
  internlm2: {
    names: { attention_bias: 'bias' },
    irrelevant: 'attn_implementation',
    known: {
      models: 'InternLM2, 2.5',
      published: { model: 'internlm2-7b', total: 7_737_708_544 },
      source: 'modeling_internlm2.py of internlm/internlm2-7b',
    },
  },
};
