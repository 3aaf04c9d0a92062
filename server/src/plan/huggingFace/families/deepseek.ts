import type { Families, Family } from '../family.ts';

const DEEPSEEK_V3: Family = { latent: 'plain', routerBias: true, copiedTables: 2, storesRotary: true };

export const families: Families = {
  deepseek: {},
  deepseek_v2: { latent: 'plain' },
  deepseek_v3: DEEPSEEK_V3,
  deepseek_v32: { ...DEEPSEEK_V3, latent: 'indexed' },
};
