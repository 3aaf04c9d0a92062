/**
 * Architectures by `model_type`, with what their code fixes and their config has no field for. Each one's parameters,
 * counted from its config, equal the published total; an architecture for which they would not is left out.
 */
export interface Family {
  /** Biases on q, k, v that the config has no field for. */
  readonly qkvBias?: boolean;
  readonly outputBias?: boolean;
  readonly qkNorm?: boolean;
  readonly sinks?: boolean;
  readonly outputGate?: boolean;
  readonly sharedGate?: boolean;
  readonly routerBias?: boolean;
  readonly expertBias?: boolean;
  /** Feed-forward networks of two matrices instead of three. */
  readonly plainFfn?: boolean;
  /** `intermediate_size` is the width of an expert, not of a dense layer. */
  readonly expertsUseFfn?: boolean;
  /** Shared experts that every MoE layer has without saying so, as wide as a routed one. */
  readonly shared?: number;
  /** Prediction modules that the checkpoint has without saying so. */
  readonly mtp?: number;
  /** Every n-th layer attends to everything, the others within chunks of the given field. */
  readonly fullEvery?: number;
}

export const FAMILIES: Readonly<Record<string, Family>> = {
  llama: {},
  mistral: {},
  qwen2: { qkvBias: true, outputBias: false },
  qwen3: { qkNorm: true },
  mixtral: { expertsUseFfn: true },
  dbrx: { expertsUseFfn: true },
  granitemoe: { expertsUseFfn: true },
  jamba: {},
  deepseek: {},
  deepseek_v2: {},
  deepseek_v3: { routerBias: true },
  deepseek_v32: { routerBias: true },
  kimi_k2: { routerBias: true },
  glm4_moe: { routerBias: true, outputBias: false },
  glm_moe_dsa: { routerBias: true },
  qwen2_moe: { qkvBias: true, outputBias: false, sharedGate: true },
  qwen3_moe: { qkNorm: true },
  qwen3_next: { qkNorm: true, outputGate: true, sharedGate: true, mtp: 1 },
  qwen3_5_moe_text: { qkNorm: true, outputGate: true, sharedGate: true },
  gpt_oss: { sinks: true, qkvBias: true, outputBias: true, routerBias: true, expertBias: true, expertsUseFfn: true },
  // The Llama 4 norm of queries and keys has no weights. Every fourth layer attends to everything (Meta's model card).
  llama4_text: { shared: 1, fullEvery: 4 },
  minimax_text_01: { expertsUseFfn: true },
  nemotron_h: { plainFfn: true, routerBias: true },
};

/** Outer architectures that wrap a text model and a vision tower. */
export const WRAPPERS: ReadonlySet<string> = new Set(['llama4', 'kimi_k25', 'qwen3_5_moe']);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Fields that change neither shapes nor stored bytes. Names that start with `_` are notes. */
const IRRELEVANT: ReadonlySet<string> = new Set([
  ...words(`architectures model_type auto_map transformers_version torch_dtype dtype use_cache pretraining_tp ep_size
    attention_dropout emb_pdrop resid_pdrop embd_pdrop hidden_dropout aux_loss_alpha seq_aux router_aux_loss_coef
    router_jitter_noise initializer_range initial_context_length max_position_embeddings max_window_layers max_seq_len
    hidden_act mamba_hidden_act mlp_hidden_act swiglu_limit rms_norm_eps norm_eps layer_norm_epsilon
    norm_topk_prob output_router_logits routed_scaling_factor scoring_func topk_method experts_per_token
    partial_rotary_factor rotary_dim rope_parameters rope_scaling rope_theta rope_interleave indexer_rope_interleave
    qk_head_dim use_sliding_window num_experts_per_token unsloth_fixed attention_multiplier embedding_multiplier
    logits_scaling residual_multiplier num_logits_to_keep postnorm shared_moe_mode`),
  // State-space layers: how they compute, not what they hold.
  ...words(`chunk_size rescale_prenorm_residual residual_in_fp32 time_step_floor time_step_max time_step_min
    time_step_limit use_mamba_kernels mamba_ssm_dtype`),
  // What every Hugging Face config may carry: generation, labels, tokens.
  ...words(`bos_token_id eos_token_id pad_token_id sep_token_id decoder_start_token_id bad_words_ids
    begin_suppress_tokens suppress_tokens forced_bos_token_id forced_eos_token_id add_cross_attention
    cross_attention_hidden_size chunk_size_feed_forward diversity_penalty do_sample early_stopping
    encoder_no_repeat_ngram_size exponential_decay_length_penalty finetuning_task id2label label2id is_decoder
    is_encoder_decoder length_penalty max_length min_length no_repeat_ngram_size num_beam_groups num_beams
    num_return_sequences output_attentions output_hidden_states output_scores prefix problem_type pruned_heads
    remove_invalid_values repetition_penalty return_dict return_dict_in_generate task_specific_params temperature
    tf_legacy_loss tie_encoder_decoder tokenizer_class top_k top_p torchscript typical_p use_bfloat16`),
  // Of models that read images.
  ...words(`ignore_index image_token_id image_token_index video_token_id vision_start_token_id vision_end_token_id
    boi_token_index eoi_token_index media_placeholder_token_id video_placeholder use_unified_vision_chunk`),
]);

export function isIrrelevant(field: string): boolean {
  return field.startsWith('_') || IRRELEVANT.has(field);
}
