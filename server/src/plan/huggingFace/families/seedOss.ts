import type { Families } from '../family.ts';

export const families: Families = {
  seed_oss: {
    defaults: { head_dim: 128 },
    known: {
      models: 'Seed-OSS',
      published: { model: 'seed-oss-36B', total: 36_151_104_512 },
      source: 'transformers, models/seed_oss',
    },
  },
};
