import type { Families } from '../family.ts';

export const families: Families = {
  // Experts in every layer, as those of GLM-4.5; attention of Llama, whose output projection never has a bias.
  solar_open: {
    outputBias: false,
    routerBias: true,
    defaults: { head_dim: 128 },
    known: {
      models: 'Solar-Open',
      stated: { model: 'Solar-Open-100B', total: '102.6 billion' },
      source: 'transformers, models/solar_open',
    },
  },
};
