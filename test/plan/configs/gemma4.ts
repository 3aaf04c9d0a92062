import { config, type KnownConfig, type RecentConfig, TIED } from './shapes.ts';

function windows(count: number, every: number): readonly string[] {
  return Array.from({ length: count }, (_, layer) =>
    (layer + 1) % every === 0 ? 'full_attention' : 'sliding_attention',
  );
}

const GEMMA4_ROPE = {
  full_attention: { partial_rotary_factor: 0.25, rope_theta: 1_000_000, rope_type: 'proportional' },
  sliding_attention: { rope_theta: 10_000, rope_type: 'default' },
};

function gemma4(sizes: Parameters<typeof config>[1], every: number, more: object): KnownConfig['config'] {
  return config('gemma4_text', sizes, {
    attention_bias: false,
    attention_dropout: 0,
    attention_k_eq_v: true,
    dtype: 'bfloat16',
    enable_moe_block: false,
    final_logit_softcapping: 30,
    global_head_dim: 512,
    head_dim: 256,
    hidden_activation: 'gelu_pytorch_tanh',
    hidden_size_per_layer_input: 0,
    layer_types: windows(sizes[0], every),
    max_position_embeddings: 262_144,
    moe_intermediate_size: null,
    num_experts: null,
    num_kv_shared_layers: 0,
    rms_norm_eps: 1e-6,
    rope_parameters: GEMMA4_ROPE,
    sliding_window: 1024,
    top_k_experts: null,
    use_bidirectional_attention: 'vision',
    use_double_wide_mlp: false,
    vocab_size_per_layer_input: 262_144,
    ...TIED,
    ...more,
  });
}

const GEMMA4_VISION = {
  model_type: 'gemma4_vision',
  hidden_size: 1152,
  intermediate_size: 4304,
  num_hidden_layers: 27,
  num_attention_heads: 16,
  num_key_value_heads: 16,
  head_dim: 72,
  hidden_activation: 'gelu_pytorch_tanh',
  attention_bias: false,
  patch_size: 16,
  pooling_kernel_size: 3,
  position_embedding_size: 10_240,
  standardize: true,
  use_clipped_linears: false,
};

const GEMMA4_SMALL_VISION = {
  ...GEMMA4_VISION,
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 16,
  num_attention_heads: 12,
  num_key_value_heads: 12,
  head_dim: 64,
  standardize: false,
  use_clipped_linears: true,
};

const GEMMA4_AUDIO = {
  model_type: 'gemma4_audio',
  hidden_size: 1024,
  num_hidden_layers: 12,
  num_attention_heads: 8,
  conv_kernel_size: 5,
  subsampling_conv_channels: [128, 32],
  output_proj_dims: 1536,
  use_clipped_linears: true,
  rms_norm_eps: 1e-6,
};

function seeing(text: object, vision: object, audio: object | null = null, type = 'gemma4'): KnownConfig['config'] {
  return {
    model_type: type,
    text_config: text,
    vision_config: vision,
    audio_config: audio,
    image_token_id: 258_880,
    boi_token_id: 255_999,
    vision_soft_tokens_per_image: 280,
    ...TIED,
  };
}

const GEMMA4_SMALL = {
  attention_k_eq_v: false,
  hidden_size_per_layer_input: 256,
  max_position_embeddings: 131_072,
  sliding_window: 512,
};

/** Gemma 4, each with what turns pictures and sounds into its tokens. */
export const GEMMA4: readonly RecentConfig[] = [
  // google/gemma-4-26B-A4B-it: 25,233,141,790 in the text model; its card says 25.2B, 3.8B active.
  {
    name: 'gemma-4-26B-A4B',
    total: 25_805_936_206,
    basis: 'all_logical',
    config: seeing(
      gemma4([30, 2816, 16, 8, 2112, 262_144], 6, {
        enable_moe_block: true,
        num_experts: 128,
        top_k_experts: 8,
        moe_intermediate_size: 704,
        num_global_key_value_heads: 2,
      }),
      GEMMA4_VISION,
    ),
    active: 3_822_530_590,
    kept: { window: [25, 204_800, 0], full: [5, 20_480, 0] },
  },
  {
    name: 'gemma-4-31B',
    total: 31_273_088_876,
    basis: 'all_logical',
    config: seeing(gemma4([60, 5376, 32, 16, 21_504, 262_144], 6, { num_global_key_value_heads: 4 }), GEMMA4_VISION),
    active: 30_697_345_340,
    kept: { window: [50, 819_200, 0], full: [10, 81_920, 0] },
  },
  {
    name: 'gemma-4-12B, which has no towers',
    total: 11_959_730_224,
    basis: 'all_logical',
    config: seeing(
      gemma4([48, 3840, 16, 8, 15_360, 262_144], 6, {
        model_type: 'gemma4_unified_text',
        num_global_key_value_heads: 1,
      }),
      { patch_size: 16, model_patch_size: 48, mm_embed_dim: 3840, mm_posemb_size: 1120, output_proj_dims: 3840 },
      { audio_embed_dim: 640, output_proj_dims: 640 },
      'gemma4_unified',
    ),
    active: 11_907_350_320,
    kept: { window: [40, 327_680, 0], full: [8, 16_384, 0] },
  },
  // Their last 20 and 18 layers have the keys and values of others; the files hold projections for them all the same.
  {
    name: 'gemma-4-E2B',
    total: 5_123_178_051,
    basis: 'all_logical',
    config: seeing(
      gemma4([35, 1536, 8, 1, 6144, 262_144], 5, {
        ...GEMMA4_SMALL,
        num_kv_shared_layers: 20,
        use_double_wide_mlp: true,
      }),
      GEMMA4_SMALL_VISION,
      GEMMA4_AUDIO,
    ),
    active: 2_279_759_139,
    kept: { window: [12, 12_288, 0], full: [3, 6144, 0] },
  },
  {
    name: 'gemma-4-E4B',
    total: 7_996_156_490,
    basis: 'all_logical',
    config: seeing(
      gemma4([42, 2560, 8, 2, 10_240, 262_144], 6, { ...GEMMA4_SMALL, num_kv_shared_layers: 18 }),
      GEMMA4_SMALL_VISION,
      GEMMA4_AUDIO,
    ),
    active: 4_644_441_130,
    kept: { window: [20, 40_960, 0], full: [4, 16_384, 0] },
  },
];
