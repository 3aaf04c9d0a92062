/**
 * Architectures by `model_type`, with what their code fixes and their config has no field for. The parameters that are
 * counted from a config equal a published total to the integer (the tests name it). Arctic and Grok-1 are exceptions: only
 * rounded totals are published for them. An architecture whose count would differ is left out.
 */
export interface Family {
  /** Fields that the architecture names differently: the name that is read here, then its own. */
  readonly names?: Readonly<Record<string, string>>;
  /** Values that the architecture's code uses when a config leaves them out. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Fields that are read with this value only, because another value changes shapes in a way that is not computed. */
  readonly only?: Readonly<Record<string, unknown>>;
  /** Fields of this architecture that have no effect on shapes. */
  readonly irrelevant?: string;
  /** Whether head and embedding share a table when the config does not say. False by default. */
  readonly tied?: boolean;
  /** Norm vectors of a layer with attention and feed-forward network, and after the last layer. 2 and 1 by default. */
  readonly norms?: number;
  readonly finalNorms?: number;
  /** Biases on q, k, v that the config has no field for. */
  readonly qkvBias?: boolean;
  readonly outputBias?: boolean;
  readonly qkNorm?: QkNorm;
  /** What `use_qk_norm` switches on. By default a norm of each head. */
  readonly flaggedQkNorm?: QkNorm;
  readonly sinks?: boolean;
  readonly outputGate?: boolean;
  readonly sharedGate?: boolean;
  readonly routerBias?: boolean;
  readonly expertBias?: boolean;
  /** Biases on dense feed-forward networks. */
  readonly ffnBias?: boolean;
  /** Feed-forward networks of two matrices instead of three. */
  readonly plainFfn?: boolean;
  /** `intermediate_size` is the width of an expert, not of a dense layer. */
  readonly expertsUseFfn?: boolean;
  /** Shared experts, as wide as a routed one, that every MoE layer has although the config does not say so. */
  readonly shared?: number;
  /** A dense network of the hidden width runs beside the experts. */
  readonly residualFfn?: boolean;
  /** A layer has two attentions and two dense networks. The experts stand beside the first dense network. */
  readonly shortcut?: boolean;
  /** Prediction modules that the checkpoint has although the config does not say so. */
  readonly mtp?: number;
  /** Copies of embedding and head in each prediction module of the checkpoint. */
  readonly copiedTables?: number;
  /** Some checkpoints of this architecture store `hidden / heads / 2` rotary frequencies in each layer. */
  readonly storesRotary?: boolean;
  /** Every n-th layer attends to everything. The others attend within windows or chunks. */
  readonly fullEvery?: number;
}

export type QkNorm = 'none' | 'head' | 'all-heads';

const DEEPSEEK_V3: Family = { routerBias: true, copiedTables: 2, storesRotary: true };
const QWEN3_5: Family = { qkNorm: 'head', outputGate: true, sharedGate: true };
const GLM: Family = { outputBias: false, defaults: { head_dim: 128 }, irrelevant: 'rope_ratio' };
const GRANITE: Family = {
  expertsUseFfn: true,
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
};
const MINIMAX_01: Family = {
  expertsUseFfn: true,
  only: { shared_intermediate_size: 0 },
  irrelevant: `layernorm_full_attention_alpha layernorm_full_attention_beta layernorm_linear_attention_alpha
    layernorm_linear_attention_beta layernorm_mlp_alpha layernorm_mlp_beta full_attn_alpha_factor full_attn_beta_factor
    linear_attn_alpha_factor linear_attn_beta_factor mlp_alpha_factor mlp_beta_factor block_size postnorm
    shared_moe_mode`,
};
const GEMMA: Family = { tied: true, defaults: { head_dim: 256 } };
const BAILING: Family = {
  names: { n_shared_experts: 'num_shared_experts', attention_bias: 'use_qkv_bias', attention_out_bias: 'use_bias' },
  irrelevant: `norm_softmax norm_head use_rmsnorm output_dropout multi_gate embedding_dropout router_dtype
    moe_router_enable_expert_bias moe_router_topk_scaling_factor score_function using_split_qkv_in_self_attention`,
};

export const FAMILIES: Readonly<Record<string, Family>> = {
  arctic: {
    norms: 3,
    expertsUseFfn: true,
    residualFfn: true,
    names: { arctic_step: 'moe_layer_frequency' },
    only: { parallel_attn_mlp_res: true, use_residual: true },
    irrelevant: `residual_intermediate_size moe_eval_capacity_factor moe_min_capacity moe_token_dropping
      moe_train_capacity_factor enable_expert_tensor_parallelism moe_use_rts moe_expert_parallel_size`,
  },
  bailing_moe: BAILING,
  bailing_moe_v2: { ...BAILING, routerBias: true },
  cohere: { tied: true, norms: 1, flaggedQkNorm: 'all-heads' },
  cohere2: {
    tied: true,
    norms: 1,
    fullEvery: 4,
    only: { use_parallel_block: true, use_gated_activation: true, use_embedding_sharing: true },
    irrelevant: 'order_of_interleaved_layers position_embedding_type use_parallel_embedding rotary_pct layer_switch',
  },
  dbrx: { expertsUseFfn: true },
  deepseek: {},
  deepseek_v2: {},
  deepseek_v3: DEEPSEEK_V3,
  deepseek_v32: DEEPSEEK_V3,
  dots1: { qkNorm: 'head', routerBias: true },
  ernie4_5: { tied: true, only: { use_bias: false } },
  ernie4_5_moe: {
    tied: true,
    routerBias: true,
    only: { use_bias: false, num_nextn_predict_layers: 0 },
    names: {
      num_experts: 'moe_num_experts',
      num_experts_per_tok: 'moe_k',
      n_shared_experts: 'moe_num_shared_experts',
      first_k_dense_replace: 'moe_layer_start_index',
      last_moe_layer: 'moe_layer_end_index',
      decoder_sparse_step: 'moe_layer_interval',
    },
    irrelevant: `moe_capacity moe_gate moe_use_aux_free moe_norm_min moe_multimodal_dispatch_use_allgather
      moe_group moe_group_experts moe_group_origin moe_all_to_all_dropout fuse_rope fuse_ln fuse_swiglu compression_ratio`,
  },
  exaone4: { qkNorm: 'head', fullEvery: 4 },
  gemma: GEMMA,
  gemma2: { ...GEMMA, norms: 4, fullEvery: 2, irrelevant: 'sliding_window_size' },
  gemma3_text: {
    ...GEMMA,
    norms: 4,
    qkNorm: 'head',
    fullEvery: 6,
    defaults: {
      vocab_size: 262_208,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      head_dim: 256,
      max_position_embeddings: 131_072,
    },
    irrelevant: 'use_bidirectional_attention',
  },
  glm: GLM,
  glm4: { ...GLM, norms: 4 },
  glm4_moe: { ...GLM, routerBias: true, copiedTables: 2 },
  glm4_moe_lite: DEEPSEEK_V3,
  glm_moe_dsa: { routerBias: true },
  gpt2: {
    tied: true,
    norms: 4,
    finalNorms: 2,
    qkvBias: true,
    outputBias: true,
    ffnBias: true,
    plainFfn: true,
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
  gpt_oss: {
    defaults: { head_dim: 64 },
    sinks: true,
    qkvBias: true,
    outputBias: true,
    routerBias: true,
    expertBias: true,
    expertsUseFfn: true,
  },
  granite: {},
  granitemoe: { expertsUseFfn: true },
  granitemoehybrid: GRANITE,
  'grok-1': {
    tied: true,
    norms: 4,
    expertsUseFfn: true,
    only: { norms_per_layer: 4 },
    irrelevant: 'attn_output_multiplier embedding_multiplier_scale output_multiplier_scale max_attn_value',
  },
  hunyuan_v1_moe: {
    names: { num_experts_per_tok: 'moe_topk', n_shared_experts: 'num_shared_expert', head_dim: 'attention_head_dim' },
    only: { use_mixed_mlp_moe: true, use_cla: false, use_mla: false, add_classification_head: false },
    irrelevant: `moe_drop_tokens dense_list group_limited_greedy num_media_embeds skip_cls_token qk_nope_head_dim
      qk_rope_head_dim v_head_dim topk_group cla_share_factor class_num enable_lm_head_fp32 mask_init_id max_seq_len moe_layer_num_skipped
      moe_random_routing_dropped_token norm_type org_vocab_size pool_type position_embedding_xdrope routed_scaling_factor
      use_rotary_pos_emb sep_id bos_id eod_id eod_token_id pad_id eos_id im_end_id im_newline_id im_start_id vit_add_patchemb_bias vit_input_resolution
      vit_mapping_type vit_norm_type vit_patch vit_path vit_remove_prenorm vit_token vit_type vit_used_rms_norm
      text_end_id text_start_id video_end_id video_start_id`,
  },
  internlm2: { names: { attention_bias: 'bias' }, irrelevant: 'attn_implementation' },
  jamba: { only: { mamba_inner_layernorms: true } },
  kimi_k2: { routerBias: true, storesRotary: true },
  kimi_linear: {
    routerBias: true,
    names: {
      num_experts_per_tok: 'num_experts_per_token',
      n_shared_experts: 'num_shared_experts',
      n_group: 'num_expert_group',
    },
    irrelevant: 'mla_use_nope moe_renormalize moe_router_activation_func use_grouped_topk model_max_length',
  },
  llama: { irrelevant: 'rope_type' },
  // Llama 4's norm of queries and keys has no weights. Every fourth layer attends to everything (Meta's model card).
  llama4_text: {
    shared: 1,
    fullEvery: 4,
    flaggedQkNorm: 'none',
    irrelevant: 'no_rope_layer_interval floor_scale attn_scale attn_temperature_tuning for_llm_compressor',
  },
  longcat_flash: {
    routerBias: true,
    shortcut: true,
    mtp: 1,
    copiedTables: 1,
    names: {
      num_hidden_layers: 'num_layers',
      intermediate_size: 'ffn_hidden_size',
      moe_intermediate_size: 'expert_ffn_hidden_size',
      num_experts_per_tok: 'moe_topk',
    },
    only: { router_bias: false, zero_expert_type: 'identity', attention_method: 'MLA' },
    irrelevant: 'mla_scale_q_lora mla_scale_kv_lora',
  },
  minimax_m1: MINIMAX_01,
  // The config names prediction modules that the checkpoint does not have: its published total is reached without them.
  minimax_m2: {
    routerBias: true,
    expertsUseFfn: true,
    flaggedQkNorm: 'all-heads',
    only: { shared_intermediate_size: 0, use_routing_bias: true, qk_norm_type: 'per_layer' },
    irrelevant: `use_mtp mtp_transformer_layers num_mtp_modules attn_type_list layernorm_full_attention_beta
      layernorm_linear_attention_beta layernorm_mlp_beta`,
  },
  minimax_text_01: MINIMAX_01,
  mistral: {},
  mixtral: { expertsUseFfn: true },
  nemotron_h: {
    plainFfn: true,
    routerBias: true,
    names: { head_dim: 'attention_head_dim', latent: 'moe_latent_size' },
    only: { mlp_bias: false, n_group: 1 },
    irrelevant: 'mamba_expand mamba_chunk_size moe_shared_expert_overlap layers_block_type time_step_rank',
  },
  olmo2: { qkNorm: 'all-heads' },
  olmo3: { qkNorm: 'all-heads' },
  olmoe: { qkNorm: 'all-heads', expertsUseFfn: true, irrelevant: 'clip_qkv' },
  phi3: { irrelevant: 'original_max_position_embeddings' },
  phimoe: {
    norms: 4,
    finalNorms: 2,
    expertsUseFfn: true,
    irrelevant: 'input_jitter_noise original_max_position_embeddings',
  },
  qwen2: { qkvBias: true, outputBias: false },
  qwen2_moe: { qkvBias: true, outputBias: false, sharedGate: true },
  qwen3: { qkNorm: 'head', defaults: { head_dim: 128 } },
  qwen3_moe: { qkNorm: 'head' },
  qwen3_next: { ...QWEN3_5, mtp: 1 },
  qwen3_5_text: QWEN3_5,
  qwen3_5_moe_text: QWEN3_5,
  qwen3_vl_text: { qkNorm: 'head' },
  qwen3_vl_moe_text: { qkNorm: 'head' },
  seed_oss: { defaults: { head_dim: 128 } },
  smollm3: { tied: true, irrelevant: 'no_rope_layers no_rope_layer_interval' },
};

/** Outer architectures that wrap a text model and a vision tower. */
export const WRAPPERS: ReadonlySet<string> = new Set([
  'gemma3',
  'kimi_k25',
  'kimi_vl',
  'llama4',
  'mistral3',
  'qwen3_5',
  'qwen3_5_moe',
  'qwen3_vl',
  'qwen3_vl_moe',
]);
