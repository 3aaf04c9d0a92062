function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Fields that change neither shapes nor stored bytes. Names that start with `_` are notes. */
const IRRELEVANT: ReadonlySet<string> = new Set([
  ...words(`architectures model_type auto_map transformers_version torch_dtype dtype use_cache pretraining_tp ep_size
    seq_aux moe_router_dtype router_jitter_noise initial_context_length max_position_embeddings max_seq_len
    hidden_act hidden_activation mamba_hidden_act mlp_hidden_act swiglu_limit norm_topk_prob output_router_logits
    scoring_func topk_method experts_per_token partial_rotary_factor rotary_dim indexer_rope_interleave qk_head_dim
    use_sliding_window num_experts_per_token num_logits_to_keep logit_scale query_pre_attn_scalar cache_implementation
    mamba_ssm_cache_dtype use_mrope dual_chunk_attention_config model_max_length unsloth_fixed unsloth_version name_or_path max_length`),
  // State-space layers: how they compute, not what they hold.
  ...words(`chunk_size rescale_prenorm_residual residual_in_fp32 time_step_floor time_step_max time_step_min
    time_step_limit use_mamba_kernels use_mambapy mamba_ssm_dtype`),
  // What every Hugging Face config may carry: generation, labels, tokens.
  ...words(`bad_words_ids begin_suppress_tokens suppress_tokens add_cross_attention
    cross_attention_hidden_size chunk_size_feed_forward diversity_penalty do_sample early_stopping
    encoder_no_repeat_ngram_size exponential_decay_length_penalty finetuning_task id2label label2id is_decoder
    is_encoder_decoder length_penalty min_length no_repeat_ngram_size num_beam_groups num_beams
    num_return_sequences output_attentions output_hidden_states output_scores prefix problem_type pruned_heads
    remove_invalid_values repetition_penalty return_dict return_dict_in_generate task_specific_params temperature
    tf_legacy_loss tie_encoder_decoder tokenizer_class top_k top_p torchscript typical_p use_bfloat16`),
  // Fields of models that read images.
  ...words(`ignore_index mm_tokens_per_image media_placeholder_token_id video_placeholder use_unified_vision_chunk
    spatial_merge_size vision_feature_layer projector_hidden_act`),
]);

/** Fields that are recognised by how their names begin or end. */
const IRRELEVANT_KINDS: readonly RegExp[] = [
  /^_/,
  /_token(?:_id|_index)?s?$/,
  /(?:^|_)eps(?:ilon)?$/,
  /dropout/,
  /_pdrop$/,
  /_coef$/,
  /_loss_/,
  /^rope_|_rope_theta$|_theta$|_base_freq$/,
  /^(?:initializer|init)_/,
  /^aux_loss/,
  /_scaling(?:_factor)?$|^logits_scaling$/,
  /_softcapping$/,
  /(?<!ffn_dim)_multiplier$/,
];

/** A field that speaks of a size is judged by its whole name alone, however that begins or ends. */
const SPEAKS_OF_SIZE = /(?:^|_)(?:dim|size|rank|width|height|num|heads|layers|experts)(?:_|$)/;

/** Fields of vision towers that change none of their parameters: heads share one width. */
const IRRELEVANT_TO_TOWERS: ReadonlySet<string> = new Set(
  words('num_heads num_attention_heads head_dim hidden_act attention_dropout'),
);

/** Whether a field changes neither shapes nor stored bytes. The fields of nested objects are named with their path. */
export function isIrrelevant(path: string, ofArchitecture: ReadonlySet<string>): boolean {
  const field = path.slice(path.lastIndexOf('.') + 1);
  return (
    IRRELEVANT.has(field) ||
    ofArchitecture.has(field) ||
    (!SPEAKS_OF_SIZE.test(field) && IRRELEVANT_KINDS.some((kind) => kind.test(field))) ||
    (path.includes('vision_config.') && IRRELEVANT_TO_TOWERS.has(field))
  );
}

/** The fields that the declarations of architectures call irrelevant. */
export function irrelevantTo(
  architectures: readonly ({ readonly irrelevant?: string } | undefined)[],
): ReadonlySet<string> {
  return new Set(architectures.flatMap((architecture) => words(architecture?.irrelevant ?? '')));
}
