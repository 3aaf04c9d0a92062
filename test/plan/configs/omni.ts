import { config, qwenVision, type RecentConfig } from './shapes.ts';

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

/** Qwen3-Omni, with and without what makes speech of its answers. */
export const OMNI: readonly RecentConfig[] = [
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
];
