import { type ArgumentTable, argumentsOf } from '../argument.ts';
import { VLLM_WITHOUT_EFFECT } from './argumentsWithoutEffect.ts';

/** What a plan states. Lists are several words on a command line, or one of JSON. */
const STATED = argumentsOf(
  'plan',
  `
  model                                             text
  dtype                                             text [auto half float16 bfloat16 float float32]
  quantization, -q                                  text
  tensor-parallel-size, -tp                         integer
  pipeline-parallel-size, -pp                       integer
  data-parallel-size, -dp                           integer
  data-parallel-size-local, -dpl                    integer
  prefill-context-parallel-size, -pcp               integer
  decode-context-parallel-size, -dcp                integer
  nnodes, -n                                        integer
  enable-expert-parallel, -ep                       switch
  expert-placement-strategy                         text [linear round_robin]
  all2all-backend                                   text [naive pplx allgather_reducescatter deepep_high_throughput deepep_low_latency deepep_v2 mori mori_high_throughput mori_low_latency nixl_ep flashinfer_all2allv flashinfer_nvlink_two_sided flashinfer_nvlink_one_sided]
  enable-dbo                                        switch
  enable-eplb                                       switch
  eplb-config                                       json
  eplb-config.num_redundant_experts                 integer
  num-redundant-experts                             integer
  block-size                                        integer
  gpu-memory-utilization                            number
  kv-cache-memory-bytes, kv-cache-memory            integer
  kv-cache-dtype                                    text [auto float16 bfloat16 fp8 fp8_e4m3 fp8_e5m2 fp8_inc fp8_ds_mla nvfp4 nvfp4_ds_mla nvfp4_4over6 int4_per_token_head int8_per_token_head fp8_per_token_head turboquant_k8v4 turboquant_4bit_nc turboquant_k3v4_nc turboquant_3bit_nc]
  enable-prefix-caching                             switch
  max-model-len                                     integer
  max-num-batched-tokens                            integer
  max-num-seqs                                      integer
  enable-chunked-prefill                            switch
  enforce-eager                                     switch
  max-cudagraph-capture-size                        integer
  cudagraph-capture-sizes, cuda-graph-sizes         text
  compilation-config, -cc                           json
  compilation-config.cudagraph_mode                 text [NONE PIECEWISE FULL FULL_DECODE_ONLY FULL_AND_PIECEWISE]
  compilation-config.cudagraph_capture_sizes        text
  compilation-config.max_cudagraph_capture_size     integer
  compilation-config.use_cudagraph                  switch
  moe-backend                                       text
  kernel-config.moe_backend                         text
  speculative-config, -sc                           json
  speculative-config.method                         text
  speculative-config.num_speculative_tokens         integer
  speculative-config.rejection_sample_method        text
  speculative-config.synthetic_acceptance_length    number
  speculative-config.synthetic_acceptance_rates     text
  speculative-config.synthetic_acceptance_rate      number
  spec-method                                       text
  spec-tokens                                       integer
  num-speculative-tokens                            integer
  kv-transfer-config                                json
  kv-transfer-config.kv_role                        text [kv_producer kv_consumer kv_both]
  `,
);

/** What changes memory or time, and has no word in a plan or is not computed. */
const BEYOND = argumentsOf(
  'beyond',
  `
  hf-overrides                                      json : changes the model that the checkpoint describes
  hf-overrides.*                                    text : changes the model that the checkpoint describes
  hf-config-path                                    text : the model's dimensions come from another file than the checkpoint's
  rope-scaling                                      json : stretches the model's longest context
  rope-theta                                        number : stretches the model's longest context
  quantization-config                               json : number types of single parts of layers
  quantization-config.*                             text : number types of single parts of layers
  model-impl                                        text [auto vllm transformers terratorch] : another implementation of the layers runs at another speed
  model-class-overrides                             json : another implementation of the layers runs at another speed
  disable-sliding-window                            switch : layers with a window keep every token
  disable-cascade-attn                              switch : a prompt shared by a batch is read once for each request
  max-logprobs                                      integer : the sampler keeps the scores of that many tokens
  enable-sleep-mode                                 switch : weights and cache are allocated so that they can be released, a little memory stays unused
  enable-cumem-allocator                            switch : weights and cache are allocated by mapped memory, which NVLink between nodes needs
  enable-return-routed-experts                      switch : the chosen experts of every token are kept and sent
  enable-prompt-embeds                              switch : steps have a buffer for embeddings of prompts
  load-format                                       text : dummy loads no weights, others change how long a start takes
  attention-backend                                 text : kernels of attention, and the block sizes that they take
  attention-config, -ac                             json : kernels of attention
  attention-config.backend                          text : kernels of attention, and the block sizes that they take
  attention-config.backend_per_kind                 json : kernels of attention for each kind of cache
  attention-config.flash_attn_version               integer : kernels of attention
  attention-config.use_prefill_decode_attention     switch : kernels of attention
  attention-config.use_cudnn_prefill                switch : kernels of attention in prefill
  attention-config.use_trtllm_attention             switch : kernels of attention
  attention-config.use_trtllm_ragged_deepseek_prefill switch : kernels of latent attention in prefill
  attention-config.disable_flashinfer_prefill       switch : kernels of latent attention in prefill
  attention-config.disable_flashinfer_q_quantization switch : queries stay in bf16 over a cache of fp8
  attention-config.mla_prefill_backend              text : kernels of latent attention in prefill
  attention-config.use_prefill_query_quantization   switch : queries of prefill are fp8
  attention-config.use_fp4_indexer_cache            switch : keys of the indexer take half the bytes of fp8
  attention-config.indexer_kv_dtype                 text : number type of the indexer's keys in the cache
  attention-config.minimax_m3_msa_decode_backend    text : kernels of sparse attention in decode
  attention-config.use_non_causal                   switch : attention reads later tokens too
  attention-config.*                                text : kernels of attention
  mamba-backend                                     text : kernels of linear layers
  mamba-ssu-algorithm                               text : kernels of linear layers
  mamba-cache-dtype                                 text : number type of the states of convolutions of linear layers
  mamba-ssm-cache-dtype                             text : number type of the states of linear layers
  mamba-block-size                                  integer : tokens between kept states of linear layers
  mamba-cache-mode                                  text [all align none] : which states of linear layers are kept for prefixes
  mamba-config                                      json : kernels of linear layers
  gdn-prefill-backend                               text [flashinfer triton cutedsl] : kernels of linear layers in prefill
  kda-prefill-backend                               text : kernels of linear layers in prefill
  use-replayssm                                     switch : states of linear layers are written once in several steps
  replayssm-buffer-len                              integer : states of linear layers are written once in that many steps
  dcp-comm-backend                                  text [ag_rs a2a] : how decode context parallel ranks exchange queries and outputs
  dcp-q-replicate                                   switch : each decode context parallel rank projects all queries itself
  enable-batch-sharded-sampling                     switch : each tensor parallel rank samples a part of the batch
  enable-elastic-ep                                 switch : ranks of experts can come and go, over groups without NCCL's state
  ubatch-size                                       integer : parts into which two-batch overlap cuts a step
  dbo-decode-token-threshold                        integer : steps of decode with fewer tokens are not split in two
  dbo-prefill-token-threshold                       integer : steps with prompts and fewer tokens are not split in two
  dp-sync-interval                                  integer : steps between agreements of data parallel ranks
  disable-nccl-for-dp-synchronization               switch : data parallel ranks agree through the host before each step
  disable-custom-all-reduce                         switch : all-reduce of a node by NCCL instead of its own kernel
  distributed-executor-backend                      text : ranks run under Ray, processes or another launcher, with another delay per step
  eplb-config.window_size                           integer : steps whose load places the experts
  eplb-config.step_interval                         integer : steps between new placements of experts
  eplb-config.use_async                             switch : experts move beside the steps
  eplb-config.log_balancedness                      switch : every step has one more exchange
  eplb-config.*                                     text : how experts move between GPUs
  eplb-window-size                                  integer : steps whose load places the experts
  eplb-step-interval                                integer : steps between new placements of experts
  eplb-log-balancedness                             switch : every step has one more exchange
  num-gpu-blocks-override                           integer : the cache has that many blocks, whatever memory is left
  swap-space                                        number : requests that are pushed out wait in the host's memory
  cpu-offload-gb                                    number : weights beyond the GPU's lie in the host's memory and are read in each step
  cpu-offload-params                                text : weights that lie in the host's memory
  offload-backend                                   text : how weights in the host's memory are read
  offload-group-size                                integer : of so many layers some lie in the host's memory
  offload-num-in-group                              integer : layers of a group that lie in the host's memory
  offload-prefetch-step                             integer : layers that are fetched ahead from the host's memory
  offload-params                                    text : weights that lie in the host's memory
  kv-offloading-size                                number : blocks of the cache wait in that much of the host's memory
  kv-offloading-backend                             text : blocks of the cache wait in the host's memory
  kv-transfer-config.kv_connector                   text : how keys and values reach another instance or the host's memory
  kv-transfer-config.kv_connector_extra_config.connectors text : several ways at once in which keys and values leave the GPU
  kv-transfer-config.kv_connector_extra_config.cpu_bytes_to_use integer : blocks of the cache wait in that much of the host's memory
  kv-transfer-config.kv_connector_extra_config.cpu_bytes_to_use_per_rank integer : blocks of the cache wait in that much of the host's memory
  kv-transfer-config.kv_connector_extra_config.num_cpu_blocks integer : blocks of the cache wait in the host's memory
  kv-transfer-config.kv_connector_extra_config.lazy_offload switch : blocks are copied to the host only when they are pushed out
  kv-transfer-config.kv_buffer_size                 number : bytes for keys and values on their way to another instance
  kv-transfer-config.kv_buffer_device               text : memory in which keys and values wait for their way
  kv-cache-dtype-skip-layers                        text : layers whose cache keeps the model's type
  calculate-kv-scales                               switch : the first steps compute scales of the cache
  prefix-cache-retention-interval                   integer : which blocks of linear and windowed layers stay for later prompts
  prefix-match-unit                                 integer : prefixes are found in multiples of it
  kv-sharing-fast-prefill                           switch : prefill skips layers that share a cache
  disable-hybrid-kv-cache-manager                   switch : layers with a window keep every token
  scheduler-reserve-full-isl                        switch : a request starts only where its whole prompt fits
  max-num-scheduled-tokens                          integer : most tokens of a step, below the batched ones that buffers are made for
  long-prefill-token-threshold                      integer : a long prompt gives at most so many tokens to a step
  max-num-partial-prefills                          integer : prompts that are read in parts at once
  max-long-partial-prefills                         integer : long prompts that are read in parts at once
  max-num-queued-reqs                               integer : more requests are refused
  max-num-queued-tokens                             integer : requests over it are refused
  prefill-schedule-interval                         integer : new prompts enter only every so many steps
  watermark                                         number : blocks of the cache kept free before a request starts
  scheduling-policy                                 text [fcfs priority] : the order in which requests run
  scheduler-cls                                     text : another scheduler
  scheduler-delay-factor                            number : prompts wait before they are read
  num-scheduler-steps                               integer : steps that run before the scheduler looks again
  num-lookahead-slots                               integer : tokens of the cache reserved ahead for drafts
  preemption-mode                                   text [recompute swap] : what happens to requests that are pushed out
  async-scheduling                                  switch : the next step is prepared beside this one, tokens in flight double
  disable-async-output-proc                         switch : outputs are processed between steps instead of beside them
  max-seq-len-to-capture                            integer : longer requests do not run from captured graphs
  performance-mode                                  text [balanced interactivity throughput] : throughput doubles the default step and requests
  optimization-level, -O                            text : compilation and graphs as a whole
  compilation-config.mode                           text : how torch.compile builds the model
  compilation-config.level                          integer : how torch.compile builds the model
  compilation-config.backend                        text : what compiles the model
  compilation-config.custom_ops                     text : operations that run as own kernels instead of compiled
  compilation-config.splitting_ops                  text : operations that stay outside of graphs
  compilation-config.full_cuda_graph                switch : attention runs from captured graphs too
  compilation-config.compile_sizes                  text : batches that are compiled by themselves
  compilation-config.pass_config                    json : fusions of operations
  compilation-config.pass_config.*                  text : fusions of operations
  compilation-config.use_inductor_graph_partition   switch : where the model is cut into graphs
  compilation-config.*                              text : how the model is compiled and captured
  linear-backend                                    text : kernels of dense products
  kernel-config                                     json : kernels
  kernel-config.linear_backend                      text : kernels of dense products
  kernel-config.enable_flashinfer_autotune          switch : kernels are tried out at start
  kernel-config.*                                   text : kernels
  ir-op-priority                                    json : kernels
  ir-op-priority.*                                  text : kernels
  enable-flashinfer-autotune                        switch : kernels are tried out at start
  enable-bf16x3-router-gemm                         switch : kernel of the router
  speculative-config.model                          text : weights and cache of a draft model come on top
  speculative-config.draft_tensor_parallel_size     integer : the draft model's own tensor parallelism
  speculative-config.tensor_parallel_size           integer : the draft model's own tensor parallelism
  speculative-config.quantization                   text : number type of the draft model's weights
  speculative-config.kv_cache_dtype                 text : number type of the draft model's cache
  speculative-config.attention_backend              text : kernels of the draft model
  speculative-config.moe_backend                    text : kernels of the draft model
  speculative-config.enforce_eager                  switch : drafts run without graphs
  speculative-config.max_model_len                  integer : longer requests are not drafted for
  speculative-config.disable_by_batch_size          integer : larger batches are not drafted for
  speculative-config.num_speculative_tokens_per_batch_size text : tokens drafted depend on the batch
  speculative-config.draft_sample_method            text : how drafted tokens are chosen, which moves their acceptance
  speculative-config.parallel_drafting              switch : all drafted tokens in one pass
  speculative-config.prompt_lookup_max              integer : drafts come from the prompt, and cost no pass
  speculative-config.prompt_lookup_min              integer : drafts come from the prompt, and cost no pass
  speculative-config.enable_adaptive_verification   switch : fewer drafted tokens are checked where they are unlikely
  speculative-config.use_local_argmax_reduction     switch : drafts need no gathered logits
  speculative-config.*                              text : how tokens are drafted
  spec-model                                        text : weights and cache of a draft model come on top
  speculative-model                                 text : weights and cache of a draft model come on top
  speculative-model-quantization                    text : number type of the draft model's weights
  speculative-draft-tensor-parallel-size, -spec-draft-tp integer : the draft model's own tensor parallelism
  speculative-max-model-len                         integer : longer requests are not drafted for
  speculative-disable-by-batch-size                 integer : larger batches are not drafted for
  speculative-disable-mqa-scorer                    switch : drafted tokens are checked as a larger batch
  spec-decoding-acceptance-method                   text [rejection_sampler typical_acceptance_sampler] : how drafted tokens are accepted
  typical-acceptance-sampler-posterior-threshold    number : how drafted tokens are accepted
  typical-acceptance-sampler-posterior-alpha        number : how drafted tokens are accepted
  ngram-prompt-lookup-max                           integer : drafts come from the prompt, and cost no pass
  ngram-prompt-lookup-min                           integer : drafts come from the prompt, and cost no pass
  diffusion-config, -dc                             json : a diffusion model writes many tokens in a step
  diffusion-config.*                                text : a diffusion model writes many tokens in a step
  language-model-only                               switch : the vision tower is not loaded
  mm-encoder-only                                   switch : the vision tower alone is loaded
  limit-mm-per-prompt                               json : images and videos of a prompt, for which memory is kept
  limit-mm-per-prompt.*                             text : images and videos of a prompt, for which memory is kept
  mm-encoder-tp-mode                                text [weights data] : each tensor parallel rank holds the whole vision tower with data
  mm-encoder-attn-backend                           text : kernels of the vision tower
  mm-encoder-attn-dtype                             text : number type of attention in the vision tower
  mm-processor-device                               text : images are prepared on the GPU
  mm-ipc-gpu-memory-gb                              number : memory of the GPU for images on their way
  enable-multimodal-encoder-data-parallel           switch : each tensor parallel rank holds the whole vision tower
  skip-mm-profiling                                 switch : no memory is kept for images, which then takes from the headroom
  video-pruning-rate                                number : share of a video's tokens that is dropped
  video-pruning-method                              text : which of a video's tokens are dropped
  ec-transfer-config                                json : another instance runs the vision tower
  ec-transfer-config.*                              text : another instance runs the vision tower
  enable-lora                                       switch : adapters and their buffers lie beside the weights
  max-loras                                         integer : adapters of a batch, for which memory is kept
  max-lora-rank                                     integer : width of adapters, for which memory is kept
  max-cpu-loras                                     integer : adapters that wait in the host's memory
  lora-dtype                                        text : number type of adapters
  lora-target-modules                               text : which matrices have adapters
  fully-sharded-loras                               switch : adapters are split over tensor parallel ranks
  enable-tower-connector-lora                       switch : the vision tower has adapters
  enable-mixed-moe-lora-format                      switch : experts have adapters of both forms
  enable-moe-shared-loras                           switch : experts share adapters
  enable-prompt-adapter                             switch : prompt adapters take memory
  max-prompt-adapters                               integer : prompt adapters of a batch
  max-prompt-adapter-token                          integer : tokens of a prompt adapter
  lora-extra-vocab-size                             integer : tokens that adapters add to the vocabulary
  device                                            text : another kind of machine
  api-server-count, -asc                            integer : processes that read and write requests
  renderer-num-workers                              integer : threads that prepare prompts
  stream-interval                                   integer : tokens that are sent together
  additional-config                                 json : settings of the machine's own plug-in
  additional-config.*                               text : settings of the machine's own plug-in
  worker-cls                                        text : another worker
  worker-extension-cls                              text : another worker
  `,
);

/**
 * The arguments of `vllm serve`. Its parser takes words joined by `_` too, `--no-` before a switch, the keys of a JSON argument
 * behind a dot, any beginning of a name that no other has, and `32k` for an integer. Kernels take what the release and its
 * plug-ins know.
 */
export const VLLM_ARGUMENTS: ArgumentTable = {
  source:
    'vLLM main of autumn 2026, before 0.31: engine/arg_utils.py, config/{parallel,cache,speculative,compilation,attention,kernel}.py, entrypoints/launchers/cli_args.py (003befe5); removed ones in engine/arg_utils.py of March (001999d2) and October 2025 (99d7eb5d)',
  arguments: [...STATED, ...BEYOND, ...VLLM_WITHOUT_EFFECT],
};
