import type { Families } from '../family.ts';

export const families: Families = { seed_oss: { defaults: { head_dim: 128 } } };
