import type { Families } from '../family.ts';

export const families: Families = {
  smollm3: {
    tied: true,
    irrelevant: 'no_rope_layers no_rope_layer_interval',
    known: {
      models: 'SmolLM3',
      published: { model: 'SmolLM3-3B', total: 3_075_098_624 },
      source: 'transformers, models/smollm3',
    },
  },
};
