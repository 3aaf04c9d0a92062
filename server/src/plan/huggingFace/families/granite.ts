import type { Families } from '../family.ts';
import { mamba2 } from '../linear.ts';

export const families: Families = {
  granite: {},
  granitemoe: { expertsUseFfn: true },
  granitemoehybrid: {
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
