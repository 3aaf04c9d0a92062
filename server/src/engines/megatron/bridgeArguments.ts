import { type ArgumentTable, argumentsOf } from '../argument.ts';
import { BRIDGE_BEYOND } from './bridgeArgumentsBeyond.ts';
import { BRIDGE_WITHOUT_EFFECT } from './bridgeArgumentsWithoutEffect.ts';

/** How the model is split over GPUs, and how a step runs. */
const DEPLOYMENT = argumentsOf(
  'plan',
  `
  num_gpus, -ng                                     integer
  gpu, -g                                           text [h100 b200 b300 gb200 gb300 vr200 r100]
  gpus_per_node, -gn                                integer
  model_recipe_name, -mr                            text
  model_family_name, -m                             text
  task                                              text [pretrain sft lora]
  compute_dtype, -c                                 text [bf16 fp8_cs fp8_mx fp8_sc nvfp4]
  optimizer_type                                    text
  model.tensor_model_parallel_size, tensor_model_parallel_size, -tp integer
  model.pipeline_model_parallel_size, pipeline_model_parallel_size, -pp integer
  model.context_parallel_size, context_parallel_size, -cp integer
  model.virtual_pipeline_model_parallel_size, virtual_pipeline_model_parallel_size, -vp integer
  model.expert_model_parallel_size, expert_model_parallel_size, -ep integer
  model.expert_tensor_parallel_size, expert_tensor_parallel_size, -et integer
  model.sequence_parallel                           switch
  model.pipeline_model_parallel_layout, pipeline_model_parallel_layout text
  model.num_layers_in_first_pipeline_stage          integer
  model.num_layers_in_last_pipeline_stage           integer
  dist.use_tp_pp_dp_mapping                         switch
  dist.use_megatron_fsdp                            switch
  dist.use_torch_fsdp2                              switch
  ddp.use_megatron_fsdp, use_megatron_fsdp, ddp.use_custom_fsdp switch
  ddp.data_parallel_sharding_strategy               text [no_shard optim optim_grads optim_grads_params]
  ddp.use_distributed_optimizer                     switch
  ddp.num_distributed_optimizer_instances           integer
  ddp.overlap_grad_reduce                           switch
  ddp.overlap_param_gather                          switch
  ddp.grad_reduce_in_fp32                           switch
  ddp.fp8_param_gather                              switch
  ddp.fp4_param_gather                              switch
  comm_overlap.tp_comm_overlap                      switch
  comm_overlap.overlap_grad_reduce                  switch
  comm_overlap.overlap_param_gather                 switch
  model.tp_comm_overlap                             switch
  model.recompute_granularity                       text [full selective]
  model.recompute_modules, recompute_modules        text
  model.moe_layer_recompute                         switch
  model.moe_token_dispatcher_type                   text [allgather alltoall alltoall_seq flex]
  model.moe_enable_deepep                           switch
  model.moe_flex_dispatcher_backend, moe_flex_dispatcher_backend text [deepep deepepv2 hybridep ncclep None]
  model.moe_shared_expert_overlap                   switch
  model.fine_grained_activation_offloading          switch
  model.offload_modules                             json
  model.cpu_offloading_num_layers, activation_offload_layers, -ol integer
  model.attention_backend                           text
  model.cross_entropy_loss_fusion                   switch
  model.moe_grouped_gemm                            switch
  model.use_transformer_engine_op_fuser             switch
  model.bf16                                        switch
  model.fp16                                        switch
  model.fp8                                         text [e4m3 hybrid]
  model.fp8_recipe                                  text [tensorwise delayed mxfp8 blockwise custom]
  model.fp8_param                                   switch
  model.fp4                                         text [e2m1]
  model.fp4_recipe                                  text [nvfp4 custom]
  model.fp4_param                                   switch
  mixed_precision                                   text
  mixed_precision.fp32                              switch
  mixed_precision.bf16                              switch
  mixed_precision.fp16                              switch
  mixed_precision.fp8                               text [e4m3 hybrid]
  mixed_precision.fp8_recipe                        text [tensorwise delayed mxfp8 blockwise custom]
  mixed_precision.fp8_param                         switch
  mixed_precision.fp8_param_gather                  switch
  mixed_precision.fp4                               text [e2m1]
  mixed_precision.fp4_recipe                        text [nvfp4 custom]
  mixed_precision.fp4_param                         switch
  mixed_precision.fp4_param_gather                  switch
  mixed_precision.grad_reduce_in_fp32               switch
  optimizer                                         json
  optimizer.optimizer                               text
  optimizer.use_distributed_optimizer               switch
  optimizer.optimizer_cpu_offload                   switch
  optimizer.use_precision_aware_optimizer           switch
  optimizer.main_grads_dtype                        text
  optimizer.main_params_dtype                       text
  optimizer.exp_avg_dtype                           text
  optimizer.exp_avg_sq_dtype                        text
  peft                                              json
  peft.*                                            text
  train.global_batch_size, global_batch_size, -gb   integer
  train.micro_batch_size, micro_batch_size, -mb     integer
  model.seq_length, seq_length, -sl                 integer
  dataset.seq_length, dataset.sequence_length       integer
  model.hidden_dropout                              number
  model.attention_dropout                           number
  `,
);

/** The model, where it differs from its recipe's. */
const MODEL = argumentsOf(
  'plan',
  `
  model.num_layers, num_layers                      integer
  model.hidden_size, hidden_size                    integer
  first_k_dense_replace                             integer
  model.ffn_hidden_size                             integer
  model.num_attention_heads                         integer
  model.num_query_groups                            integer
  model.kv_channels                                 integer
  model.window_size                                 json
  model.window_attn_skip_freq                       json
  model.vocab_size                                  integer
  model.make_vocab_size_divisible_by                integer
  model.share_embeddings_and_output_weights         switch
  model.gated_linear_unit                           switch
  model.add_bias_linear                             switch
  model.add_qkv_bias                                switch
  model.qk_layernorm                                switch
  model.attention_output_gate                       switch
  model.mtp_num_layers                              integer
  model.multi_latent_attention                      switch
  model.q_lora_rank                                 integer
  model.kv_lora_rank                                integer
  model.qk_head_dim                                 integer
  model.qk_pos_emb_head_dim                         integer
  model.v_head_dim                                  integer
  model.num_moe_experts                             integer
  model.moe_layer_freq                              json
  model.moe_ffn_hidden_size                         integer
  model.moe_shared_expert_intermediate_size         integer
  model.moe_router_topk                             integer
  model.moe_router_num_groups                       integer
  model.moe_router_group_topk                       integer
  model.moe_router_topk_limited_devices             integer
  model.experimental_attention_variant              text [gated_delta_net dsa dsv4_hybrid]
  model.linear_attention_type                       text
  model.linear_attention_freq                       json
  model.linear_conv_kernel_dim                      integer
  model.linear_key_head_dim                         integer
  model.linear_value_head_dim                       integer
  model.linear_num_key_heads                        integer
  model.linear_num_value_heads                      integer
  model.dsa_indexer_n_heads                         integer
  model.dsa_indexer_head_dim                        integer
  model.dsa_indexer_topk                            integer
  model.is_hybrid_model                             switch
  model.hybrid_layer_pattern                        text
  model.hybrid_override_pattern                     text
  model.hybrid_attention_ratio                      number
  model.hybrid_mlp_ratio                            number
  model.mamba_state_dim                             integer
  model.mamba_head_dim                              integer
  model.mamba_num_groups                            integer
  model.mamba_num_heads                             integer
  `,
);

/**
 * The overrides that Megatron-Bridge's recipes take (`model.x=1`, and `cfg.model.x = 1` in Python), and the options of
 * `scripts/performance` that set the same fields as other spellings of them. A recipe gives the fields that an override does not.
 */
export const BRIDGE_ARGUMENTS: ArgumentTable = {
  source:
    'Megatron-Bridge main of 2026: src/megatron/bridge/training/config.py (003e863a), comm_overlap.py (0685ff5d), mixed_precision.py (05097809), scripts/performance/argument_parser.py (00110641); Megatron-LM megatron/core/transformer/transformer_config.py (002526d8), model_parallel_config.py (02aa3ee4), optimizer/optimizer_config.py (0075637c), distributed/distributed_data_parallel_config.py (00119989)',
  arguments: [...DEPLOYMENT, ...MODEL, ...BRIDGE_BEYOND, ...BRIDGE_WITHOUT_EFFECT],
};
