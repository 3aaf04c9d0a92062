import type { Families } from '../family.ts';

export const families: Families = {
  phi3: { irrelevant: 'original_max_position_embeddings full_attn_mod interpolate_factor' },
  phimoe: {
    norms: 4,
    finalNorms: 2,
    expertsUseFfn: true,
    irrelevant: 'input_jitter_noise original_max_position_embeddings',
  },
};
