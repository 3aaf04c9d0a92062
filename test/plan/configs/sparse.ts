import { config, type KnownConfig, UNTIED } from './shapes.ts';

/** Layers 0 and 1 as given, then entries of 4 and of 128 tokens by turns, and a prediction module behind. */
function ratios(count: number, first: number): readonly number[] {
  return [...Array.from({ length: count }, (_, layer) => (layer < 2 ? first : layer % 2 === 0 ? 4 : 128)), 0];
}

/** DeepSeek-V4, as the two models have it. */
const V4 = {
  ...UNTIED,
  attention_bias: false,
  compress_rope_theta: 160000,
  hc_mult: 4,
  hc_sinkhorn_iters: 20,
  head_dim: 512,
  index_head_dim: 128,
  index_n_heads: 64,
  n_shared_experts: 1,
  num_experts_per_tok: 6,
  num_hash_layers: 3,
  num_nextn_predict_layers: 1,
  o_lora_rank: 1024,
  qk_rope_head_dim: 64,
  sliding_window: 128,
};

const layersOf = (count: number, fits: (layer: number) => boolean) =>
  Array.from({ length: count }, (_, layer) => layer).filter(fits);

/** Layers that are counted from 1. Every fourth, and the last one, attends to everything. */
const isWhole = (layer: number) => layer % 4 === 0 || layer === 93;

const fromThird = Array.from({ length: 60 }, (_, layer) => (layer < 3 ? 0 : 1));

/**
 * Models whose attention or residual stream is of a kind of its own. The totals: a count by hand of DeepSeek-V4's tensors
 * from the reference code, which meets the hub's number of stored elements when packed (158,069,433,298 of V4-Flash,
 * 861,608,274,846 of V4-Pro); the hub's numbers of Kimi-K3 and MiniMax-M3.
 */
export const SPARSE: readonly KnownConfig[] = [
  {
    name: 'DeepSeek-V4-Flash',
    total: 290_942_289_362,
    basis: 'all_logical',
    config: {
      ...V4,
      model_type: 'deepseek_v4',
      num_hidden_layers: 43,
      hidden_size: 4096,
      num_attention_heads: 64,
      num_key_value_heads: 1,
      vocab_size: 129280,
      compress_ratios: ratios(43, 0),
      expert_dtype: 'fp4',
      quantization_config: { quant_method: 'fp8', weight_block_size: [128, 128] },
      index_topk: 512,
      moe_intermediate_size: 2048,
      n_routed_experts: 256,
      o_groups: 8,
      q_lora_rank: 1024,
    },
  },
  {
    name: 'DeepSeek-V4-Pro',
    total: 1_598_837_347_742,
    basis: 'all_logical',
    config: {
      ...V4,
      model_type: 'deepseek_v4',
      num_hidden_layers: 61,
      hidden_size: 7168,
      num_attention_heads: 128,
      num_key_value_heads: 1,
      vocab_size: 129280,
      compress_ratios: ratios(61, 128),
      index_topk: 1024,
      moe_intermediate_size: 3072,
      n_routed_experts: 384,
      o_groups: 16,
      q_lora_rank: 1536,
    },
  },
  {
    name: 'Kimi-K3',
    total: 2_779_931_837_184,
    basis: 'all_logical',
    config: {
      model_type: 'kimi_k3',
      ...UNTIED,
      text_config: config('kimi_linear', [93, 7168, 96, 96, 33792, 163840], {
        attn_res_block_size: 12,
        first_k_dense_replace: 1,
        kv_lora_rank: 512,
        latent_moe_use_norm: true,
        linear_attn_config: {
          full_attn_layers: layersOf(94, (layer) => layer > 0 && isWhole(layer)),
          gate_lower_bound: -5,
          head_dim: 128,
          kda_layers: layersOf(94, (layer) => layer > 0 && !isWhole(layer)),
          num_heads: 96,
          short_conv_kernel_size: 4,
          use_full_rank_gate: true,
        },
        mla_use_nope: true,
        mla_use_output_gate: true,
        moe_intermediate_size: 3072,
        num_experts: 896,
        num_experts_per_token: 16,
        num_nextn_predict_layers: 0,
        num_shared_experts: 2,
        q_lora_rank: 1536,
        qk_nope_head_dim: 128,
        qk_rope_head_dim: 64,
        routed_expert_hidden_size: 3584,
        v_head_dim: 128,
      }),
      vision_config: {
        attn_bias: false,
        init_pos_emb_height: 64,
        init_pos_emb_time: 4,
        init_pos_emb_width: 64,
        linear_bias: false,
        merge_kernel_size: [2, 2],
        mm_hidden_size: 1024,
        patch_embed_proj_bias: false,
        patch_size: 14,
        qkv_hidden_size: 1536,
        vt_hidden_size: 1024,
        vt_intermediate_size: 4096,
        vt_num_attention_heads: 12,
        vt_num_hidden_layers: 27,
      },
    },
  },
  {
    name: 'MiniMax-M3',
    total: 427_040_140_160,
    basis: 'all_logical',
    config: {
      model_type: 'minimax_m3_vl',
      ...UNTIED,
      projector_hidden_size: 6144,
      text_config: config('minimax_m3', [60, 6144, 64, 4, 3072, 200064], {
        attention_output_gate: false,
        dense_intermediate_size: 12288,
        first_k_dense_replace: 3,
        head_dim: 128,
        moe_intermediate_size: 3072,
        moe_layer_freq: fromThird,
        n_shared_experts: 1,
        num_experts_per_tok: 4,
        num_local_experts: 128,
        num_mtp_modules: 7,
        num_nextn_predict_layers: 1,
        qk_norm_type: 'per_head',
        shared_intermediate_size: 3072,
        sparse_attention_config: {
          sparse_attention_freq: fromThird,
          sparse_block_size: 128,
          sparse_disable_index_value: fromThird,
          sparse_index_dim: 128,
          sparse_init_block: 0,
          sparse_local_block: 1,
          sparse_num_index_heads: 4,
          sparse_topk_blocks: 16,
          use_sparse_attention: true,
        },
        use_qk_norm: true,
        use_routing_bias: true,
      }),
      vision_config: {
        hidden_size: 1280,
        img_token_compression_config: { spatial_merge_size: 2, temporal_patch_size: 2 },
        intermediate_size: 5120,
        num_attention_heads: 16,
        num_hidden_layers: 32,
        patch_size: 14,
        projection_dim: 6144,
      },
    },
  },
];
