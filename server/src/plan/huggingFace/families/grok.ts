import type { Families } from '../family.ts';

export const families: Families = {
  'grok-1': {
    known: {
      models: 'Grok-1',
      stated: { model: 'Grok-1', total: '314 billion' },
      source: 'model.py of xai-org/grok-1',
    },
    tied: true,
    norms: 4,
    expertsUseFfn: true,
    only: { norms_per_layer: 4 },
    irrelevant: 'attn_output_multiplier embedding_multiplier_scale output_multiplier_scale max_attn_value',
  },
};
