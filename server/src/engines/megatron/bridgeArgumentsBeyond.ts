import { argumentsOf } from '../argument.ts';

/** Fields of Megatron-Bridge's `model` that change memory or time, and that a plan cannot state. */
const MODEL = argumentsOf(
  'beyond',
  `
  model.account_for_embedding_in_pipeline_split     switch : counts the embedding as a layer when layers are split over stages
  model.account_for_loss_in_pipeline_split          switch : counts the loss as a layer when layers are split over stages
  model.microbatch_group_size_per_vp_stage          integer : micro-batches that run on one chunk before the next: order, bubble and held activations
  model.overlap_p2p_comm                            switch : transfers between stages run beside computation
  model.overlap_p2p_comm_warmup_flush               switch : transfers between stages run beside computation at both ends of a step too
  model.batch_p2p_comm                              switch : sends and receives between stages go in one batch
  model.batch_p2p_sync                              switch : waits after transfers between stages
  model.use_ring_exchange_p2p                       switch : kernel that sends activations between stages
  model.variable_seq_lengths                        switch : stages send each other the shapes first
  model.pipeline_model_parallel_comm_backend        text [nccl ucc] : library that sends activations between stages
  model.deallocate_pipeline_outputs                 switch : frees the output of a stage once it is sent
  model.defer_embedding_wgrad_compute               switch : the output projection's weight gradients wait for the end of the pipeline
  model.wgrad_deferral_limit                        integer : micro-batches whose output gradients wait
  model.mtp_standalone                              switch : the layer that drafts is a chunk of its own
  model.num_microbatches_with_partial_activation_checkpoints integer : micro-batches whose layers are not all recomputed
  model.overlap_moe_expert_parallel_comm            switch : exchanges of experts run beside another micro-batch's computation
  model.delay_wgrad_compute                         switch : weight gradients move behind the exchanges of experts
  model.overlap_dispatch_backward_with_experts_wgrad switch : weight gradients of experts run beside the backward exchange
  model.ep_overlap_early_attn_memory_release        switch : frees attention's activations earlier, and leaves exchanges exposed
  model.high_priority_a2a_comm_stream               switch : priority of the stream of exchanges
  model.recompute_method                            text [uniform block] : which layers are recomputed in full: units of all, or some of each stage
  model.distribute_saved_activations                switch : checkpoints of recomputed layers are split over the tensor group
  model.mhc_recompute_layer_num                     integer : layers whose hyper-connections are recomputed together
  model.tp_comm_overlap_cfg                         text : SMs and chunks of each overlapped tensor exchange
  model.tp_comm_overlap_ag                          switch : all-gathers of the tensor group overlap
  model.tp_comm_overlap_rs                          switch : reduce-scatters of the tensor group overlap
  model.tp_comm_overlap_rs_dgrad                    switch : reduce-scatters overlap with gradients of activations
  model.tp_comm_bulk_dgrad                          switch : all-gathers overlap with gradients of activations
  model.tp_comm_bulk_wgrad                          switch : reduce-scatters overlap with gradients of weights
  model.tp_comm_split_ag                            switch : all-gathers of the forward pass overlap
  model.tp_comm_split_rs                            switch : reduce-scatters of the forward pass overlap
  model.tp_comm_atomic_ag                           switch : all-gathers overlap
  model.tp_comm_atomic_rs                           switch : reduce-scatters overlap
  model.tp_comm_overlap_disable_qkv                 switch : no overlap at the projection of queries, keys and values
  model.tp_comm_overlap_disable_fc1                 switch : no overlap at the first projection of the network
  model.tp_comm_bootstrap_backend                   text [nccl mpi gloo] : library that sets up the overlapped tensor exchanges
  model.cp_comm_type                                text : exchange of context parallelism: p2p, a2a, allgather or a2a+p2p
  model.hierarchical_context_parallel_sizes         text : levels of context parallelism's groups
  model.hybrid_context_parallel                     switch : context-parallel groups of the size that each sequence needs
  model.dynamic_context_parallel                    switch : context-parallel groups of the size that each sequence needs
  model.max_seqlen_per_dp_cp_rank                   integer : tokens that a rank of a packed sequence takes
  model.sequence_packing_scheduler                  text : packs sequences of different length
  model.thd_max_packed_sequences                    integer : sequences that a packed micro-batch can hold
  model.cp_partition_mode                           text [zigzag contiguous] : which tokens a context-parallel rank takes
  model.linear_cp_mode                              text [chunkwise headwise] : exchange of context parallelism in linear attention
  model.tensor_parallel_num_weight_shards           integer : splits weights beyond the tensor group and gathers them in each pass
  model.cpu_offloading                              switch : activations lie on the host
  model.cpu_offloading_activations                  switch : whether activations are offloaded
  model.cpu_offloading_weights                      switch : weights lie on the host
  model.cpu_offloading_double_buffering             switch : two buffers for activations that come back
  model.cpu_offloading_retain_pinned_cpu_buffers    switch : keeps the host's buffers between steps
  model.min_offloaded_tensor_size                   integer : smallest activation that is offloaded
  model.delay_offload_until_cuda_graph              switch : activations are offloaded beside the next CUDA graph
  model.delta_offload_bytes_across_pp_ranks         integer : bytes less that each next stage offloads
  model.activation_offload_fraction                 number : part of the chosen activations that is offloaded
  model.fine_grained_offloading_max_inflight_offloads integer : transfers to the host that run at once
  model.activation_func_fp8_input_store             switch : holds the input of the activation function in fp8
  model.moe_paged_stash                             switch : holds activations of experts in pages
  model.moe_paged_stash_page_size                   integer : tokens of such a page
  model.moe_paged_stash_buffer_size_factor_cuda     number : size of the buffer of pages on the GPU
  model.moe_paged_stash_buffer_size_factor_cpu      number : size of the buffer of pages on the host
  model.moe_single_grouped_weight                   switch : weights of a rank's experts are one tensor
  model.moe_single_grouped_bias                     switch : biases of a rank's experts are one tensor
  model.moe_shared_expert_gate                      switch : a gate for the shared experts
  model.moe_latent_size                             integer : experts work on a projection of this size
  model.moe_deepep_num_sms                          integer : SMs of DeepEP's exchange
  model.moe_hybridep_num_sms                        integer : SMs of HybridEP's exchange
  model.moe_flex_dispatcher_num_sms                 integer : SMs of the exchange of experts
  model.moe_hybridep_num_blocks_permute             integer : blocks that reorder tokens
  model.moe_hybridep_num_blocks_unpermute           integer : blocks that put tokens back
  model.moe_hybridep_num_sms_preprocessing          integer : SMs that count tokens for HybridEP
  model.moe_hybridep_pad_variable_tokens            switch : pads ranks of different token counts
  model.moe_permute_fusion_into_hybridep            switch : HybridEP reorders tokens itself
  model.moe_ncclep_static_shape                     switch : experts get a buffer of fixed size
  model.moe_ncclep_use_symm_mem                     switch : buffers of the exchange are symmetric memory
  model.moe_permute_fusion                          switch : kernel that reorders tokens
  model.moe_router_fusion                           switch : kernel of the router
  model.moe_router_dtype                            text [fp32 fp64] : type of the router
  model.moe_router_load_balancing_type              text : how evenly experts are chosen: aux_loss, seq_aux_loss, global_aux_loss, sinkhorn, none
  model.moe_router_force_load_balancing             switch : experts are chosen at random, so evenly
  model.moe_router_force_biased                     number : experts are chosen unevenly on purpose
  model.moe_router_padding_for_fp8                  switch : pads the tokens of each expert to a multiple
  model.moe_router_padding_for_quantization         switch : pads the tokens of each expert to a multiple
  model.moe_n_hash_layers                           integer : first layers choose experts by a table, without a router
  model.moe_enable_routing_replay                   switch : keeps the choice of experts
  model.moe_expert_capacity_factor                  number : tokens beyond it are dropped for an expert
  model.moe_expert_rank_capacity_factor             number : tokens beyond it are dropped for a rank
  model.moe_pad_expert_input_to_capacity            switch : pads every expert to its capacity
  model.moe_token_dropping                          switch : drops tokens beyond an expert's capacity
  model.moe_mlp_glu_interleave_size                 integer : layout of gates for a fused kernel of experts
  model.moe_shared_expert_glu_interleave_size       integer : layout of gates for a fused kernel of shared experts
  model.use_grouped_gemm_for_shared_expert          switch : fused kernel of shared experts
  model.use_grouped_gemm_for_dense_mlp              switch : fused kernel of dense networks
  model.use_mok_megakernel                          switch : one kernel for exchange and experts
  model.mok_*                                       text : chunks and SMs of the one kernel for exchange and experts
  model.transformer_impl                            text [local transformer_engine inference_optimized] : kernels of layers
  model.use_kitchen                                 switch : kernels and types of another library
  model.use_kitchen_attention                       switch : attention of another library
  model.kitchen_attention_backend                   text [sdpa fa] : kernel of that attention
  model.quant_recipe                                json : types of each layer
  model.fallback_to_eager_attn                      switch : attention holds the whole score matrix
  model.dsa_kernel_backend                          text [none tilelang cudnn] : kernel of sparse attention
  model.apply_dsa_kernel_fusion                     switch : kernel of sparse attention
  model.dsa_indexer_topk_freq                       integer : layers that share a choice of tokens
  model.dsa_indexer_skip_topk_offset                integer : first layer that shares a choice of tokens
  model.dsa_indexer_loss_coeff                      number : a loss of the indexer, which holds its scores
  model.dsa_indexer_use_sparse_loss                 switch : the loss of the indexer sees chosen tokens only
  model.csa_window_size                             integer : window of compressed sparse attention
  model.csa_compress_ratios                         text : tokens that each layer compresses into one
  model.csa_dense_mode                              switch : compressed attention without a choice of tokens
  model.gdn_pre_gated_delta_rule_fusion             switch : kernel before linear attention
  model.gdn_conv_pad_alignment                      integer : pads sequences of linear attention
  model.enable_hyper_connections                    switch : several residual streams
  model.num_residual_streams                        integer : residual streams
  model.use_fused_mhc                               switch : kernel of residual streams
  model.mamba_training_ssm_states_dtype             text : type of the states that training of Mamba holds
  model.use_mamba_mem_eff_path                      switch : Mamba holds less
  model.head_wise_attn_gate                         switch : a gate for each head
  model.masked_softmax_fusion                       switch : softmax is one kernel
  model.bias_activation_fusion                      switch : bias and activation are one kernel, and hold less
  model.bias_dropout_fusion                         switch : bias and dropout are one kernel
  model.apply_rope_fusion                           switch : rotary embedding is one kernel
  model.fused_single_qkv_rope                       switch : kernel of the rotary embedding
  model.fused_residual_rmsnorm                      switch : norm and residual are one kernel in the backward pass
  model.use_fused_weighted_squared_relu             switch : kernel of the activation function
  model.use_te_activation_func                      switch : kernel of the activation function
  model.persist_layer_norm                          switch : kernel of norms
  model.memory_efficient_layer_norm                 switch : norms hold their output, not their input
  model.gradient_accumulation_fusion                switch : weight gradients are added by the product itself
  model.cross_entropy_fusion_impl                   text [native te] : kernel of the fused loss
  model.clone_scatter_output_in_embedding           switch : frees the embedding's whole output
  model.mlp_chunks_for_training                     integer : the network runs in parts of the sequence
  model.fp32_residual_connection                    switch : the residual stream is fp32
  model.attention_softmax_in_fp32                   switch : softmax is fp32
  model.disable_parameter_transpose_cache           switch : transposes weights anew in each step
  model.fp8_wgrad                                   switch : weight gradients are computed in fp8
  model.fp8_output_proj                             switch : the output projection is computed in fp8
  model.fp8_dot_product_attention                   switch : attention is computed in fp8
  model.fp8_multi_head_attention                    switch : attention is computed in fp8
  model.tp_only_amax_red                            switch : scales of fp8 are exchanged in the tensor group only
  model.fp8_quantizer_factory                       text : types of a recipe of one's own
  model.fp4_quantizer_factory                       text : types of a recipe of one's own
  model.first_last_layers_bf16                      switch : first and last layers stay in bf16
  model.num_layers_at_start_in_bf16                 integer : first layers that stay in bf16
  model.num_layers_at_end_in_bf16                   integer : last layers that stay in bf16
  model.disable_bf16_reduced_precision_matmul       switch : products in bf16 are added in full precision
  model.params_dtype                                text : type of weights
  model.pipeline_dtype                              text : type that stages send
  model.enable_autocast                             switch : casts around the forward pass
  model.autocast_dtype                              text : type of these casts
  model.enable_cuda_graph                           switch : captures graphs, which hold their buffers
  model.external_cuda_graph                         switch : captures graphs, which hold their buffers
  model.cuda_graph_modules                          text : what graphs capture
  model.cuda_graph_use_single_mempool               switch : graphs share their buffers
  model.cuda_graph_retain_backward_graph            switch : graphs hold more of the backward pass
  model.cuda_graph_dynamic_microbatches             switch : graphs for every number of micro-batches
  model.deterministic_mode                          switch : slower kernels with equal results
  model.batch_invariant_mode                        switch : slower kernels with equal results
  model.log_max_attention_logit                     switch : computes the largest score of attention
  model.use_cpu_initialization                      switch : weights start on the host
  model.init_model_with_meta_device                 switch : weights take no memory before they are sharded
  model.heterogeneous_block_specs                   switch : layers of different shape
  model.inference_*                                 text : inference of Megatron itself
  model.flash_decode                                switch : inference of Megatron itself
  model.symmetric_ar_type                           text [two_shot one_shot multimem_all_reduce] : inference of Megatron itself
  model.nccl_all_reduce_for_prefill                 switch : inference of Megatron itself
  model.use_inference_optimized_layers              switch : inference of Megatron itself
  model.mlp_chunks_for_prefill                      integer : inference of Megatron itself
  model.moe_pad_experts_for_cuda_graph_inference    switch : inference of Megatron itself
  model.cache_mla_latents                           switch : inference of Megatron itself
  model.mla_down_proj_fusion                        switch : kernel of MLA's down-projections
  model.should_pad_vocab                            switch : pads the vocabulary
  model.recompute_num_layers, recompute_num_layers, -rl integer : layers of a recomputed unit, or recomputed layers of a stage
  model.cuda_graph_impl, cuda_graph_impl            text [none local transformer_engine full_iteration] : captures graphs, which hold their buffers
  model.cuda_graph_scope, cuda_graph_scope          text : what graphs capture
  model.dense_grouped_gemm                          switch : fused kernel of dense networks
  `,
);

/** Fields of its other blocks, and options of its scripts. */
const OTHERS = argumentsOf(
  'beyond',
  `
  comm_overlap                                      json : which exchanges run beside computation
  comm_overlap.tp_comm_overlap_cfg                  json : SMs and chunks of each overlapped tensor exchange
  comm_overlap.tp_comm_bootstrap_backend            text : library that sets up the overlapped tensor exchanges
  comm_overlap.overlap_p2p_comm                     switch : transfers between stages run beside computation
  comm_overlap.batch_p2p_comm                       switch : sends and receives between stages go in one batch
  comm_overlap.overlap_param_gather_with_optimizer_step switch : the first bucket of parameters is gathered beside the optimizer
  comm_overlap.align_param_gather                   switch : stages gather parameters together
  comm_overlap.bucket_size                          integer : parameters that are exchanged at once
  comm_overlap.defer_embedding_wgrad_compute        switch : the output projection's weight gradients wait for the end of the pipeline
  comm_overlap.wgrad_deferral_limit                 integer : micro-batches whose output gradients wait
  comm_overlap.overlap_moe_expert_parallel_comm, moe_a2a_overlap switch : exchanges of experts run beside another micro-batch's computation
  comm_overlap.delay_wgrad_compute                  switch : weight gradients move behind the exchanges of experts
  comm_overlap.data_parallel_size                   integer : replicas, where they are not derived
  ddp                                               json : how gradients are exchanged
  ddp.align_param_gather                            switch : stages gather parameters together
  ddp.bucket_size                                   integer : parameters that are exchanged at once
  ddp.pad_buckets_for_high_nccl_busbw               switch : pads gradient buckets to a power of two
  ddp.reduce_scatter_with_fp32_accumulation         switch : gradients travel in low precision by an all-to-all, and are added in fp32
  ddp.average_in_collective                         switch : gradients are averaged by the collective
  ddp.gradient_reduce_div_fusion                    switch : division of gradients is part of the exchange
  ddp.reuse_grad_buf_for_mxfp8_param_ag             switch : gathered mxfp8 weights lie in the buffer of gradients
  ddp.suggested_communication_unit_size             integer : elements that FSDP exchanges at once, and how far it reads ahead
  ddp.preserve_fp32_weights                         switch : FSDP holds weights in fp32 too
  ddp.keep_fp8_transpose_cache                      switch : holds transposed fp8 weights beside the weights
  ddp.nccl_ub, nccl_ub                              switch : exchange buffers are registered with NCCL: fewer SMs, more memory
  ddp.disable_symmetric_registration                switch : registered buffers are not symmetric
  ddp.fsdp_double_buffer                            switch : holds two buffers for gathered parameters
  ddp.outer_dp_sharding_strategy                    text [no_shard optim optim_grads optim_grads_params] : what the outer data-parallel group of FSDP shards
  ddp.delay_wgrad_compute                           switch : weight gradients move behind the exchanges of experts
  ddp.check_for_nan_in_grad                         switch : looks for NaN in gradients
  ddp.check_for_large_grads                         switch : looks for large gradients
  ddp.param_name_patterns_for_fp32_local_accumulation json : weights whose gradients are added in fp32
  mixed_precision.params_dtype                      text : type of weights
  mixed_precision.pipeline_dtype                    text : type that stages send
  mixed_precision.autocast_dtype                    text : type of casts around the forward pass
  mixed_precision.autocast_enabled                  switch : casts around the forward pass
  mixed_precision.first_last_layers_bf16            switch : first and last layers stay in bf16
  mixed_precision.num_layers_at_start_in_bf16       integer : first layers that stay in bf16
  mixed_precision.num_layers_at_end_in_bf16         integer : last layers that stay in bf16
  mixed_precision.fp8_wgrad                         switch : weight gradients are computed in fp8
  mixed_precision.fp8_dot_product_attention         switch : attention is computed in fp8
  mixed_precision.fp8_multi_head_attention          switch : attention is computed in fp8
  mixed_precision.reuse_grad_buf_for_mxfp8_param_ag switch : gathered mxfp8 weights lie in the buffer of gradients
  optimizer.store_param_remainders                  switch : the optimizer holds half of each fp32 weight
  optimizer.use_layer_wise_distributed_optimizer    switch : whole layers of an optimizer lie on different ranks
  optimizer.overlap_param_gather                    switch : parameters are gathered beside the forward pass
  optimizer.overlap_param_gather_with_optimizer_step switch : the first bucket of parameters is gathered beside the optimizer
  optimizer.reuse_grad_buf_for_mxfp8_param_ag       switch : gathered mxfp8 weights lie in the buffer of gradients
  optimizer.params_dtype                            text : type of weights
  optimizer.fp8_recipe                              text : types of the optimizer's copy
  optimizer.bf16                                    switch : type of weights
  optimizer.fp16                                    switch : type of weights
  optimizer.optimizer_offload_fraction              number : part of the optimizer that lies on the host
  optimizer.use_torch_optimizer_for_cpu_offload     switch : optimizer that runs on the host
  optimizer.overlap_cpu_optimizer_d2h_h2d           switch : transfers of an optimizer on the host overlap with its step
  optimizer.pin_cpu_grads                           switch : gradients on the host are pinned
  optimizer.pin_cpu_params                          switch : weights on the host are pinned
  optimizer.offload_optimizer_states                switch : the optimizer's moments lie on the host between steps
  optimizer.optimizer_cuda_graph                    switch : captures the optimizer's step
  optimizer.log_num_zeros_in_grad                   switch : counts zeros of gradients
  optimizer.muon_num_ns_steps                       integer : products that each step of Muon takes
  optimizer.muon_tp_mode                            text [blockwise duplicated distributed] : how Muon computes split weights
  optimizer.muon_fp32_matmul_prec                   text [low medium high] : precision of Muon's products
  optimizer.soap_precondition_frequency             integer : steps between SOAP's decompositions
  train.rampup_batch_size                           json : the batch grows during the first samples
  train.step_batch_size_schedule                    json : the batch grows in steps
  train.decrease_batch_size_if_needed               switch : the batch shrinks to what GPUs divide
  train.empty_unused_memory_level                   integer [0 1 2] : returns cached memory in each step
  train.train_sync_interval                         integer : steps between waits of the host for the GPU
  train.manual_gc                                   switch : Python frees memory on all ranks at once
  train.manual_gc_interval                          integer : steps between these
  train.check_optimizer_step_success                switch : waits for the optimizer's answer
  dist.use_sharp                                    switch : switches add gradients up
  dist.sharp_enabled_group                          text [dp dp_replica] : group whose gradients switches add up
  dist.nccl_communicator_config_path                text : SMs of NCCL's groups
  dist.high_priority_stream_groups                  json : groups whose exchanges run on streams of high priority
  dist.eval_context_parallel_size                   integer : context parallelism of validation
  dataset.packed_sequence_specs, packed_sequence    json : packs sequences of different length
  dataset.packed_sequence_specs.*                   text : packs sequences of different length
  config_variant, -cv                               text : which of a recipe's configurations
  use_tokendrop                                     switch : experts drop tokens beyond their capacity
  deterministic                                     switch : slower kernels with equal results
  lock_gpu_freq, -lgc                               integer : the GPU's clock
  enable_vboost, -vb                                switch : more of the power for products
  custom_env_vars, -ce                              text : environment variables
  env, -E                                           text : an environment variable
  `,
);

export const BRIDGE_BEYOND = [...MODEL, ...OTHERS];
