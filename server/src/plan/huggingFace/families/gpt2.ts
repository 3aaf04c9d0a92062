import type { Families } from '../family.ts';

export const families: Families = {
  gpt2: {
    known: {
      models: 'GPT-2, GPT-3',
      published: { model: 'GPT-2', total: 124_439_808 },
      source: 'transformers, models/gpt2',
    },
    tied: true,
    norms: 4,
    finalNorms: 2,
    qkvBias: true,
    outputBias: true,
    ffnBias: true,
    plainFfn: true,
    defaultFfn: 4,
    names: {
      hidden_size: 'n_embd',
      num_hidden_layers: 'n_layer',
      num_attention_heads: 'n_head',
      intermediate_size: 'n_inner',
      positions: 'n_positions',
    },
    only: { bias: true, add_cross_attention: false },
    irrelevant: `n_ctx activation_function reorder_and_upcast_attn scale_attn_by_inverse_layer_idx scale_attn_weights
      summary_activation summary_first_dropout summary_proj_to_labels summary_type summary_use_proj`,
  },
};
