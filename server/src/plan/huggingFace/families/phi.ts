import type { Families } from '../family.ts';

export const families: Families = {
  phi3: {
    irrelevant: 'original_max_position_embeddings full_attn_mod interpolate_factor',
    known: {
      models: 'Phi-3, Phi-3.5, Phi-4, Phi-4-mini',
      published: { model: 'phi-4', total: 14_659_507_200 },
      source: 'transformers, models/phi3',
    },
  },
  phimoe: {
    known: {
      models: 'Phi-3.5-MoE',
      published: { model: 'Phi-3.5-MoE', total: 41_873_153_344 },
      source: 'transformers, models/phimoe',
    },
    norms: 4,
    finalNorms: 2,
    expertsUseFfn: true,
    irrelevant: 'input_jitter_noise original_max_position_embeddings',
  },
};
