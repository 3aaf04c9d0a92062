import type { Families } from '../family.ts';

export const families: Families = {
  olmo2: {
    qkNorm: 'all-heads',
    known: {
      models: 'OLMo 2',
      published: { model: 'OLMo-2-7B', total: 7_298_617_344 },
      source: 'transformers, models/olmo2',
    },
  },
  olmo3: {
    qkNorm: 'all-heads',
    known: {
      models: 'Olmo 3',
      published: { model: 'Olmo-3-7B', total: 7_298_011_136 },
      source: 'transformers, models/olmo3',
    },
  },
  olmoe: {
    qkNorm: 'all-heads',
    expertsUseFfn: true,
    irrelevant: 'clip_qkv',
    known: {
      models: 'OLMoE',
      published: { model: 'OLMoE-1B-7B', total: 6_919_161_856 },
      source: 'transformers, models/olmoe',
    },
  },
};
