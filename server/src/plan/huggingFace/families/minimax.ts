import type { GroupedQueryAttention, LinearAttention } from '../../attention.ts';
import { groupedQueryOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, Family, LayerKinds } from '../family.ts';
import { kindsBy } from '../layers.ts';
import { NO_EXTRAS, projectedOf } from '../linear.ts';
import { linear, plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

const MINIMAX_01: Family = {
  expertsUseFfn: true,
  linear: lightning,
  states: 'self_attn',
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
  // The checkpoint holds none of the prediction modules that the config names either.
  minimax_m3: {
    known: {
      models: 'the text model of MiniMax-M3',
      published: { model: 'MiniMax-M3', total: 427_040_140_160 },
      source: 'transformers, models/minimax_m3_vl; vLLM, models/minimax_m3',
    },
    routerBias: true,
    flaggedQkNorm: 'head',
    expertsUseFfn: true,
    names: { intermediate_size: 'moe_intermediate_size' },
    attention: blocksOfKeys,
    kinds: listedKinds,
    unnest: () => ({ num_nextn_predict_layers: 0 }),
    only: { attention_output_gate: false, use_routing_bias: true, qk_norm_type: 'per_head' },
    irrelevant: 'num_mtp_modules use_gemma_norm swiglu_alpha sparse_init_block sparse_local_block sparse_score_type',
  },
  minimax_m3_vl: {
    ...textAndVision(merger),
    known: {
      models: 'MiniMax-M3',
      published: { model: 'MiniMax-M3', total: 427_040_140_160 },
      source: 'transformers, models/minimax_m3_vl; vLLM, models/minimax_m3',
    },
    text: (outer) => {
      const text = outer.nested('text_config');
      text?.use({ model_type: 'minimax_m3' });
      return text;
    },
    irrelevant: `image_grid_pinpoints image_seq_length image_token_compression_method num_reward_heads process_image_mode
      vision_feature_select_strategy image_size num_channels position_embedding_type rope_mode vision_segment_max_frames`,
  },
  // The same model as transformers converts it, with a list of layer types.
  minimax: {
    ...MINIMAX_01,
    known: {
      models: 'MiniMax-Text-01-hf',
      published: { model: 'MiniMax-Text-01', total: 456_089_655_296 },
      source: 'transformers, models/minimax',
    },
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

/** MiniMax-M3: an indexer chooses whole blocks of keys, in layers that a list names. The others attend to everything. */
function blocksOfKeys(context: AttentionContext): AttentionParts | undefined {
  const sparse = context.read.nested('sparse_attention_config');
  const heads = sparse?.integer('sparse_num_index_heads');
  const headSize = sparse?.integer('sparse_index_dim');
  const block = sparse?.integer('sparse_block_size');
  const blocks = sparse?.integer('sparse_topk_blocks');
  if (!heads || !headSize || !block || !blocks) return undefined;
  const full: GroupedQueryAttention = { ...groupedQueryOf(context), name: 'full' };
  const indexer = { heads, headSize, topK: blocks * block, block };
  return { full, sparse: { ...full, name: 'sparse', indexer } };
}

/** Layers that choose blocks by 1. Those that would also add up values of the indexer are not computed. */
function listedKinds(read: ConfigReader, count: number): LayerKinds | undefined {
  const sparse = read.nested('sparse_attention_config');
  if (!sparse || sparse.flag('use_sparse_attention') === false) return kindsBy(count, () => 'full');
  const chosen = sparse.integers('sparse_attention_freq');
  const keysOnly = sparse.integers('sparse_disable_index_value');
  const isKnown = chosen.every((one, layer) => one === 0 || (one === 1 && keysOnly[layer] === 1));
  return isKnown ? chosen.map((one) => (one === 1 ? 'sparse' : 'full')) : [];
}

function numberedKinds(read: ConfigReader): LayerKinds | undefined {
  const numbers = read.integers('attn_type_list');
  return numbers.length > 0 ? numbers.map((kind) => (kind === 1 ? 'full' : 'linear')) : undefined;
}

/** Lightning attention of MiniMax-Text-01: q, k, v, output gate, a norm over all heads. */
function lightning(read: ConfigReader, hidden: number): LinearAttention | undefined {
  if (read.integers('attn_type_list').length === 0 && read.texts('layer_types').length === 0) return undefined;
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
    projected: projectedOf(parameters, hidden, 4 * width, width),
  };
}

/** A tower with a norm before and after its layers; a projector of two matrices, and one of two that joins four patches. */
function merger(vision: ConfigReader, outer: ConfigReader, hidden: number): number | undefined {
  const width = vision.integer('hidden_size');
  const depth = vision.integer('num_hidden_layers');
  const ffn = vision.integer('intermediate_size');
  const patch = vision.integer('patch_size');
  const inner = outer.integer('projector_hidden_size');
  if (!width || !depth || !ffn || !patch || !inner) return undefined;
  if (vision.differs('projection_dim', hidden)) return undefined;
  // The maker's file states it twice, outside and within the tower; the tower is built from its own.
  const joining = vision.nested('img_token_compression_config') ?? outer.nested('img_token_compression_config');
  if (joining && vision.has('img_token_compression_config')) outer.leave('img_token_compression_config');
  const frames = joining?.optional('temporal_patch_size') ?? 2;
  const merged = (joining?.optional('spatial_merge_size') ?? 2) ** 2;
  const patches = 3 * frames * patch * patch * width;
  const projector =
    linear(width, inner) + linear(inner, hidden) + linear(merged * hidden, inner) + linear(inner, hidden);
  return depth * plainLayer(width, ffn) + 2 * width + patches + projector;
}
