import { type ArgumentTable, argumentsOf } from '../argument.ts';
import { TRT_LLM_BEYOND } from './argumentsBeyond.ts';
import { TRT_LLM_WITHOUT_EFFECT } from './argumentsWithoutEffect.ts';

/** What a plan states. */
const STATED = argumentsOf(
  'plan',
  `
  model                                             text
  dtype                                             text [auto float16 bfloat16 float32]
  quant_config.quant_algo                           text
  quant_config.kv_cache_quant_algo                  text
  tensor_parallel_size, tp_size                     integer
  pipeline_parallel_size, pp_size                   integer
  context_parallel_size, cp_size                    integer
  moe_expert_parallel_size, ep_size                 integer
  moe_tensor_parallel_size                          integer
  moe_cluster_parallel_size, cluster_size           integer
  pp_partition                                      json
  gpus_per_node                                     integer
  enable_attention_dp                               switch
  enable_lm_head_tp_in_adp                          switch
  max_batch_size                                    integer
  max_num_tokens                                    integer
  max_seq_len                                       integer
  enable_chunked_prefill                            switch
  kv_cache_config                                   json
  kv_cache_config.dtype, kv_cache_dtype             text [auto fp8 fp8_ds_mla nvfp4 int8 float16 bfloat16 float32]
  kv_cache_config.free_gpu_memory_fraction, free_gpu_memory_fraction, kv_cache_free_gpu_memory_fraction number
  kv_cache_config.enable_block_reuse                switch
  kv_cache_config.max_tokens                        integer
  kv_cache_config.tokens_per_block                  integer
  cuda_graph_config                                 json
  cuda_graph_config.batch_sizes, cuda_graph_batch_sizes json
  cuda_graph_config.max_batch_size, cuda_graph_max_batch_size integer
  use_cuda_graph                                    switch
  moe_config                                        json
  moe_config.backend, moe_backend                   text [AUTO CUTLASS CUTEDSL WIDEEP TRTLLM DEEPGEMM DENSEGEMM VANILLA TRITON MARLIN MEGAMOE_DEEPGEMM MEGAMOE_CUTEDSL]
  moe_config.load_balancer, moe_load_balancer       json
  moe_config.load_balancer.num_slots                integer
  moe_config.load_balancer.initial_global_assignments json
  speculative_config                                json
  speculative_config.decoding_type                  text
  speculative_config.max_draft_len                  integer
  speculative_config.num_nextn_predict_layers       integer
  cache_transceiver_config                          json
  server_role                                       text
  `,
);

/**
 * The keys of the LLM API's YAML, those of a block behind a dot, and the options of `trtllm-serve` as other spellings of them. It
 * refuses keys that it does not know. Lists and blocks are `json`; `cuda_graph_config: null` turns graphs off, and
 * `kv_cache_config.dtype` is read without regard to case.
 */
export const TRT_LLM_ARGUMENTS: ArgumentTable = {
  source:
    'TensorRT-LLM main of autumn 2026: llmapi/llm_args.py (00043967), usage/llm_args_golden_manifest.json (92e30752), tests/unittest/api_stability/references/trtllm_serve_cli.yaml (9e7f85f6); removed ones in references/llm.yaml and llm_args.yaml of 2025',
  arguments: [...STATED, ...TRT_LLM_BEYOND, ...TRT_LLM_WITHOUT_EFFECT],
};
