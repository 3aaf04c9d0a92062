import { argumentsOf } from '../argument.ts';

/** Fields of Megatron-Bridge that change neither memory nor time: learning rates, checkpoints, data, logs, and the cluster's queue. */
export const BRIDGE_WITHOUT_EFFECT = argumentsOf(
  'none',
  `
  model.rotary_base                                 integer
  model.rotary_percent                              number
  model.rotary_interleaved                          switch
  model.rotary_scaling_factor                       number
  model.rotary_base_per_layer                       text
  model.rope_type                                   text [rope yarn]
  model.rope_scaling_factor                         number
  model.position_embedding_type                     text [learned_absolute rope mrope yarn relative none]
  model.no_rope_freq                                text
  model.seq_len_interpolation_factor                number
  model.mrope_section                               text
  model.mrope_interleaved                           switch
  model.mscale                                      number
  model.mscale_all_dim                              number
  model.beta_fast                                   number
  model.beta_slow                                   number
  model.original_max_position_embeddings            integer
  model.rope_scaling                                switch
  model.normalization                               text [LayerNorm RMSNorm]
  model.layernorm_epsilon                           number
  model.layernorm_zero_centered_gamma               switch
  model.softmax_scale                               number
  model.softmax_type                                text [learnable vanilla off-by-one]
  model.apply_residual_connection_post_layernorm    switch
  model.activation_func                             text
  model.activation_func_clamp_value                 number
  model.glu_linear_offset                           number
  model.qk_l2_norm                                  switch
  model.qk_clip                                     switch
  model.qk_clip_alpha                               number
  model.qk_clip_threshold                           number
  model.mtp_loss_scaling_factor                     number
  model.mtp_use_repeated_layer                      switch
  model.mtp_detach_heads                            switch
  model.mtp_hybrid_override_pattern                 text
  model.test_mode                                   switch
  model.calculate_per_token_loss                    switch
  model.dsa_indexer_rope_interleaved                switch
  model.dsa_indexer_rotate_activation               switch
  model.dsa_indexer_scoring_relu                    switch
  model.dsa_indexer_k_norm_epsilon                  number
  model.dsa_indexer_k_norm_fp32                     switch
  model.csa_compress_rotary_base                    number
  model.init_method                                 text
  model.output_layer_init_method                    text
  model.init_method_std                             number
  model.embedding_init_method                       text
  model.embedding_init_method_std                   number
  model.perform_initialization                      switch
  model.use_mup                                     switch
  model.mup_*                                       text
  model.apply_query_key_layer_scaling               switch
  model.fp8_margin                                  integer
  model.fp8_interval                                integer
  model.fp8_amax_history_len                        integer
  model.fp8_amax_compute_algo                       text [most_recent max]
  model.moe_router_pre_softmax                      switch
  model.moe_router_topk_scaling_factor              number
  model.moe_router_score_function                   text [softmax sigmoid sqrtsoftplus]
  model.moe_router_enable_expert_bias               switch
  model.moe_router_bias_update_rate                 number
  model.actual_vocab_size                           integer
  model.log_moe_overload_factor                     switch
  model.moe_aux_loss_coeff                          number
  model.moe_z_loss_coeff                            number
  model.moe_input_jitter_eps                        number
  model.moe_per_layer_logging                       switch
  model.moe_token_drop_policy                       text [probs position]
  model.moe_apply_probs_on_input                    switch
  model.cuda_graph_warmup_steps                     integer
  model.mhc_sinkhorn_iterations                     integer
  model.mhc_init_gating_factor                      number
  model.config_logger_dir                           text
  model.use_te_rng_tracker                          switch
  model.create_attention_mask_in_dataloader         switch
  model.barrier_with_L1_time                        switch
  model.hetereogenous_dist_checkpoint               switch
  model.parallel_output                             switch
  model.fp16_lm_cross_entropy                       switch
  model.scatter_embedding_sequence_parallel         switch
  model.generation_config                           text
  model.hf_model_id                                 text
  use_recipes                                       switch
  detach                                            switch
  dryrun, -d                                        switch
  export_nsys_sqlite                                switch
  enable_nsys, -en                                  switch
  pytorch_profiler, -pyp                            switch
  record_memory_history, -mh                        switch
  profiling_gpu_metrics                             switch
  head_only                                         switch
  offline                                           switch
  enable_pct_binding                                switch
  dump_env                                          switch
  list_config_variants                              switch
  is_long_convergence_run                           switch
  retry_on_testing_failure                          switch
  max_retries                                       integer
  max_steps, -ms                                    integer
  warmup_iters                                      integer
  save_interval                                     integer
  most_recent_k                                     integer
  profiling_start_step                              integer
  profiling_stop_step                               integer
  train.train_iters                                 integer
  train.train_samples                               integer
  train.exit_interval                               integer
  train.exit_duration_in_mins                       integer
  train.eval_interval                               integer
  train.eval_iters                                  integer
  lr                                                number
  min_lr                                            number
  timing_threshold                                  number
  skip_first_percent_time                           number
  correlation_threshold                             number
  skip_first_percent_loss                           number
  outlier_threshold                                 number
  max_outlier_ratio                                 number
  memory_threshold                                  number
  domain                                            text [llm vlm qwen3vl diffusion]
  nemo_home, -nh                                    text
  pretrained_checkpoint                             text
  save_dir                                          text
  load_dir                                          text
  data                                              text
  c4_root                                           text
  c4_train_shards                                   text
  dataset_paths                                     text
  dataset_root                                      text
  index_mapping_dir                                 text
  dataset_name                                      text
  diffusion_dataset_path                            text
  tokenizer_type                                    text
  tokenizer_model                                   text
  vocab_size                                        text
  hf_token, -hf                                     text
  account, -a                                       text
  partition, -p                                     text
  time_limit, -t                                    text
  container_image, -i                               text
  custom_mounts, -cm                                text
  custom_srun_args, -cs                             text
  custom_bash_cmds, -cb                             text
  gres                                              text
  additional_slurm_params                           text
  packager                                          text [git none]
  dgxc_*                                            text
  kubeflow_*                                        text
  profiling_ranks                                   text
  nsys_trace                                        text
  nsys_extra_args                                   text
  wandb_key, -wdk                                   text
  wandb_project_name, -wdp                          text
  wandb_entity_name, -wde                           text
  wandb_experiment_name, -wdj                       text
  wandb_save_dir, -wds                              text
  log_dir, -l                                       text
  save_config_filepath                              text
  golden_values_path                                text
  high_loss_tolerance                               text
  medium_loss_tolerance                             text
  low_loss_tolerance                                text
  final_loss_tolerance                              text
  eval_time_start_step                              text
  eval_time_end_step                                text
  train.exit_signal*                                text
  train.iterations_to_skip                          text
  train.manual_gc_eval                              text
  train.check_weight_hash_across_dp_replicas_interval text
  train.skip_train                                  text
  validation.*                                      text
  scheduler.*                                       text
  checkpoint.*                                      text
  logger.*                                          text
  tokenizer.*                                       text
  rng.*                                             text
  rerun_state_machine.*                             text
  ft.*                                              text
  straggler.*                                       text
  nvrx_straggler.*                                  text
  inprocess_restart.*                               text
  profiling.*                                       text
  tensor_inspect.*                                  text
  dataset.*                                         text
  dist.distributed_backend                          text [nccl gloo]
  dist.distributed_timeout_*                        text
  dist.align_grad_reduce                            text
  dist.local_rank                                   text
  dist.lazy_mpu_init                                text
  dist.lazy_init                                    text
  dist.use_gloo_process_groups                      text
  dist.enable_megatron_core_experimental            text
  dist.external_gpu_device_mapping                  text
  dist.use_decentralized_pg                         text
  dist.distributed_init_method                      text
  mixed_precision.fp8_margin                        text
  mixed_precision.fp8_amax_*                        text
  mixed_precision.loss_scale                        text
  mixed_precision.initial_loss_scale                text
  mixed_precision.min_loss_scale                    text
  mixed_precision.loss_scale_window                 text
  mixed_precision.hysteresis                        text
  optimizer.lr                                      text
  optimizer.min_lr                                  text
  optimizer.decoupled_lr                            text
  optimizer.decoupled_min_lr                        text
  optimizer.weight_decay                            text
  optimizer.apply_wd_to_qk_layernorm                text
  optimizer.loss_scale                              text
  optimizer.initial_loss_scale                      text
  optimizer.min_loss_scale                          text
  optimizer.loss_scale_window                       text
  optimizer.hysteresis                              text
  optimizer.adam_*                                  text
  optimizer.decoupled_weight_decay                  text
  optimizer.sgd_momentum                            text
  optimizer.muon_*                                  text
  optimizer.soap_*                                  text
  optimizer.adaptive_muon_*                         text
  optimizer.lion_*                                  text
  optimizer.clip_grad                               text
  optimizer.barrier_with_L1_time                    text
  optimizer.config_logger_dir                       text
  optimizer.timers                                  text
  `,
);
