import { config, hybrid, type KnownConfig, QWEN35_TEXT, qwen35, qwenVision, TIED, UNTIED } from './shapes.ts';

/**
 * Architectures of 2025 and 2026, with the fields that the hub's files have. Totals are those that the hub shows for the
 * checkpoint. What a token meets and what its sequence keeps was counted by hand from the reference code that each file
 * below `families/` names.
 */
export interface RecentConfig extends KnownConfig {
  /** Parameters that one token of text meets, without the embedding. */
  readonly active: number;
  /** By kind: layers, bytes of one more token and of a sequence, over all of them, in a cache of 16 bits. */
  readonly kept: Readonly<Record<string, readonly [layers: number, perToken: number, perSequence: number]>>;
}

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

/** The lists go on over three prediction modules. */
const STEP_KINDS = Array.from({ length: 48 }, (_, layer) => (layer % 4 === 0 ? 'full_attention' : 'sliding_attention'));

const STEP = {
  model_type: 'step3p5',
  hidden_size: 4096,
  intermediate_size: 11_264,
  num_hidden_layers: 45,
  vocab_size: 128_896,
  max_seq_len: 262_144,
  max_position_embeddings: 262_144,
  torch_dtype: 'bfloat16',
  num_attention_heads: 64,
  num_attention_groups: 8,
  head_dim: 128,
  use_qk_norm: true,
  use_moe: true,
  use_moe_router_bias: true,
  need_fp32_gate: true,
  moe_num_experts: 288,
  moe_top_k: 8,
  moe_intermediate_size: 1280,
  share_expert_dim: 1280,
  moe_layers_enum: Array.from({ length: 42 }, (_, layer) => layer + 3).join(','),
  moe_router_activation: 'sigmoid',
  moe_router_scaling_factor: 3,
  norm_expert_weight: true,
  att_impl_type: 'GQA',
  num_nextn_predict_layers: 3,
  rope_theta: STEP_KINDS.map((kind) => (kind === 'full_attention' ? 5_000_000 : 10_000)),
  rope_scaling: { rope_type: 'llama3', factor: 2, original_max_position_embeddings: 131_072 },
  yarn_only_types: ['full_attention'],
  partial_rotary_factors: STEP_KINDS.map((kind) => (kind === 'full_attention' ? 0.5 : 1)),
  layer_types: STEP_KINDS,
  attention_other_setting: {
    attention_type: 'sliding_attention',
    num_attention_heads: 96,
    num_attention_groups: 8,
    head_dim: 128,
  },
  sliding_window: 512,
  use_head_wise_attn_gate: true,
  swiglu_limits: STEP_KINDS.map(() => 0),
  swiglu_limits_shared: STEP_KINDS.map(() => 0),
  zero_centered: true,
  ...UNTIED,
};

const STEP_KEPT = { full: [12, 49_152, 0], window: [33, 135_168, 0] } as const;

const ERNIE_VL = {
  mlp_layer_types: ['dense', ...Array.from({ length: 27 }, () => 'sparse')],
  moe_intermediate_size: [1536, 512],
  moe_k: 6,
  moe_num_experts: 64,
  moe_num_shared_experts: 2,
  moe_norm_min: 1e-12,
  use_bias: false,
  ...TIED,
};

const OMNI_TEXT = config('qwen3_omni_moe_text', [48, 2048, 32, 4, 768, 152_064], {
  head_dim: 128,
  moe_intermediate_size: 768,
  num_experts: 128,
  num_experts_per_tok: 8,
  decoder_sparse_step: 1,
  mlp_only_layers: [],
  norm_topk_prob: true,
  use_sliding_window: false,
  sliding_window: null,
});

const OMNI_AUDIO = {
  d_model: 1280,
  encoder_layers: 32,
  encoder_attention_heads: 20,
  encoder_ffn_dim: 5120,
  num_mel_bins: 128,
  downsample_hidden_size: 480,
  output_dim: 2048,
  max_source_positions: 1500,
  n_window: 50,
  n_window_infer: 800,
};

const OMNI_TALKER = {
  accept_hidden_layer: 24,
  num_code_groups: 16,
  thinker_hidden_size: 2048,
  text_config: {
    hidden_size: 1024,
    intermediate_size: 2048,
    num_hidden_layers: 20,
    num_attention_heads: 16,
    num_key_value_heads: 2,
    head_dim: 128,
    num_experts: 128,
    num_experts_per_tok: 6,
    moe_intermediate_size: 384,
    shared_expert_intermediate_size: 768,
    vocab_size: 3072,
  },
  code_predictor_config: {
    hidden_size: 1024,
    intermediate_size: 3072,
    num_hidden_layers: 5,
    num_attention_heads: 16,
    num_key_value_heads: 8,
    head_dim: 128,
    num_code_groups: 16,
    vocab_size: 2048,
  },
};

const OMNI_VOCODER = {
  codebook_size: 2048,
  num_quantizers: 16,
  hidden_size: 1024,
  intermediate_size: 3072,
  num_hidden_layers: 8,
  num_attention_heads: 16,
  num_key_value_heads: 16,
  decoder_dim: 1536,
  upsample_rates: [8, 5, 4, 3],
  upsampling_ratios: [2, 2],
  sliding_window: 72,
};

const OMNI_THINKER = {
  audio_config: OMNI_AUDIO,
  text_config: OMNI_TEXT,
  vision_config: qwenVision(1152, 27, 4304, 2048, [8, 16, 24]),
};

const CONVOLUTIONS = [...'ccfcccfcccfcccfcccfccfcc'].map((letter) => (letter === 'f' ? 'full_attention' : 'conv'));

export const RECENT: readonly RecentConfig[] = [
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
  {
    name: 'Hy3',
    total: 298_786_155_776,
    basis: 'all_logical',
    config: config('hy_v3', [80, 4096, 64, 8, 13_312, 120_832], {
      head_dim: 128,
      moe_intermediate_size: 1536,
      expert_hidden_dim: 1536,
      num_experts: 192,
      num_experts_per_tok: 8,
      num_shared_experts: 1,
      first_k_dense_replace: 1,
      num_nextn_predict_layers: 1,
      qk_norm: true,
      route_norm: true,
      router_scaling_factor: 2.826,
      moe_router_use_sigmoid: true,
      moe_router_enable_expert_bias: true,
      enable_lm_head_fp32: true,
      use_grouped_mm: false,
      ...UNTIED,
    }),
    active: 20_180_802_368,
    kept: { full: [80, 327_680, 0] },
  },
  {
    name: 'Step-3.5-Flash',
    total: 199_384_301_376,
    basis: 'all_logical',
    config: STEP,
    active: 11_459_365_952,
    kept: STEP_KEPT,
  },
  {
    name: 'LFM2-8B-A1B',
    total: 8_339_930_560,
    config: config('lfm2_moe', [24, 2048, 32, 8, 7168, 65_536], {
      moe_intermediate_size: 1792,
      num_dense_layers: 2,
      num_experts: 32,
      num_experts_per_tok: 4,
      use_expert_bias: true,
      norm_topk_prob: true,
      routed_scaling_factor: 1,
      conv_bias: false,
      conv_L_cache: 3,
      layer_types: CONVOLUTIONS,
    }),
    active: 1_557_740_992,
    kept: { full: [6, 12_288, 0], 'linear state': [18, 0, 147_456] },
  },
  {
    name: 'LFM2-1.2B',
    total: 1_170_340_608,
    config: {
      model_type: 'lfm2',
      hidden_size: 2048,
      num_hidden_layers: 16,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      vocab_size: 65_536,
      block_dim: 2048,
      block_ff_dim: 12_288,
      block_auto_adjust_ff_dim: true,
      block_multiple_of: 256,
      block_ffn_dim_multiplier: 1,
      full_attn_idxs: [2, 5, 8, 10, 12, 14],
      conv_bias: false,
      conv_L_cache: 3,
      tie_embedding: true,
    },
    active: 1_170_340_608,
    kept: { full: [6, 12_288, 0], 'linear state': [10, 0, 81_920] },
  },
  {
    name: 'Falcon-H1-0.5B',
    total: 521_411_104,
    config: config('falcon_h1', [36, 1024, 8, 2, 2048, 32_784], {
      head_dim: 64,
      mamba_d_ssm: 1536,
      mamba_d_head: 64,
      mamba_n_heads: 24,
      mamba_n_groups: 1,
      mamba_d_state: 128,
      mamba_rms_norm: false,
      mlp_multipliers: [0.88, 0.58],
      ...UNTIED,
    }),
    active: 487_840_288,
    kept: { full: [36, 18_432, 0], 'linear state': [36, 0, 36 * (2 * 1536 * 128 + 2 * 3 * 1792)] },
  },
  {
    name: 'Falcon-H1-34B',
    total: 33_642_516_224,
    config: config('falcon_h1', [72, 5120, 20, 4, 21_504, 261_120], {
      head_dim: 128,
      mamba_d_ssm: 4096,
      mamba_d_head: 128,
      mamba_n_heads: 32,
      mamba_n_groups: 2,
      mamba_d_state: 256,
      mamba_rms_norm: true,
      mamba_norm_before_gate: false,
      ...UNTIED,
    }),
    active: 33_642_516_224 - 261_120 * 5120,
    kept: { full: [72, 147_456, 0], 'linear state': [72, 0, 72 * (2 * 4096 * 256 + 2 * 3 * 5120)] },
  },
  {
    name: 'GLM-4.5V',
    total: 107_710_933_120,
    basis: 'all_logical',
    config: {
      model_type: 'glm4v_moe',
      image_token_id: 151_363,
      ...UNTIED,
      text_config: config('glm4v_moe_text', [46, 4096, 96, 8, 10_944, 151_552], {
        attention_bias: true,
        use_qk_norm: false,
        head_dim: 128,
        first_k_dense_replace: 1,
        n_routed_experts: 128,
        n_shared_experts: 1,
        num_experts_per_tok: 8,
        moe_intermediate_size: 1408,
        n_group: 1,
        topk_group: 1,
        rope_scaling: { rope_type: 'default', mrope_section: [8, 12, 12] },
      }),
      vision_config: {
        attention_bias: false,
        depth: 24,
        hidden_size: 1536,
        image_size: 336,
        in_channels: 3,
        intermediate_size: 10_944,
        num_heads: 12,
        out_hidden_size: 4096,
        patch_size: 14,
        spatial_merge_size: 2,
        temporal_patch_size: 2,
      },
    },
    active: 12_803_372_672,
    kept: { full: [46, 188_416, 0] },
  },
  {
    name: 'Qwen3-Omni-30B-A3B-Instruct',
    total: 35_259_818_545,
    basis: 'all_logical',
    config: {
      model_type: 'qwen3_omni_moe',
      enable_audio_output: true,
      thinker_config: OMNI_THINKER,
      talker_config: OMNI_TALKER,
      code2wav_config: OMNI_VOCODER,
      im_start_token_id: 151_644,
    },
    active: 3_042_129_920,
    kept: { full: [48, 98_304, 0] },
  },
  {
    name: 'Qwen3-Omni-30B-A3B-Thinking, which does not speak',
    total: 31_719_205_488,
    basis: 'all_logical',
    config: {
      model_type: 'qwen3_omni_moe',
      enable_audio_output: false,
      thinker_config: OMNI_THINKER,
    },
    active: 3_042_129_920,
    kept: { full: [48, 98_304, 0] },
  },
  // Qwen's card: 2.4T in total and 95B activated.
  {
    name: 'Qwen3.8-2.4T-A95B',
    total: 2_446_182_725_504,
    basis: 'all_logical',
    config: config('qwen3_5_moe_text', [92, 8192, 64, 4, 2048, 248_320], {
      ...QWEN35_TEXT,
      linear_num_value_heads: 128,
      layer_types: hybrid(92, 4),
      attn_output_gate: true,
      output_gate_type: 'swish',
      moe_intermediate_size: 2048,
      shared_expert_intermediate_size: 2048,
      num_experts: 512,
      num_experts_per_tok: 10,
      mamba_ssm_dtype: 'float32',
      max_position_embeddings: 262_144,
      ...UNTIED,
    }),
    active: 93_253_629_312,
    kept: {
      full: [23, 94_208, 0],
      'linear state': [69, 0, 69 * (4 * 128 * 128 * 128 + 2 * 3 * (2 * 2048 + 16_384))],
    },
  },
  {
    name: 'Qwen3.6-35B-A3B',
    total: 35_951_822_704,
    basis: 'all_logical',
    config: {
      ...qwen35(
        'qwen3_5_moe',
        config('qwen3_5_moe_text', [40, 2048, 16, 2, 512, 248_320], {
          ...QWEN35_TEXT,
          linear_num_value_heads: 32,
          attn_output_gate: true,
          output_gate_type: 'swish',
          moe_intermediate_size: 512,
          shared_expert_intermediate_size: 512,
          num_experts: 256,
          num_experts_per_tok: 8,
        }),
        qwenVision(1152, 27, 4304, 2048, []),
      ),
      language_model_only: false,
    },
    active: 2_946_429_568,
    kept: { full: [10, 20_480, 0], 'linear state': [30, 0, 64_389_120] },
  },
];

/** Of these no total is published to the integer: counted by hand, and near what their makers say. */
export const BY_HAND: readonly RecentConfig[] = [
  // 201.4 billion, 199.4 of them in the text model.
  {
    name: 'Step-3.7-Flash',
    total: 201_365_316_160,
    basis: 'all_logical',
    config: {
      model_type: 'step3p7',
      image_token_id: 128_001,
      image_token_len: 169,
      patch_token_len: 81,
      understand_projector_stride: 2,
      projector_bias: false,
      text_config: STEP,
      vision_config: {
        model_type: 'perception_encoder',
        image_size: 728,
        patch_size: 14,
        width: 1536,
        layers: 47,
        heads: 16,
        mlp_ratio: 8960 / 1536,
        use_cls_token: false,
        ls_init_value: 0.1,
        use_ln_post: false,
        hidden_act: 'quick_gelu',
        output_dim: null,
        pool_type: 'none',
      },
    },
    active: 11_459_365_952,
    kept: STEP_KEPT,
  },
  // 309 billion, 15 active, and three prediction modules of 0.33 each.
  {
    name: 'MiMo-V2-Flash',
    total: 309_766_601_088,
    basis: 'all_logical',
    config: config('mimo_v2_flash', [48, 4096, 64, 4, 16_384, 152_576], {
      head_dim: 192,
      v_head_dim: 128,
      swa_num_attention_heads: 64,
      swa_num_key_value_heads: 8,
      swa_head_dim: 192,
      swa_v_head_dim: 128,
      sliding_window: 128,
      sliding_window_size: 128,
      attention_chunk_size: 128,
      hybrid_layer_pattern: Array.from({ length: 48 }, (_, layer) => (layer === 0 || (layer + 1) % 6 === 0 ? 0 : 1)),
      moe_layer_freq: Array.from({ length: 48 }, (_, layer) => (layer === 0 ? 0 : 1)),
      add_swa_attention_sink_bias: true,
      add_full_attention_sink_bias: false,
      n_routed_experts: 256,
      n_shared_experts: null,
      num_experts_per_tok: 8,
      moe_intermediate_size: 2048,
      routed_scaling_factor: null,
      scoring_func: 'sigmoid',
      topk_method: 'noaux_tc',
      n_group: 1,
      topk_group: 1,
      attention_value_scale: 0.7,
      layernorm_epsilon: 1e-5,
      partial_rotary_factor: 0.334,
      swa_rope_theta: 10_000,
      ...UNTIED,
    }),
    active: 14_820_985_024,
    kept: { full: [9, 23_040, 0], window: [39, 199_680, 0] },
  },
  // 28 billion in the text model, 3 active. Each sparse layer has 64 narrower experts for pictures.
  {
    name: 'ERNIE-4.5-VL-28B-A3B',
    total: 29_399_294_336,
    basis: 'all_logical',
    config: {
      model_type: 'ernie4_5_vl_moe',
      image_token_id: 100_295,
      ...TIED,
      text_config: config('ernie4_5_vl_moe_text', [28, 2560, 20, 4, 12_288, 103_424], ERNIE_VL),
      vision_config: {
        depth: 32,
        hidden_size: 1280,
        in_channels: 3,
        intermediate_size: 5120,
        num_heads: 16,
        patch_size: 14,
        spatial_merge_size: 2,
        temporal_merge_size: 2,
      },
    },
    active: 3_352_150_208,
    kept: { full: [28, 57_344, 0] },
  },
  // 21,825,437,888 and one module: a dense layer, two norms, and the matrix that joins two streams.
  {
    name: 'ERNIE-4.5-21B-A3B with its prediction module',
    total: 21_948_655_808,
    basis: 'all_logical',
    config: config('ernie4_5_moe', [28, 2560, 20, 4, 12_288, 103_424], {
      use_bias: false,
      moe_num_experts: 64,
      moe_num_shared_experts: 2,
      moe_k: 6,
      moe_intermediate_size: 1536,
      moe_layer_start_index: 1,
      moe_layer_end_index: -1,
      moe_layer_interval: 1,
      num_nextn_predict_layers: 1,
    }),
    active: 3_352_150_208,
    kept: { full: [28, 57_344, 0] },
  },
];
