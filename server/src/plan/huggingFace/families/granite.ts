import type { Families } from '../family.ts';
import { mamba2 } from '../linear.ts';

export const families: Families = {
  granite: {
    known: {
      models: 'Granite 3',
      published: { model: 'granite-3.0-8b', total: 8_170_848_256 },
      source: 'transformers, models/granite',
    },
  },
  granitemoe: {
    expertsUseFfn: true,
    known: {
      models: 'Granite 3 MoE, PowerMoE',
      published: { model: 'PowerMoE-3b', total: 3_298_793_472 },
      source: 'transformers, models/granitemoe',
    },
  },
  granitemoehybrid: {
    known: {
      models: 'Granite 4.0',
      published: { model: 'granite-4.0-h-tiny', total: 6_939_037_248 },
      source: 'transformers, models/granitemoehybrid',
    },
    expertsUseFfn: true,
    linear: mamba2,
    names: {
      mamba_num_heads: 'mamba_n_heads',
      mamba_head_dim: 'mamba_d_head',
      ssm_state_size: 'mamba_d_state',
      n_groups: 'mamba_n_groups',
      conv_kernel: 'mamba_d_conv',
      expand: 'mamba_expand',
      use_conv_bias: 'mamba_conv_bias',
    },
    irrelevant: 'mamba_chunk_size position_embedding_type normalization_function',
  },
};
