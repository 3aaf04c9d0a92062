import type { LinearAttention } from '../../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Families, Family, LayerKinds } from '../family.ts';
import { NO_EXTRAS } from '../linear.ts';

const MINIMAX_01: Family = {
  expertsUseFfn: true,
  linear: lightning,
  kinds: numberedKinds,
  only: { shared_intermediate_size: 0 },
  irrelevant: `layernorm_full_attention_alpha layernorm_full_attention_beta layernorm_linear_attention_alpha
    layernorm_linear_attention_beta layernorm_mlp_alpha layernorm_mlp_beta full_attn_alpha_factor full_attn_beta_factor
    linear_attn_alpha_factor linear_attn_beta_factor mlp_alpha_factor mlp_beta_factor block_size postnorm
    shared_moe_mode`,
};

export const families: Families = {
  minimax_m1: {
    ...MINIMAX_01,
    known: {
      models: 'MiniMax-M1',
      published: { model: 'MiniMax-M1', total: 456_089_655_296 },
      source: 'modeling_minimax_text_01.py of MiniMaxAI/MiniMax-Text-01',
    },
  },
  // The config names prediction modules that the checkpoint does not have: its published total is reached without them.
  minimax_m2: {
    known: {
      models: 'MiniMax-M2, M2.1, M2.5',
      published: { model: 'MiniMax-M2', total: 228_703_644_928 },
      source: 'transformers, models/minimax_m2',
    },
    routerBias: true,
    expertsUseFfn: true,
    flaggedQkNorm: 'all-heads',
    only: { shared_intermediate_size: 0, use_routing_bias: true, qk_norm_type: 'per_layer' },
    irrelevant: `use_mtp mtp_transformer_layers num_mtp_modules attn_type_list layernorm_full_attention_beta
      layernorm_linear_attention_beta layernorm_mlp_beta`,
  },
  minimax_text_01: {
    ...MINIMAX_01,
    known: {
      models: 'MiniMax-Text-01',
      published: { model: 'MiniMax-Text-01', total: 456_089_655_296 },
      source: 'modeling_minimax_text_01.py of MiniMaxAI/MiniMax-Text-01',
    },
  },
};

function numberedKinds(read: ConfigReader): LayerKinds | undefined {
  const numbers = read.integers('attn_type_list');
  return numbers.length > 0 ? numbers.map((kind) => (kind === 1 ? 'full' : 'linear')) : undefined;
}

/** Lightning attention of MiniMax-Text-01: q, k, v, output gate, a norm over all heads. */
function lightning(read: ConfigReader, hidden: number): LinearAttention | undefined {
  if (read.integers('attn_type_list').length === 0) return undefined;
  const heads = read.optional('num_attention_heads');
  const headSize = read.optional('head_dim');
  if (!heads || !headSize) return undefined;
  const width = heads * headSize;
  const parameters = hidden * 3 * width + hidden * width + width + width * hidden;
  return {
    ...NO_EXTRAS,
    kind: 'linear',
    name: 'lightning',
    heads,
    headSize,
    stateBytes: 4 * heads * headSize * headSize,
    parameters,
  };
}
