import { type Argument, argumentsOf } from '../argument.ts';

/** Keys of TensorRT-LLM that change memory or time, and have no word in a plan or are not computed. */
export const TRT_LLM_BEYOND: readonly Argument[] = argumentsOf(
  'beyond',
  `
  backend                                           text [pytorch tensorrt _autodeploy] : another runtime
  model_kwargs                                      json : changes the model that the checkpoint describes
  model_kwargs.*                                    text : changes the model that the checkpoint describes
  quant_config                                      json : number types of single parts of layers
  quant_config.*                                    text : number types of single parts of layers
  force_dynamic_quantization                        switch : weights are quantised at start
  load_format                                       text : dummy loads no weights, others change how long a start takes
  env_overrides                                     json : environment variables of the engine
  env_overrides.*                                   text : an environment variable of the engine
  max_input_len                                     integer : longer prompts are refused
  max_beam_width                                    integer : beams of a request, each with a cache of its own
  gather_generation_logits                          switch : logits of every token are kept
  cp_config                                         json : how context parallel ranks split a sequence
  cp_config.cp_type                                 text : how context parallel ranks split a sequence
  cp_config.block_size                              integer : how context parallel ranks split a sequence
  cp_config.cp_anchor_size                          integer : how context parallel ranks split a sequence
  cp_config.tokens_per_block                        integer : tokens of a page that a context parallel rank holds
  cp_config.use_nccl_for_alltoall                   switch : how context parallel ranks exchange outputs
  cp_config.fifo_version                            integer : how context parallel ranks exchange outputs
  attention_dp_config                               json : how requests fall on ranks of attention
  attention_dp_config.enable_balance                switch : prompts wait for those of other ranks of attention
  attention_dp_config.timeout_iters                 integer : steps that prompts wait for those of other ranks
  attention_dp_config.batching_wait_iters           integer : steps that prompts wait for each other
  attention_dp_config.enable_kv_cache_aware_routing switch : requests go to the rank that has their prefix
  attention_dp_config.kv_cache_routing_load_balance_weight number : how requests fall on ranks of attention
  attention_dp_config.kv_cache_routing_match_rate_threshold number : how requests fall on ranks of attention
  attention_dp_config.kv_cache_routing_fair_share_multiplier number : how requests fall on ranks of attention
  attention_dp_config.kv_cache_routing_cold_start_warmup switch : how requests fall on ranks of attention
  attention_dp_config.kv_cache_routing_account_for_in_transfer switch : how requests fall on ranks of attention
  attention_dp_config.kv_cache_routing_conversation_affinity switch : requests of a conversation stay on a rank
  attention_dp_config.kv_cache_routing_max_sessions integer : conversations that stay on a rank
  attention_dp_config.kv_cache_routing_new_conv_placement text [round_robin least_queued] : how requests fall on ranks of attention
  kv_cache_config.max_gpu_total_bytes               integer : the cache takes no more memory
  kv_cache_config.max_attention_window              json : layers keep only that many tokens
  kv_cache_config.sink_token_length                 integer : first tokens that layers with a window keep
  kv_cache_config.host_cache_size                   integer : blocks of the cache wait in that much of the host's memory
  kv_cache_config.disk_cache_size                   integer : blocks of the cache wait on a disk
  kv_cache_config.disk_prefetch_num_reqs            integer : requests whose blocks come from the disk ahead
  kv_cache_config.secondary_offload_min_priority    integer : which blocks go to the host's memory
  kv_cache_config.cross_kv_cache_fraction           number : share of the cache for cross attention
  kv_cache_config.enable_partial_reuse              switch : parts of blocks are found as prefixes
  kv_cache_config.copy_on_partial_reuse             switch : parts of blocks are found as prefixes
  kv_cache_config.block_reuse_policy                text : which blocks stay for later prompts
  kv_cache_config.block_reuse_config                json : which blocks stay for later prompts
  kv_cache_config.block_reuse_config.policy         text [all_reusable per_request per_conversation] : which blocks stay for later prompts
  kv_cache_config.block_reuse_config.max_num_turns  integer : which blocks stay for later prompts
  kv_cache_config.use_uvm                           switch : the cache lies in memory that host and GPU share
  kv_cache_config.mamba_ssm_cache_dtype             text [auto float16 bfloat16 float32] : number type of the states of linear layers
  kv_cache_config.mamba_state_cache_interval        integer : tokens between kept states of linear layers
  kv_cache_config.mamba_state_config                json : states of linear layers kept for prefixes
  kv_cache_config.mamba_state_config.periodic_snapshot_interval integer : tokens between kept states of linear layers
  kv_cache_config.mamba_state_config.additional_snapshot_offsets_from_start json : states of linear layers kept for prefixes
  kv_cache_config.mamba_state_config.additional_snapshot_offsets_from_end json : states of linear layers kept for prefixes
  kv_cache_config.mamba_state_config.enable_branch_snapshot switch : states of linear layers kept for prefixes
  kv_cache_config.use_kv_cache_manager_v2           text : layers with windows or states have pools of their own
  kv_cache_config.enable_swa_scratch_reuse          switch : layers with a window keep fewer tokens in prefill
  kv_cache_config.max_util_for_resume               number : share of the cache above which no request comes back
  kv_cache_config.enable_kv_pool_rebalance          switch : memory moves between pools of layers
  kv_cache_config.kv_pool_rebalance_*               number : memory moves between pools of layers
  kv_cache_config.fp8_context_mla_kv_len_cap        integer : workspace of latent attention in prefill
  kv_cache_config.pool_ratio                        json : shares of memory of the pools of layers
  kv_cache_config.avg_seq_len                       integer : tokens of a usual request, by which memory is shared between pools
  kv_cache_compression_config                       json : keys and values are dropped or packed
  kv_cache_compression_config.*                     text : keys and values are dropped or packed
  kv_connector_config                               json : blocks of the cache lie in a store too
  kv_connector_config.*                             text : blocks of the cache lie in a store too
  cuda_graph_config.enable_padding, cuda_graph_padding_enabled switch : batches between two captured ones run from the larger
  cuda_graph_config.mode                            text [decode encode] : graphs of an encoder
  cuda_graph_config.num_tokens                      json : graphs of an encoder
  cuda_graph_config.max_num_token                   integer : graphs of an encoder
  cuda_graph_config.seq_lens                        json : graphs of an encoder
  cuda_graph_config.max_seq_len                     integer : graphs of an encoder
  encoder_cuda_graph_config                         json : graphs of an encoder
  encoder_cuda_graph_config.*                       text : graphs of an encoder
  enable_encoder_decoder_mixed_cuda_graph           switch : graphs of an encoder
  encoder_max_batch_size                            integer : requests of a step of an encoder
  encoder_max_num_tokens                            integer : tokens of a step of an encoder
  encode_only                                       switch : prompts are read and nothing is generated
  prefill_cuda_graph_backend                        text [disabled piecewise breakable] : graphs of prefill
  prefill_capture_num_tokens                        json : graphs of prefill
  torch_compile_config                              json : torch.compile builds the model
  torch_compile_config.enable_fullgraph             switch : torch.compile builds the model
  torch_compile_config.enable_inductor              switch : torch.compile builds the model
  torch_compile_config.enable_piecewise_cuda_graph  switch : graphs of prefill
  torch_compile_config.capture_num_tokens           json : graphs of prefill
  torch_compile_config.enable_userbuffers           switch : all-reduce and norm in one kernel
  torch_compile_config.max_num_streams              integer : kernels that run beside each other
  disable_overlap_scheduler                         switch : the next step is prepared between steps instead of beside them
  enable_overlap_scheduler                          switch : the next step is prepared beside this one
  scheduler_config                                  json : the order in which requests run
  scheduler_config.capacity_scheduler_policy        text [MAX_UTILIZATION GUARANTEED_NO_EVICT STATIC_BATCH] : requests start before the cache has room for their outputs, or after
  scheduler_config.context_chunking_policy          text [FIRST_COME_FIRST_SERVED EQUAL_PROGRESS FORCE_CHUNK] : how prompts share a step
  scheduler_config.dynamic_batch_config             json : the batch follows the load
  scheduler_config.dynamic_batch_config.*           text : the batch follows the load
  scheduler_config.enable_prefix_aware_scheduling   switch : the order in which requests run
  scheduler_config.use_python_scheduler             switch : the order in which requests run
  scheduler_config.waiting_queue_policy             text [fcfs priority] : the order in which requests run
  reorder_policy_config                             json : the order in which requests run
  reorder_policy_config.*                           text : the order in which requests run
  agent_percentage                                  number : the order in which requests run
  agent_types                                       text : the order in which requests run
  batching_type                                     text [STATIC INFLIGHT] : requests run in step with each other
  batch_wait_timeout_ms                             number : prompts wait for each other
  batch_wait_timeout_iters                          integer : prompts wait for each other
  batch_wait_max_tokens_ratio                       number : prompts wait for each other
  moe_config.max_num_tokens, moe_max_num_tokens     integer : experts read a step in parts of that many tokens
  moe_config.disable_finalize_fusion                switch : kernels of experts
  moe_config.use_low_precision_moe_combine          switch : outputs of experts travel in fp8 or fp4
  moe_config.load_balancer.layer_updates_per_iter   integer : layers whose experts move in one step; none with 0
  dwdp_config                                       json : ranks fetch each other's experts instead of sending tokens
  dwdp_config.dwdp_size                             integer : ranks that fetch each other's experts
  dwdp_config.num_groups                            integer : groups of ranks that fetch each other's experts
  dwdp_config.num_experts_per_worker                integer : experts that a rank holds
  dwdp_config.num_prefetch_experts                  integer : experts that a rank fetches ahead
  dwdp_config.contention_opt                        switch : how experts are fetched
  nvfp4_gemm_config                                 json : kernels of dense products
  nvfp4_gemm_config.allowed_backends                json : kernels of dense products
  attn_backend                                      text : kernels of attention
  enable_mla_skip_correction                        switch : kernels of latent attention
  mla_skip_correction_threshold                     number : kernels of latent attention
  use_cute_dsl_blockscaling_mm                      switch : kernels of dense products
  use_cute_dsl_blockscaling_bmm                     switch : kernels of dense products
  use_cute_dsl_bf16_bmm                             switch : kernels of dense products
  use_cute_dsl_bf16_gemm                            switch : kernels of dense products
  use_fine_grained_sync                             switch : kernels of experts
  enable_autotuner, autotuner_enabled               switch : kernels are tried out at start
  enable_min_latency                                switch : kernels for few tokens
  allreduce_strategy                                text [AUTO NCCL UB MINLATENCY ONESHOT TWOSHOT LOWPRECISION MNNVL NCCL_SYMMETRIC] : kernel of all-reduce
  sparse_attention_config                           json : attention reads a part of its cache
  sparse_attention_config.algorithm                 text [dsa deepseek_v4 minimax_m3 rocket skip_softmax qsa] : attention reads a part of its cache
  sparse_attention_config.indexer_k_dtype           text [fp8 fp4] : number type of the indexer's keys in the cache
  sparse_attention_config.indexer_max_chunk_size    integer : tokens that the indexer reads at once
  sparse_attention_config.enable_heuristic_topk     switch : kernels of the indexer
  sparse_attention_config.use_cute_dsl_topk         switch : kernels of the indexer
  sparse_attention_config.use_cute_dsl_paged_mqa_logits switch : kernels of the indexer
  sparse_attention_config.skip_indexer_for_short_seqs switch : short requests need no indexer
  sparse_attention_config.*                         text : attention reads a part of its cache
  speculative_config.max_total_draft_tokens         integer : drafted tokens of a tree
  speculative_config.speculative_model, speculative_config.speculative_model_dir text : weights and cache of a draft model come on top
  speculative_config.load_format                    text : dummy loads no weights
  speculative_config.max_concurrency                integer : larger batches are not drafted for
  speculative_config.draft_len_schedule             json : tokens drafted depend on the batch
  speculative_config.draft_len_schedule.*           integer : tokens drafted depend on the batch
  speculative_config.acceptance_window              integer : drafting ends where too little is accepted
  speculative_config.acceptance_length_threshold    number : drafting ends where too little is accepted
  speculative_config.acceptance_rate_window_size    integer : drafting ends where too little is accepted
  speculative_config.acceptance_rate_threshold      number : drafting ends where too little is accepted
  speculative_config.use_rejection_sampling         switch : how drafted tokens are accepted
  speculative_config.use_relaxed_acceptance_for_thinking switch : how drafted tokens are accepted
  speculative_config.relaxed_topk                   integer : how drafted tokens are accepted
  speculative_config.relaxed_delta                  number : how drafted tokens are accepted
  speculative_config.use_mtp_vanilla                switch : modules draft one by one
  speculative_config.mtp_eagle_one_model            switch : one module drafts several tokens
  speculative_config.eagle3_one_model               switch : the draft model runs inside of the step
  speculative_config.use_dynamic_tree               switch : drafts are a tree
  speculative_config.dynamic_tree_max_topK          integer : drafts are a tree
  speculative_config.eagle_choices                  json : drafts are a tree
  speculative_config.medusa_choices                 json : drafts are a tree
  speculative_config.enable_penalty                 switch : a table of the vocabulary for every request
  speculative_config.*                              text : how tokens are drafted
  decoding_config                                   json : how tokens are drafted
  decoding_config.*                                 text : how tokens are drafted
  cache_transceiver_config.backend                  text [DEFAULT UCX NIXL MOONCAKE MPI] : how keys and values reach the decode pool
  cache_transceiver_config.transceiver_runtime      text [CPP PYTHON auto] : how keys and values reach the decode pool
  cache_transceiver_config.max_tokens_in_buffer     integer : tokens whose keys and values have room on their way
  cache_transceiver_config.kv_cache_bounce_size_mb  integer : buffers for keys and values on their way, one to send and one to receive
  cache_transceiver_config.enable_pipelined_transfer switch : keys and values of a chunk travel beside the next
  num_postprocess_workers                           integer : processes that write answers
  num_serve_frontends                               integer : processes that read and write requests
  stream_interval                                   integer : steps whose tokens are sent together
  enable_in_graph_sampling                          switch : tokens are chosen inside of graphs, of which there are more
  sampler_force_async_worker                        switch : tokens come to the host beside the step
  enable_low_latency_host_dispatch                  switch : the host waits for the GPU without sleeping
  enable_early_first_token_response                 switch : the first token is sent before the next step
  enable_speculative_beam_history_d2h               switch : beams come to the host beside the step
  enable_resource_governor                          switch : ranks agree once more in each step
  enable_lora                                       switch : adapters and their buffers lie beside the weights
  lora_config                                       json : adapters and their buffers lie beside the weights
  lora_config.max_lora_rank                         integer : width of adapters, for which memory is kept
  lora_config.max_loras                             integer : adapters of a batch, for which memory is kept
  lora_config.max_cpu_loras                         integer : adapters that wait in the host's memory
  lora_config.*                                     text : adapters and their buffers lie beside the weights
  peft_cache_config                                 json : memory for adapters
  peft_cache_config.device_cache_percent            number : share of free memory for adapters
  peft_cache_config.host_cache_size                 integer : host's memory for adapters
  peft_cache_config.*                               text : memory for adapters
  mm_encoder_only                                   switch : the vision tower alone is loaded
  disable_mm_encoder                                switch : the vision tower is not loaded
  multimodal_config                                 json : images of a prompt, and memory for them
  multimodal_config.*                               text : images of a prompt, and memory for them
  video_pruning_rate                                number : share of a video's tokens that is dropped
  sleep_config                                      json : weights and cache are allocated so that they can be released
  sleep_config.*                                    text : weights and cache are allocated so that they can be released
  gms_config                                        json : another process on the GPU holds the weights
  gms_config.*                                      text : another process on the GPU holds the weights
  orchestrator_type                                 text [rpc ray] : ranks run under Ray or another launcher
  enable_prompt_adapter                             switch : prompt adapters take memory
  build_config                                      json : limits that an engine was built for
  build_config.*                                    text : limits that an engine was built for
  embedding_parallel_mode                           text : how the embedding is split
  auto_parallel                                     switch : the engine chooses degrees itself
  auto_parallel_world_size                          integer : GPUs of which the engine chooses degrees
  extended_runtime_perf_knob_config                 json : kernels of attention and graphs
  extended_runtime_perf_knob_config.*               text : kernels of attention and graphs
  pytorch_backend_config                            json : kernels, graphs and scheduler
  pytorch_backend_config.*                          text : kernels, graphs and scheduler
  layer_wise_benchmarks_config                      json : layers are measured one by one
  layer_wise_benchmarks_config.*                    text : layers are measured one by one
  enable_visual_gen                                 switch : a model that makes images
  visual_gen_args                                   text : a model that makes images
  `,
);
