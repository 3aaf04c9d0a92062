import type { Families, Family } from '../family.ts';

const DEEPSEEK_V3: Family = { latent: 'plain', routerBias: true, copiedTables: 2, storesRotary: true };

export const families: Families = {
  deepseek: {
    known: {
      models: 'DeepSeek-MoE',
      published: { model: 'DeepSeek-MoE-16B', total: 16_375_728_128 },
      source: 'modeling_deepseek.py of deepseek-ai/deepseek-moe-16b-base',
    },
  },
  deepseek_v2: {
    latent: 'plain',
    known: {
      models: 'DeepSeek-V2, V2-Lite',
      published: { model: 'DeepSeek-V2', total: 235_741_434_880 },
      source: 'transformers, models/deepseek_v2',
    },
  },
  deepseek_v3: {
    ...DEEPSEEK_V3,
    known: {
      models: 'DeepSeek-V3, V3.1, R1, Moonlight',
      published: { model: 'Moonlight-16B-A3B', total: 15_960_111_936 },
      source: 'transformers, models/deepseek_v3',
    },
  },
  deepseek_v32: {
    ...DEEPSEEK_V3,
    latent: 'indexed',
    known: {
      models: 'DeepSeek-V3.2',
      published: { model: 'DeepSeek-V3.2', total: 685_396_921_376 },
      source: 'inference/model.py of deepseek-ai/DeepSeek-V3.2-Exp',
    },
  },
};
