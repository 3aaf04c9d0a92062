import type { ConfigReader } from '../configReader.ts';
import type { Families, Json } from '../family.ts';

export const families: Families = {
  dbrx: {
    known: {
      models: 'DBRX',
      published: { model: 'DBRX', total: 131_596_523_520 },
      source: 'transformers, models/dbrx',
    },
    expertsUseFfn: true,
    unnest: plainNames,
    irrelevant:
      'clip_qkv emb_pdrop resid_pdrop ffn_act_fn moe_jitter_eps moe_loss_weight moe_normalize_expert_weights uniform_expert_assignment',
  },
};

/** DBRX nests its sizes and has names of its own. */
function plainNames(read: ConfigReader): Json {
  const attention = read.nested('attn_config');
  const feedForward = read.nested('ffn_config');
  return {
    hidden_size: read.optional('d_model'),
    num_attention_heads: read.optional('n_heads'),
    num_hidden_layers: read.optional('n_layers'),
    num_key_value_heads: attention?.optional('kv_n_heads'),
    intermediate_size: feedForward?.optional('ffn_hidden_size'),
    num_local_experts: feedForward?.optional('moe_num_experts'),
    num_experts_per_tok: feedForward?.optional('moe_top_k'),
  };
}
