import type { Families } from '../family.ts';

export const families: Families = {
  smollm3: { tied: true, irrelevant: 'no_rope_layers no_rope_layer_interval' },
};
