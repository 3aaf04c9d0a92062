import type { Families } from '../family.ts';

export const families: Families = {
  // Norms of queries and keys in every layer, whatever `use_qk_norm` says.
  hunyuan_v1_dense: {
    qkNorm: 'head',
    names: { head_dim: 'attention_head_dim' },
    only: { use_cla: false, add_classification_head: false },
    irrelevant: `eod_token_id pad_id org_vocab_size cla_share_factor class_num mask_init_id norm_type pool_type
      sep_id bos_id eod_id eos_id im_end_id im_newline_id im_start_id use_rotary_pos_emb position_embedding_xdrope
      enable_lm_head_fp32 text_end_id text_start_id video_end_id video_start_id`,
    known: {
      models: 'Hunyuan 0.5B to 7B',
      stated: { model: 'Hunyuan-7B', total: '7 billion' },
      source: 'transformers, models/hunyuan_v1_dense',
    },
  },
  hunyuan_v1_moe: {
    known: {
      models: 'Hunyuan-A13B',
      published: { model: 'Hunyuan-A13B', total: 80_393_183_232 },
      source: 'transformers, models/hunyuan_v1_moe',
    },
    fewestExperts: 2,
    names: {
      first_k_dense_replace: 'moe_layer_num_skipped',
      num_experts_per_tok: 'moe_topk',
      n_shared_experts: 'num_shared_expert',
      head_dim: 'attention_head_dim',
    },
    only: { use_mixed_mlp_moe: true, use_cla: false, use_mla: false, add_classification_head: false },
    irrelevant: `moe_drop_tokens dense_list group_limited_greedy num_media_embeds skip_cls_token qk_nope_head_dim
      qk_rope_head_dim v_head_dim topk_group cla_share_factor class_num enable_lm_head_fp32 mask_init_id max_seq_len
      moe_random_routing_dropped_token norm_type org_vocab_size pool_type position_embedding_xdrope routed_scaling_factor
      use_rotary_pos_emb sep_id bos_id eod_id eod_token_id pad_id eos_id im_end_id im_newline_id im_start_id vit_add_patchemb_bias vit_input_resolution
      vit_mapping_type vit_norm_type vit_patch vit_path vit_remove_prenorm vit_token vit_type vit_used_rms_norm
      text_end_id text_start_id video_end_id video_start_id`,
  },
  hy_v3: {
    known: { models: 'Hy3', published: { model: 'Hy3', total: 298_786_155_776 }, source: 'transformers, models/hy_v3' },
    qkNorm: 'head',
    routerBias: true,
    names: { n_shared_experts: 'num_shared_experts' },
    defaults: {
      head_dim: 128,
      n_shared_experts: 1,
      num_experts: 192,
      num_experts_per_tok: 8,
      first_k_dense_replace: 1,
    },
    only: { qk_norm: true, moe_router_enable_expert_bias: true },
    refused: (read) =>
      read.has('expert_hidden_dim') && read.optional('expert_hidden_dim') !== read.optional('moe_intermediate_size')
        ? '`expert_hidden_dim` and `moe_intermediate_size` differ; correct one of the two'
        : undefined,
    irrelevant: `moe_router_use_sigmoid route_norm enable_moe_fp32_combine enable_lm_head_fp32
      enable_attention_fp32_softmax use_grouped_mm`,
  },
};
