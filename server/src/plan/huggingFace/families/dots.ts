import type { Families } from '../family.ts';

export const families: Families = {
  dots1: {
    qkNorm: 'head',
    routerBias: true,
    known: {
      models: 'dots.llm1',
      published: { model: 'dots.llm1', total: 142_774_381_696 },
      source: 'transformers, models/dots1',
    },
  },
};
