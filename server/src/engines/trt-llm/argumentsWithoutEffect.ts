import { type Argument, argumentsOf } from '../argument.ts';

/** Keys of TensorRT-LLM that change neither memory nor the time of a step: addresses, logs, tokenizers, files, formats of answers. */
export const TRT_LLM_WITHOUT_EFFECT: readonly Argument[] = argumentsOf(
  'none',
  `
  extra_llm_api_options, config                     text
  config_file, -c                                   text
  host                                              text
  port                                              integer
  grpc                                              switch
  log_level, -l                                     text
  tokenizer                                         text
  tokenizer_mode                                    text [auto slow]
  tokenizer_revision                                text
  custom_tokenizer                                  text
  skip_tokenizer_init                               switch
  trust_remote_code                                 switch
  revision, hf_revision                             text
  served_model_name                                 text
  chat_template                                     text
  allow_request_chat_template                       switch
  reasoning_parser                                  text
  tool_parser                                       text
  post_processor_hook                               text
  middleware                                        text
  custom_module_dirs                                text
  media_io_kwargs                                   text
  input-processor-workers                           integer
  media-load-workers                                integer
  disagg_cluster_uri                                text
  metadata_server_config_file, -m                   text
  metrics-log-interval                              integer
  request_timeout                                   integer
  server_start_timeout                              integer
  schedule_style                                    text [context_first generation_first]
  telemetry                                         switch
  no-telemetry                                      switch
  telemetry_config                                  json
  telemetry_config.*                                text
  otlp_traces_endpoint                              text
  fail_fast_on_attention_window_too_large           switch
  generation_config                                 text [auto trtllm]
  guided_decoding_backend                           text [xgrammar llguidance]
  postprocess_tokenizer_dir                         text
  normalize_log_probs                               switch
  sampler_type                                      text
  enable_mixed_sampler                              switch
  enable_trtllm_sampler                             switch
  disable_flashinfer_sampling                       switch
  garbage_collection_gen0_threshold                 integer
  checkpoint_format                                 text
  checkpoint_io_policy                              text [auto native rank_striped_read_ahead]
  mx_config                                         json
  mx_config.*                                       text
  iter_stats_max_iterations                         integer
  request_stats_max_iterations                      integer
  max_stats_len                                     integer
  enable_iter_perf_stats                            switch
  enable_iter_req_stats                             switch
  print_iter_log                                    switch
  return_perf_metrics                               switch
  perf_metrics_max_requests                         integer
  perf_metrics_output_dir                           text
  prometheus_metrics_config                         json
  prometheus_metrics_config.*                       json
  enable_energy_metrics                             switch
  enable_layerwise_nvtx_marker                      switch
  kv_cache_config.event_buffer_max_size             integer
  kv_cache_config.attention_dp_events_gather_period_ms integer
  kv_cache_config.kv_events_config                  json
  kv_cache_config.kv_events_config.*                text
  kv_cache_config.kv_cache_event_hash_algo          text [auto v1_block_key v2_sha256 v2_sha256_64]
  kv_cache_config.iteration_stats_interval          integer
  kv_cache_config.mamba_ssm_stochastic_rounding     switch
  kv_cache_config.mamba_ssm_philox_rounds           integer
  kv_cache_config.disk_cache_path                   text
  speculative_config.advanced_sampling_mode         text [full no_topk no_topp no_topk_no_topp]
  speculative_config.allow_advanced_sampling        switch
  speculative_config.begin_thinking_phase_token     integer
  speculative_config.end_thinking_phase_token       integer
  speculative_config.mask_token_id                  integer
  cache_transceiver_config.kv_transfer_timeout_ms   integer
  cache_transceiver_config.kv_transfer_sender_future_timeout_ms integer
  cache_transceiver_config.kv_transfer_poll_interval_ms integer
  ray_worker_extension_cls                          text
  ray_placement_config                              json
  ray_placement_config.*                            text
  ray_worker_nsight_options                         json
  ray_worker_nsight_options.*                       text
  calib_config                                      json
  calib_config.*                                    text
  enable_build_cache                                json
  enable_build_cache.*                              text
  fast_build                                        switch
  enable_tqdm                                       switch
  workspace                                         text
  `,
);
