import { config, type KnownConfig, UNTIED } from './shapes.ts';
import { SPARSE } from './sparse.ts';

/** Latent attention of DeepSeek's sizes. */
function latent(queryRank: number | null, rest: object): object {
  return {
    q_lora_rank: queryRank,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    ...rest,
  };
}

const FP8 = { quant_method: 'fp8', weight_block_size: [128, 128] } as const;

/** Every eighth of MiniMax's layers attends to everything. */
const MINIMAX = {
  head_dim: 128,
  attn_type_list: Array.from({ length: 80 }, (_, layer) => (layer % 8 === 7 ? 1 : 0)),
  num_local_experts: 32,
  num_experts_per_tok: 2,
  shared_intermediate_size: 0,
  postnorm: true,
};

/** Mixtures whose totals are listed in public tables of the hub's numbers of parameters. */
export const FURTHER: readonly KnownConfig[] = [
  {
    name: 'Mixtral-8x7B',
    total: 46_702_792_704,
    config: config('mixtral', [32, 4096, 32, 8, 14336, 32000], { num_local_experts: 8, num_experts_per_tok: 2 }),
  },
  {
    name: 'DeepSeek-MoE-16B',
    total: 16_375_728_128,
    config: config('deepseek', [28, 2048, 16, 16, 10944, 102400], {
      n_routed_experts: 64,
      n_shared_experts: 2,
      num_experts_per_tok: 6,
      moe_intermediate_size: 1408,
      first_k_dense_replace: 1,
    }),
  },
  {
    name: 'DeepSeek-V2',
    total: 235_741_434_880,
    config: config(
      'deepseek_v2',
      [60, 5120, 128, 128, 12288, 102400],
      latent(1536, {
        n_routed_experts: 160,
        n_shared_experts: 2,
        num_experts_per_tok: 6,
        moe_intermediate_size: 1536,
        first_k_dense_replace: 1,
      }),
    ),
  },
  {
    name: 'DeepSeek-V3.2',
    total: 685_396_921_376,
    basis: 'all_logical+fp8_block_scales',
    config: config(
      'deepseek_v32',
      [61, 7168, 128, 128, 18432, 129280],
      latent(1536, {
        n_routed_experts: 256,
        n_shared_experts: 1,
        num_experts_per_tok: 8,
        moe_intermediate_size: 2048,
        first_k_dense_replace: 3,
        num_nextn_predict_layers: 1,
        index_n_heads: 64,
        index_head_dim: 128,
        index_topk: 2048,
        quantization_config: FP8,
      }),
    ),
  },
  {
    name: 'Kimi-K2',
    total: 1_026_470_731_056,
    basis: 'all_logical+fp8_block_scales+stored_inv_freq',
    config: config(
      'kimi_k2',
      [61, 7168, 64, 64, 18432, 163840],
      latent(1536, {
        n_routed_experts: 384,
        n_shared_experts: 1,
        num_experts_per_tok: 8,
        moe_intermediate_size: 2048,
        first_k_dense_replace: 1,
        quantization_config: FP8,
      }),
    ),
  },
  {
    name: 'GLM-5',
    total: 753_864_139_008,
    basis: 'all_logical',
    config: config('glm_moe_dsa', [78, 6144, 64, 64, 12288, 154880], {
      q_lora_rank: 2048,
      kv_lora_rank: 512,
      qk_nope_head_dim: 192,
      qk_rope_head_dim: 64,
      v_head_dim: 256,
      n_routed_experts: 256,
      n_shared_experts: 1,
      num_experts_per_tok: 8,
      moe_intermediate_size: 2048,
      first_k_dense_replace: 3,
      num_nextn_predict_layers: 1,
      index_n_heads: 32,
      index_head_dim: 128,
      index_topk: 2048,
    }),
  },
  {
    name: 'GLM-5.3',
    total: 753_329_940_480,
    basis: 'all_logical',
    config: config('glm_moe_dsa', [78, 6144, 64, 64, 12288, 154880], {
      q_lora_rank: 2048,
      kv_lora_rank: 512,
      qk_nope_head_dim: 192,
      qk_rope_head_dim: 64,
      v_head_dim: 256,
      n_routed_experts: 256,
      n_shared_experts: 1,
      num_experts_per_tok: 8,
      moe_intermediate_size: 2048,
      first_k_dense_replace: 3,
      num_nextn_predict_layers: 1,
      index_n_heads: 32,
      index_head_dim: 128,
      index_topk: 2048,
      indexer_types: Array.from({ length: 78 }, (_, layer) => (layer < 2 || layer % 4 === 2 ? 'full' : 'shared')),
      index_topk_freq: 4,
      index_skip_topk_offset: 3,
      index_share_for_mtp_iteration: true,
    }),
  },
  {
    name: 'gpt-oss-120b',
    total: 116_829_156_672,
    config: config('gpt_oss', [36, 2880, 64, 8, 2880, 201088], {
      head_dim: 64,
      num_local_experts: 128,
      num_experts_per_tok: 4,
      sliding_window: 128,
      layer_types: Array.from({ length: 36 }, (_, layer) => (layer % 2 === 0 ? 'sliding_attention' : 'full_attention')),
      quantization_config: { quant_method: 'mxfp4' },
      ...UNTIED,
    }),
  },
  {
    name: 'PowerMoE-3b',
    total: 3_298_793_472,
    config: config('granitemoe', [32, 1536, 24, 8, 512, 49155], {
      num_local_experts: 40,
      num_experts_per_tok: 8,
      tie_word_embeddings: true,
    }),
  },
  {
    name: 'LongCat-Flash',
    total: 561_862_880_256,
    basis: 'all_logical',
    config: {
      model_type: 'longcat_flash',
      vocab_size: 131072,
      hidden_size: 6144,
      num_layers: 28,
      num_attention_heads: 64,
      ffn_hidden_size: 12288,
      ...latent(1536, { n_routed_experts: 512, zero_expert_num: 256, moe_topk: 12, expert_ffn_hidden_size: 2048 }),
    },
  },
  {
    name: 'MiniMax-Text-01',
    total: 456_089_655_296,
    config: config('minimax_text_01', [80, 6144, 64, 8, 9216, 200064], MINIMAX),
  },
  {
    name: 'MiniMax-M1',
    total: 456_089_655_296,
    config: config('minimax_m1', [80, 6144, 64, 8, 9216, 200064], MINIMAX),
  },
  {
    name: 'MiniMax-M2',
    total: 228_703_644_928,
    basis: 'all_logical+fp8_block_scales',
    config: config('minimax_m2', [62, 3072, 48, 8, 1536, 200064], {
      head_dim: 128,
      num_local_experts: 256,
      num_experts_per_tok: 8,
      shared_intermediate_size: 0,
      use_qk_norm: true,
      use_routing_bias: true,
      use_mtp: true,
      num_mtp_modules: 3,
      mtp_transformer_layers: 1,
      quantization_config: FP8,
    }),
  },
  {
    name: 'Qwen1.5-MoE-A2.7B',
    total: 14_315_784_192,
    config: config('qwen2_moe', [24, 2048, 16, 16, 5632, 151936], {
      num_experts: 60,
      num_experts_per_tok: 4,
      moe_intermediate_size: 1408,
      shared_expert_intermediate_size: 5632,
    }),
  },
  {
    name: 'Qwen3-Next-80B-A3B',
    total: 81_324_862_720,
    basis: 'all_logical',
    config: config('qwen3_next', [48, 2048, 16, 2, 5120, 151936], {
      head_dim: 256,
      full_attention_interval: 4,
      linear_num_key_heads: 16,
      linear_num_value_heads: 32,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      linear_conv_kernel_dim: 4,
      num_experts: 512,
      num_experts_per_tok: 10,
      moe_intermediate_size: 512,
      shared_expert_intermediate_size: 512,
    }),
  },
  ...SPARSE,
];

/** Models of which only their makers' rounded totals are known. */
export const ROUNDED: readonly KnownConfig[] = [
  {
    name: 'Arctic',
    total: 480e9,
    config: config('arctic', [35, 7168, 56, 8, 4864, 32000], {
      num_local_experts: 128,
      num_experts_per_tok: 2,
      moe_layer_frequency: 1,
      parallel_attn_mlp_res: true,
      use_residual: true,
    }),
  },
  {
    name: 'Grok-1',
    total: 314e9,
    config: config('grok-1', [64, 6144, 48, 8, 32768, 131072], {
      head_dim: 128,
      num_experts: 8,
      num_experts_per_tok: 2,
    }),
  },
  {
    name: 'GPT-3, as its paper counts it',
    total: 174.6e9,
    config: {
      model_type: 'gpt2',
      n_layer: 96,
      n_embd: 12288,
      n_head: 96,
      n_positions: 2048,
      vocab_size: 50257,
    },
  },
];
