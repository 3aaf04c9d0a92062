import { type Argument, argumentsOf } from '../argument.ts';

/** Arguments of SGLang that change memory or time, and have no word in a plan or are not computed. */
export const SGLANG_BEYOND: readonly Argument[] = argumentsOf(
  'beyond',
  `
  load-format                                       text : dummy loads no weights, others change how long a start takes
  is-embedding                                      switch : prompts are read and nothing is generated
  enable-multimodal                                 switch : the vision tower is loaded
  model-impl                                        text : another implementation of the layers runs at another speed
  json-model-override-args                          json : changes the model that the checkpoint describes
  json-model-override-args.*                        text : changes the model that the checkpoint describes
  modelopt-quant                                    text : the weights are quantised at start
  quantize-and-serve                                switch : the weights are quantised at start
  torchao-config                                    text : the weights are quantised at start
  enable-fp32-lm-head                               switch : logits are fp32
  enable-tf32-matmul                                switch : products of fp32 run faster
  max-queued-requests                               integer : more requests are refused
  max-inflight-prefill-tokens                       integer : requests over it are refused
  prefill-decode-interval                           integer : steps of decode between prompts
  enable-dynamic-chunking                           switch : chunks of a prompt shrink along it, for pipeline stages
  max-prefill-tokens                                integer : most tokens of all prompts of a step
  prefill-max-requests                              integer : most prompts of a step
  schedule-policy                                   text [lpm random fcfs dfs-weight lof priority routing-key hrrn] : the order in which requests run
  enable-priority-scheduling                        switch : the order in which requests run
  disable-priority-preemption                       switch : which requests are pushed out
  priority-scheduling-preemption-threshold          integer : which requests are pushed out
  retraction-policy                                 text [length priority] : which requests are pushed out when the cache is full
  schedule-conservativeness                         number : how much of the cache is kept for outputs of running requests
  disable-hybrid-swa-memory                         switch : layers with a window keep every token
  hybrid-kvcache-ratio                              number : share of the cache for layers with a window
  radix-eviction-policy                             text [lru lfu slru priority tlru] : which prefixes leave the cache first
  radix-eviction-policy-config                      json : which prefixes leave the cache first
  radix-eviction-policy-config.*                    text : which prefixes leave the cache first
  prefill-only-disable-kv-cache                     switch : there is no cache
  enable-page-major-kv-layout                       switch : how the cache lies in memory
  enable-unified-memory                             switch : tokens, windows and states share one pool
  disable-chunked-prefix-cache                      switch : prefixes of latent attention are read whole
  strip-thinking-cache                              switch : outputs leave the prefix cache at once
  disable-overlap-schedule                          switch : the next step is prepared between steps instead of beside them
  num-continuous-decode-steps                       integer : steps of decode before the scheduler looks again
  scheduler-recv-interval                           integer : steps before the scheduler takes new requests
  enable-mixed-chunk                                switch : prompts and decode share steps
  pp-max-micro-batch-size                           integer : requests of a micro-batch in the pipeline
  pp-async-batch-depth                              integer : micro-batches in flight between stages
  load-balance-method                               text [auto round_robin follow_bootstrap_room total_requests total_tokens shortest_queue minimum_tokens] : how requests fall on data parallel ranks
  dwdp-size                                         integer : ranks fetch each other's experts instead of sending tokens
  dcp-comm-backend                                  text [ag_rs a2a fi_a2a] : how decode context parallel ranks exchange queries and outputs
  dcp-replicate-q-proj                              switch : each decode context parallel rank projects all queries itself
  cp-strategy                                       text [zigzag interleave] : which tokens of a prompt a context parallel rank reads
  nsa-prefill-cp-mode, dsa-prefill-cp-mode          text [in-seq-split round-robin-split] : which tokens of a prompt a context parallel rank reads
  enable-dsa-cache-layer-split, enable-cp-cache-layer-split switch : each context parallel rank keeps the cache of some layers
  enable-cp-decode-attn-tp                          switch : context parallel ranks split attention's weights in decode
  enable-dp-attention-local-control-broadcast       switch : ranks agree within their group before each step
  enable-tp-lm-head-all-to-all                      switch : logits are exchanged instead of gathered
  enable-attn-tp-input-scattered                    switch : attention's input is split over tensor parallel ranks
  enable-shared-experts-attn-tp                     switch : shared experts are split over tensor parallel ranks of attention
  shared-experts-tp-size                            integer : shared experts are split over that many ranks
  enable-dense-mlp-attn-tp                          switch : dense networks are split over tensor parallel ranks of attention
  enable-layernorm-sp                               switch : norms and residuals are split over tensor parallel ranks in prefill
  disable-attn-tp-gather                            switch : the buffer of gathered tokens is left out
  device                                            text : another kind of machine
  numa-node                                         text : processors that the ranks run on
  tokenizer-worker-num                              integer : processes that read requests
  detokenizer-worker-num                            integer : processes that write answers
  stream-interval                                   integer : tokens that are sent together
  attention-backend                                 text [triton torch_native flex_attention dsa nsa qsa dsv4 compressed fa3 fa4 flashinfer flashmla cutlass_mla trtllm_mla cutedsl_mla tokenspeed_mla trtllm_mha dual_chunk_flash_attn hpc_ops minicpm_flashattn minicpm_flashinfer aiter wave intel_amx ascend intel_xpu mlu] : kernels of attention, and the pages that they take
  decode-attention-backend                          text : kernels of attention in decode
  prefill-attention-backend                         text : kernels of attention in prefill
  enable-lean-attention                             switch : kernels of attention in decode
  enable-flashinfer-mla                             switch : kernels of latent attention
  enable-flashmla                                   switch : kernels of latent attention
  flashinfer-mla-disable-ragged                     switch : kernels of latent attention in prefill
  prefill-kv-cache-dequant-dtype                    text [auto nvfp4 fp8_e4m3] : a cache of fp4 is widened for prefill
  fp8-gemm-backend, fp8-gemm-runner-backend         text [auto deep_gemm flashinfer_trtllm flashinfer_cutlass flashinfer_deepgemm flashinfer_cutedsl cutlass triton aiter] : kernels of dense products
  fp4-gemm-backend, fp4-gemm-runner-backend         text [auto cutlass flashinfer_cudnn flashinfer_cutedsl flashinfer_cutlass flashinfer_trtllm marlin] : kernels of dense products
  bf16-gemm-backend                                 text [auto cutedsl gemv torch] : kernels of dense products
  dsa-prefill-backend, nsa-prefill-backend          text [flashmla_sparse flashmla_sparse_q8 flashmla_kv flashmla_auto flashinfer_sparse_mla triton_sparse_mla fa3 tilelang triton aiter aiter_sparse_mla trtllm intel_xpu] : kernels of sparse attention in prefill
  dsa-decode-backend, nsa-decode-backend            text [flashmla_sparse flashmla_sparse_q8 flashmla_kv flashmla_auto flashinfer_sparse_mla fa3 tilelang triton aiter aiter_sparse_mla trtllm intel_xpu] : kernels of sparse attention in decode
  dsv4-prefill-backend                              text [auto flashmla_sparse flashmla_sparse_q8] : kernels of sparse attention in prefill
  dsv4-attn-backend                                 text [auto flashmla trtllm] : kernels of sparse attention, and how its cache is written
  dsa-triton-union                                  integer [0 2 4] : kernels of sparse attention in prefill
  dsa-paged-mqa-logits-backend                      text [auto deepgemm cutedsl aiter] : kernels of the indexer
  dsa-topk-backend                                  text [sgl-kernel torch flashinfer] : kernels of the indexer
  enable-dsa-fused-indexer                          switch : kernels of the indexer
  enable-deepseek-v4-fp4-indexer                    switch : keys of the indexer take half the bytes of fp8
  disable-flashinfer-autotune                       switch : kernels are not tried out at start
  flashinfer-autotune-skip-ops                      text : kernels are not tried out at start
  triton-attention-reduce-in-fp32                   switch : attention's parts are summed in fp32
  triton-attention-num-kv-splits                    integer : parts into which attention cuts a long cache
  triton-attention-split-tile-size                  integer : parts into which attention cuts a long cache
  enable-fused-qk-norm-rope                         switch : fusion of operations
  mamba-backend                                     text [triton flashinfer] : kernels of linear layers
  mamba-ssm-dtype                                   text [float32 bfloat16 float16] : number type of the states of linear layers
  max-mamba-cache-size                              integer : requests whose states of linear layers fit
  mamba-max-states-per-path                         integer : states of linear layers kept for a prefix
  mamba-radix-cache-strategy, mamba-scheduler-strategy text [auto no_buffer extra_buffer extra_buffer_lazy] : states of linear layers kept for prefixes
  mamba-track-interval                              integer : tokens between kept states of linear layers
  enable-int8-mamba-checkpoint                      switch : states of linear layers kept for prefixes are int8
  int8-mamba-ckpt-size                              integer : states of linear layers kept for prefixes
  linear-attn-backend                               text [triton cutedsl flashinfer flashkda nvidia_kda ptx_kda helion intel_xpu] : kernels of linear layers
  linear-attn-decode-backend                        text [triton cutedsl flashinfer flashkda nvidia_kda ptx_kda helion intel_xpu] : kernels of linear layers in decode
  linear-attn-prefill-backend                       text [triton cutedsl flashinfer flashkda nvidia_kda ptx_kda helion intel_xpu] : kernels of linear layers in prefill
  linear-attn-verify-backend                        text [triton cutedsl flashinfer flashkda nvidia_kda ptx_kda helion intel_xpu nv_cutedsl] : kernels of linear layers for drafted tokens
  enable-linear-replayssm                           switch : states of linear layers are written once in several steps
  linear-replayssm-cache-len                        integer : states of linear layers are written once in that many steps
  enable-linear-replayssm-spec, enable-gdn-replayssm-spec switch : drafted tokens leave no states of linear layers
  c128-page-size                                    integer : tokens of a page of compressed entries
  cuda-graph-config.*                               text : graphs of prefill
  cuda-graph-backend-prefill                        text [full breakable tc_piecewise disabled] : graphs of prefill
  cuda-graph-max-bs-prefill, piecewise-cuda-graph-max-tokens integer : most tokens of a step of prefill that runs from a graph
  cuda-graph-max-seq-len-prefill                    integer : longest request of a step of prefill that runs from a graph
  cuda-graph-bs-prefill, piecewise-cuda-graph-tokens text : steps of prefill that run from graphs
  cuda-graph-prefill-max-context, context-bucket    integer : longest context of a step of prefill that runs from a graph
  cuda-graph-tc-compiler, piecewise-cuda-graph-compiler text [eager inductor] : what compiles graphs of prefill
  disable-prefill-cuda-graph                        switch : no graphs of prefill
  disable-piecewise-cuda-graph                      switch : no graphs of prefill
  enable-piecewise-cuda-graph                       switch : graphs of prefill
  enforce-piecewise-cuda-graph                      switch : graphs of prefill
  enable-breakable-cuda-graph                       switch : graphs of prefill
  disable-cuda-graph-padding                        switch : batches between two captured ones run without a graph
  debug-cuda-graph                                  switch : graphs run operation by operation
  enable-torch-compile                              switch : torch.compile builds the model
  torch-compile-max-bs                              integer : largest batch that torch.compile builds for
  enable-nccl-nvls                                  switch : collectives inside of switches
  enable-symm-mem                                   switch : collectives over symmetric memory
  enable-torch-symm-mem                             switch : collectives over symmetric memory
  enable-mscclpp                                    switch : collectives by MSCCL++
  disable-custom-all-reduce                         switch : all-reduce of a node by NCCL instead of its own kernel
  enable-scattered-sconv                            switch : short convolutions are split over tensor parallel ranks
  pre-warm-nccl                                     switch : links are opened at start instead of by the first request
  boundary-reduction                                text [auto ar rs rsv rs+rsv] : collective behind feed-forward networks
  enable-quant-communications                       switch : all-reduce carries int8
  flashinfer-allreduce-fusion-backend               text [auto trtllm mnnvl cutedsl] : all-reduce and norm in one kernel
  enable-flashinfer-allreduce-fusion                switch : all-reduce and norm in one kernel
  enforce-disable-flashinfer-allreduce-fusion       switch : all-reduce and norm in kernels of their own
  enable-aiter-allreduce-fusion                     switch : all-reduce and norm in one kernel
  disable-aiter-allreduce-fusion-in-prefill         switch : all-reduce and norm in kernels of their own in prefill
  disable-aiter-allreduce-fusion-in-decode          switch : all-reduce and norm in kernels of their own in decode
  enable-fused-moe-sum-all-reduce                   switch : sum of experts and all-reduce in one kernel
  enable-flashinfer-moe, enable-flashinfer-cutlass-moe switch : kernels of experts
  enable-flashinfer-trtllm-moe                      switch : kernels of experts
  enable-flashinfer-cutedsl-moe                     switch : kernels of experts
  enable-flashinfer-mxfp4-moe                       switch : kernels of experts
  enable-triton-kernel-moe                          switch : kernels of experts
  enable-w4a4-mxfp4-megamoe                         switch : experts compute in fp4
  flashinfer-mxfp4-moe-precision                    text [default bf16 fp8] : type in which experts of mxfp4 compute
  fuseep-mode                                       integer [1 2] : how dispatch and experts are joined
  deepep-dispatcher-output-dtype                    text [auto bf16 fp8 int8 nvfp4] : number type of tokens on their way to experts
  flashinfer-a2a-dispatch-type                      text [auto bf16 nvfp4 mxfp8] : number type of tokens on their way to experts
  deepep-config                                     text : channels and buffers of DeepEP
  disable-flashinfer-cutlass-moe-fp4-allgather      switch : tokens are gathered in bf16
  eplb-rebalance-num-iterations                     integer : steps between new placements of experts
  eplb-rebalance-layers-per-chunk                   integer : layers whose experts move in one step
  eplb-min-rebalancing-utilization-threshold        number : experts move only where GPUs are less balanced
  expert-distribution-recorder-mode                 text [stat stat_approx per_pass per_token] : the chosen experts are counted in each step
  expert-distribution-recorder-buffer-size          integer : the chosen experts are counted in each step
  elastic-ep-backend                                text [none mooncake nixl] : ranks of experts can come and go
  elastic-ep-initial-size                           integer : ranks of experts can come and go
  max-ep-size                                       integer : buffers for more ranks of experts than there are
  enable-elastic-expert-backup                      switch : copies of experts lie in the host's memory
  enable-waterfill                                  switch : shared experts run where the load is least
  disable-shared-experts-fusion                     switch : shared experts run apart from the routed ones
  enforce-shared-experts-fusion                     switch : shared experts run with the routed ones
  enable-single-batch-overlap                       switch : communication and computation of one batch overlap
  tbo-token-distribution-threshold                  number : when a batch is split inside of a request
  kt-weight-path, kt-amx-weight-path                text : some experts run on the host
  kt-method, kt-amx-method                          text : number type of experts on the host
  kt-cpuinfer                                       integer : processors for experts on the host
  kt-threadpool-count                               integer : processors for experts on the host
  kt-num-gpu-experts                                integer : experts of a layer on the GPU, the others on the host
  kt-max-deferred-experts-per-token                 integer : experts on the host that may come later
  speculative-draft-model-path, speculative-draft-model text : weights and cache of a draft model come on top
  uno-lora-path                                     text : an adapter drafts
  speculative-draft-load-format                     text : dummy loads no weights
  speculative-draft-model-quantization              text : number type of the draft model's weights
  speculative-draft-kv-cache-dtype                  text [auto fp8_e5m2 fp8_e4m3 bf16 bfloat16] : number type of the draft model's cache
  speculative-draft-window-size, speculative-dflash-draft-window-size integer : tokens that drafting attends to
  speculative-draft-sink-size                       integer : first tokens that drafting attends to
  speculative-draft-attention-backend               text : kernels of attention for drafts
  speculative-attention-mode, speculative-attention-backend text [prefill decode] : kernels of attention for drafted tokens
  speculative-dsa-topk-backend                      text [sgl-kernel torch flashinfer] : kernels of the indexer for drafts
  speculative-moe-runner-backend                    text : kernels of experts for drafts
  speculative-moe-a2a-backend                       text : how drafts reach their experts
  speculative-enable-w4a4-mxfp4-megamoe             switch : experts of drafts compute in fp4
  speculative-domino-candidate-pool-size            integer : tokens that drafting scores
  speculative-dspark-sps-table-path                 text : fewer drafted tokens are checked where they are unlikely
  speculative-dspark-confidence-sts-path            text : fewer drafted tokens are checked where they are unlikely
  speculative-dspark-align-verify-tokens-to-graph-tier switch : more drafted tokens are checked where a graph has room
  speculative-accept-threshold-single               number : how drafted tokens are accepted
  speculative-accept-threshold-acc                  number : how drafted tokens are accepted
  speculative-use-rejection-sampling                switch : how drafted tokens are accepted
  speculative-use-block-verification                switch : how drafted tokens are accepted
  speculative-token-map                             text : drafts come from fewer tokens of the vocabulary
  speculative-skip-dp-mlp-sync                      switch : ranks agree once less in each step
  enable-multi-layer-eagle                          switch : several modules draft
  speculative-adaptive                              switch : tokens drafted depend on their acceptance
  speculative-adaptive-config                       text : tokens drafted depend on their acceptance
  speculative-batch-size-threshold                  integer : larger batches are not drafted for
  speculative-ngram-min-bfs-breadth                 integer : drafts come from earlier text, and cost no pass
  speculative-ngram-max-bfs-breadth                 integer : drafts come from earlier text, and cost no pass
  speculative-ngram-match-type                      text [BFS PROB] : drafts come from earlier text, and cost no pass
  speculative-ngram-max-trie-depth                  integer : drafts come from earlier text, and cost no pass
  speculative-ngram-capacity                        integer : drafts come from earlier text, and cost no pass
  speculative-ngram-external-corpus-path            text : drafts come from other text, and cost no pass
  speculative-ngram-external-sam-budget             integer : drafts come from other text, and cost no pass
  speculative-ngram-external-corpus-max-tokens      integer : drafts come from other text, and cost no pass
  speculative-ngram-min-match-window-size           integer : drafts come from earlier text, and cost no pass
  speculative-ngram-max-match-window-size           integer : drafts come from earlier text, and cost no pass
  speculative-ngram-branch-length                   integer : drafts come from earlier text, and cost no pass
  decoupled-spec-role                               text [null verifier drafter] : another instance drafts
  disaggregation-transfer-backend                   text [mooncake nixl ascend fake mori mooncake_tcp] : how keys and values reach the decode pool
  disaggregation-decode-enable-radix-cache          switch : the decode pool keeps prefixes, which are not sent again
  disaggregation-decode-enable-offload-kvcache      switch : the decode pool's cache waits in the host's memory too
  disaggregation-decode-enable-fake-auto            switch : keys and values are not sent
  disaggregation-decode-retraction-backup           text [cpu_tensor host_pool] : requests that are pushed out wait in the host's memory
  disaggregation-decode-host-receive-threshold      number : keys and values arrive in the host's memory
  disaggregation-decode-extra-slots                 integer : requests beyond the running ones whose keys and values arrive
  disaggregation-decode-polling-interval            integer : steps before the decode pool takes new requests
  disaggregation-decode-tp                          integer : tensor parallelism of the decode pool
  disaggregation-decode-dp                          integer : data parallelism of the decode pool
  disaggregation-prefill-pp                         integer : pipeline stages of the prefill pool
  num-reserved-decode-tokens                        integer : tokens of the cache kept for each new request
  optimistic-prefill-attempts                       integer : prompts are read before the decode pool has room
  enable-pd-role-switch                             switch : an instance can change its role
  encoder-only                                      switch : the vision tower alone is loaded
  language-only                                     switch : the vision tower is not loaded
  language-model-only                               switch : the vision tower is not loaded
  encoder-transfer-backend                          text [auto zmq_to_scheduler zmq_to_tokenizer mooncake] : how images reach the language model
  enable-adaptive-dispatch-to-encoder               switch : single images stay on this instance
  enable-pdmux                                      switch : prompts and decode share each GPU's processors
  pdmux-config-path                                 text : prompts and decode share each GPU's processors
  sm-group-num                                      integer : prompts and decode share each GPU's processors
  enable-session-radix-cache                        switch : prefixes of open sessions stay longer
  radix-cache-backend                               text : another prefix cache
  enable-hybrid-radix-tree                          switch : how states of linear layers are kept for prefixes
  enable-hierarchical-cache                         switch : prefixes that leave the GPU stay in the host's memory
  hicache-host-memory-mode                          text [cache buffer_only] : what the host's memory holds of the cache
  hicache-host-memory-fraction                      number : host's memory for the cache
  hicache-ratio                                     number : host's memory for the cache, for each byte on the GPU
  hicache-size                                      integer : host's memory for the cache
  hicache-write-policy                              text [write_back write_through write_through_selective] : when prefixes are copied to the host
  hicache-io-backend                                text [direct kernel kernel_ascend] : how prefixes are copied to the host
  hicache-mem-layout                                text [layer_first page_first page_first_direct page_first_kv_split page_head] : how prefixes lie in the host's memory
  hicache-storage-backend                           text [file sim mooncake npu_memcache hf3fs nixl aibrix dynamic eic simm mori shm] : prefixes lie in a store too
  hicache-storage-prefetch-policy                   text [best_effort wait_complete timeout] : how long a prompt waits for prefixes from a store
  hicache-storage-backend-extra-config              text : prefixes lie in a store too
  hicache-storage-prefetch-retry-poll-interval      integer : how long a prompt waits for prefixes from a store
  hicache-storage-prefetch-retry-max-attempts       integer : how long a prompt waits for prefixes from a store
  enable-unified-cache-external-linker              switch : prefixes lie in a store too
  unified-cache-external-linker-backend             text [mooncake mori] : prefixes lie in a store too
  enable-linker-mla-dedup                           switch : latents lie in a store once
  mooncake-store-contributor                        switch : this instance gives memory to a store
  mooncake-page-wise-load-threshold                 integer : how prefixes come from a store
  mooncake-enable-page-wise-load                    switch : how prefixes come from a store
  enable-hisparse                                   switch : sparse attention reads most of its cache from the host's memory
  hisparse-config, hierarchical-sparse-attention-extra-config json : sparse attention reads most of its cache from the host's memory
  hisparse-config.*                                 text : sparse attention reads most of its cache from the host's memory
  enable-double-sparsity                            switch : attention reads a part of its cache
  ds-channel-config-path                            text : attention reads a part of its cache
  ds-heavy-channel-num                              integer : attention reads a part of its cache
  ds-heavy-token-num                                integer : attention reads a part of its cache
  ds-heavy-channel-type                             text : attention reads a part of its cache
  ds-sparse-decode-threshold                        integer : attention reads a part of its cache
  enable-lmcache                                    switch : prefixes that leave the GPU stay in the host's memory or a store
  lmcache-config-file                               text : prefixes that leave the GPU stay in the host's memory or a store
  enable-flexkv                                     switch : prefixes that leave the GPU stay in the host's memory or a store
  flexkv-config-file                                text : prefixes that leave the GPU stay in the host's memory or a store
  enable-encoder-swa-bounded-replay                 switch : windows are computed again for a prefix that is found
  enable-decoder-swa-bounded-replay                 switch : later layers read only the end of a prompt
  swa-prefix-tails                                  integer : windows kept for prefixes
  cpu-offload-gb                                    integer : weights beyond the GPU's lie in the host's memory and are read in each step
  offload-group-size                                integer : of so many layers some lie in the host's memory
  offload-num-in-group                              integer : layers of a group that lie in the host's memory
  offload-prefetch-step                             integer : layers that are fetched ahead from the host's memory
  offload-mode                                      text : where weights that are not on the GPU lie
  ple-offload-embedding                             switch : embeddings of n-grams lie in the host's memory
  ple-offload-backend                               text [pinned file] : embeddings of n-grams lie in the host's memory
  enable-memory-saver                               switch : weights and cache are allocated so that they can be released
  enable-weights-cpu-backup                         switch : the host's memory holds a copy of the weights
  enable-draft-weights-cpu-backup                   switch : the host's memory holds a copy of the draft model
  weight-cache-mode                                 text [off daemon client] : another process on the GPU holds the weights
  enable-return-hidden-states                       switch : hidden states of every token are kept and sent
  return-hidden-states-mode                         text [last full] : hidden states are kept and sent
  enable-return-routed-experts                      switch : the chosen experts of every token are kept and sent
  enable-return-indexer-topk                        switch : the chosen keys of every token are kept and sent
  enable-mis                                        switch : many answers to one prompt are scored in a pass, without graphs and cache
  enable-deterministic-inference                    switch : kernels that do not depend on the batch
  rl-on-policy-target                               text : kernels that do not depend on the batch
  mm-attention-backend                              text [sdpa fa3 fa4 triton_attn ascend_attn aiter_attn flashinfer_cudnn amx_attn xpu_attn] : kernels of the vision tower
  mm-enable-dp-encoder                              switch : each tensor parallel rank holds the whole vision tower
  enable-prefix-mm-cache                            switch : images of earlier prompts are kept
  enable-mm-global-cache                            switch : images of earlier prompts are kept in a store
  limit-mm-data-per-request                         json : images and videos of a prompt
  limit-mm-data-per-request.*                       integer : images and videos of a prompt
  mm-feature-transport                              text [cpu cuda_ipc cuda_vmm] : memory of the GPU for images on their way
  keep-mm-feature-on-device                         switch : images stay on the GPU
  enable-lora                                       switch : adapters and their buffers lie beside the weights
  max-lora-rank                                     integer : width of adapters, for which memory is kept
  lora-target-modules                               text : which matrices have adapters
  lora-paths                                        text : adapters and their buffers lie beside the weights
  max-loaded-loras                                  integer : adapters that wait in the host's memory
  max-loras-per-batch                               integer : adapters of a batch, for which memory is kept
  lora-backend                                      text [triton csgmv ascend torch_native] : kernels of adapters
  max-lora-chunk-size                               integer [16 32 64 128] : kernels of adapters
  moe-lora-base-gemm                                text [cutedsl triton] : kernels of experts with adapters
  lora-use-virtual-experts                          switch : kernels of experts with adapters
  experts-shared-outer-loras                        switch : experts share adapters
  enable-lora-overlap-loading                       switch : adapters are loaded beside steps
  lora-drain-wait-threshold                         number : which adapters run
  dllm-algorithm                                    text : a diffusion model writes many tokens in a step
  dllm-algorithm-config                             text : a diffusion model writes many tokens in a step
  dllm-fdfo                                         switch : a diffusion model's requests end one by one
  enable-prefill-delayer                            switch : prompts wait for those of other data parallel ranks
  prefill-delayer-max-delay-passes                  integer : prompts wait for those of other data parallel ranks
  prefill-delayer-token-usage-low-watermark         number : prompts wait for those of other data parallel ranks
  prefill-delayer-queue-min-ratio                   number : prompts wait for each other
  prefill-delayer-max-delay-ms                      number : prompts wait for each other
  min-free-slots-delay                              integer : prompts wait until several requests have ended
  padded-output-tokens                              integer : answers are filled up
  kv-canary                                         text [none log raise] : the cache is checked
  enable-precise-embedding-interpolation            switch : images are prepared more exactly
  `,
);
