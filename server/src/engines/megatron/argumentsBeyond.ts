import { argumentsOf } from '../argument.ts';

/** Options of Megatron-LM that change memory or time, and that a plan cannot state. */
export const MEGATRON_BEYOND = argumentsOf(
  'beyond',
  `
  pipeline-model-parallel-split-rank                integer : puts the encoder on the first ranks of the pipeline, the decoder on the rest
  decoder-num-layers                                integer : layers of the decoder of a model with an encoder
  account-for-embedding-in-pipeline-split           switch : counts the embedding as a layer when layers are split over stages
  account-for-loss-in-pipeline-split                switch : counts the loss as a layer when layers are split over stages
  standalone-embedding-stage                        switch : a stage of its own for the embedding
  microbatch-group-size-per-virtual-pipeline-stage  integer : micro-batches that run on one chunk before the next: order, bubble and held activations
  no-overlap-p2p-communication                      switch : transfers between stages no longer run beside computation
  overlap-p2p-communication-warmup-flush            switch : transfers between stages run beside computation at both ends of a step too
  no-scatter-gather-tensors-in-pipeline             switch : every rank of a tensor group sends the whole activations to the next stage
  use-ring-exchange-p2p                             switch : kernel that sends activations between stages
  batch-p2p-comm                                    switch : sends and receives between stages go in one batch
  variable-seq-lengths                              switch : stages send each other the shapes first
  pipeline-model-parallel-comm-backend              text [nccl ucc] : library that sends activations between stages
  deallocate-pipeline-outputs                       switch : frees the output of a stage once it is sent
  defer-embedding-wgrad-compute                     switch : the output projection's weight gradients wait for the end of the pipeline
  wgrad-deferral-limit                              integer : micro-batches whose output gradients wait
  overlap-moe-expert-parallel-comm                  switch : exchanges of experts run beside another micro-batch's computation
  delay-wgrad-compute                               switch : weight gradients move behind the exchanges of experts
  overlap-dispatch-backward-with-experts-wgrad      switch : weight gradients of experts run beside the backward exchange
  ep-overlap-early-attn-memory-release              switch : frees attention's activations earlier, and leaves exchanges exposed
  high-priority-a2a-comm-stream                     switch : priority of the stream of exchanges
  high-priority-stream-groups                       text : groups whose exchanges run on streams of high priority
  recompute-method                                  text [uniform block] : which layers are recomputed in full: units of all, or some of each stage
  recompute-num-layers                              integer : layers of a recomputed unit, or recomputed layers of a stage
  distribute-saved-activations                      switch : checkpoints of recomputed layers are split over the tensor group
  mhc-recompute-layer-num                           integer : layers whose hyper-connections are recomputed together
  tp-comm-overlap-cfg                               text : SMs and chunks of each overlapped tensor exchange
  disable-tp-comm-overlap-ag                        switch : all-gathers of the tensor group no longer overlap
  disable-tp-comm-overlap-rs                        switch : reduce-scatters of the tensor group no longer overlap
  tp-comm-overlap-rs-dgrad                          switch : reduce-scatters overlap with gradients of activations
  disable-tp-comm-bulk-dgrad                        switch : all-gathers no longer overlap with gradients of activations
  disable-tp-comm-bulk-wgrad                        switch : reduce-scatters no longer overlap with gradients of weights
  disable-tp-comm-split-ag                          switch : all-gathers of the forward pass no longer overlap
  disable-tp-comm-split-rs                          switch : reduce-scatters of the forward pass no longer overlap
  tp-comm-overlap-disable-qkv                       switch : no overlap at the projection of queries, keys and values
  tp-comm-overlap-disable-fc1                       switch : no overlap at the first projection of the network
  tp-comm-bootstrap-backend                         text [nccl mpi gloo] : library that sets up the overlapped tensor exchanges
  ddp-num-buckets                                   integer : parts in which gradients are exchanged
  ddp-bucket-size                                   integer : parameters that are exchanged at once
  ddp-pad-buckets-for-high-nccl-busbw               switch : pads gradient buckets to a power of two
  ddp-reduce-scatter-with-fp32-accumulation         switch : gradients travel in low precision by an all-to-all, and are added in fp32
  ddp-average-in-collective                         switch : gradients are averaged by the collective
  no-align-grad-reduce                              switch : stages reduce gradients when they need, not together
  no-delay-grad-reduce                              switch : gradients of all stages but the first are reduced at once
  delay-param-gather                                switch : stages gather parameters together
  no-align-param-gather                             switch : stages gather parameters when they need, not together
  overlap-param-gather-with-optimizer-step          switch : the first bucket of parameters is gathered beside the optimizer
  no-gradient-reduce-div-fusion                     switch : division of gradients is a kernel of its own
  use-nccl-ub                                       switch : exchange buffers are registered with NCCL: fewer SMs, more memory
  disable-symmetric-registration                    switch : registered buffers are not symmetric
  use-sharp                                         switch : switches add gradients up
  sharp-enabled-group                               text [dp dp_replica] : group whose gradients switches add up
  fsdp-double-buffer                                switch : holds two buffers for gathered parameters
  suggested-communication-unit-size                 integer : elements that FSDP exchanges at once, and how far it reads ahead
  keep-fp8-transpose-cache                          switch : holds transposed fp8 weights beside the weights
  enable-full-sharding-in-hsdp                      switch : shards over all replicas of FSDP
  outer-dp-sharding-strategy                        text [no_shard optim optim_grads optim_grads_params] : what the outer data-parallel group of FSDP shards
  disable-parameter-transpose-cache                 switch : transposes weights anew in each step
  cp-comm-type                                      text : exchange of context parallelism: p2p, a2a, allgather or a2a+p2p
  hierarchical-context-parallel-sizes               text : levels of context parallelism's groups
  hybrid-context-parallel                           switch : context-parallel groups of the size that each sequence needs
  dynamic-context-parallel                          switch : context-parallel groups of the size that each sequence needs
  max-seqlen-per-dp-cp-rank                         integer : tokens that a rank of a packed sequence takes
  sequence-packing-scheduler                        text : packs sequences of different length
  thd-max-packed-sequences                          integer : sequences that a packed micro-batch can hold
  cp-partition-mode                                 text [zigzag contiguous] : which tokens a context-parallel rank takes
  linear-cp-mode                                    text [chunkwise headwise] : exchange of context parallelism in linear attention
  tensor-parallel-num-weight-shards                 integer : splits weights beyond the tensor group and gathers them in each pass
  optimizer-offload-fraction                        number : part of the optimizer that lies on the host
  use-torch-optimizer-for-cpu-offload               switch : optimizer that runs on the host
  overlap-cpu-optimizer-d2h-h2d                     switch : transfers of an optimizer on the host overlap with its step
  no-pin-cpu-grads                                  switch : gradients on the host are not pinned
  no-pin-cpu-params                                 switch : weights on the host are not pinned
  offload-optimizer-states                          switch : the optimizer's moments lie on the host between steps
  cpu-offloading                                    switch : activations lie on the host
  cpu-offloading-activations                        switch : whether activations are offloaded
  cpu-offloading-weights                            switch : weights lie on the host
  cpu-offloading-double-buffering                   switch : two buffers for activations that come back
  cpu-offloading-retain-pinned-cpu-buffers          switch : keeps the host's buffers between steps
  min-offloaded-tensor-size                         integer : smallest activation that is offloaded
  delay-offload-until-cuda-graph                    switch : activations are offloaded beside the next CUDA graph
  delta-offload-bytes-across-pp-ranks               integer : bytes less that each next stage offloads
  activation-offload-fraction                       number : part of the chosen activations that is offloaded
  fine-grained-offloading-max-inflight-offloads     integer : transfers to the host that run at once
  activation-func-fp8-input-store                   switch : holds the input of the activation function in fp8
  moe-paged-stash                                   switch : holds activations of experts in pages
  moe-paged-stash-page-size                         integer : tokens of such a page
  moe-paged-stash-buffer-size-factor-cuda           number : size of the buffer of pages on the GPU
  moe-paged-stash-buffer-size-factor-cpu            number : size of the buffer of pages on the host
  moe-use-legacy-grouped-gemm                       switch : kernel of experts
  moe-single-grouped-weight                         switch : weights of a rank's experts are one tensor
  moe-single-grouped-bias                           switch : biases of a rank's experts are one tensor
  moe-extended-tp                                   switch : splits each expert over the expert group
  moe-shared-expert-gate                            switch : a gate for the shared experts
  moe-latent-size                                   integer : experts work on a projection of this size
  moe-deepep-num-sms                                integer : SMs of DeepEP's exchange
  moe-hybridep-num-sms                              integer : SMs of HybridEP's exchange
  moe-flex-dispatcher-num-sms                       integer : SMs of the exchange of experts
  moe-hybridep-num-blocks-permute                   integer : blocks that reorder tokens
  moe-hybridep-num-blocks-unpermute                 integer : blocks that put tokens back
  moe-hybridep-num-sms-preprocessing                integer : SMs that count tokens for HybridEP
  moe-hybridep-pad-variable-tokens                  switch : pads ranks of different token counts
  moe-permute-fusion-into-hybridep                  switch : HybridEP reorders tokens itself
  moe-ncclep-static-shape                           switch : experts get a buffer of fixed size
  moe-ncclep-use-symm-mem                           switch : buffers of the exchange are symmetric memory
  moe-permute-fusion                                switch : kernel that reorders tokens
  moe-router-fusion                                 switch : kernel of the router
  moe-router-dtype                                  text [fp32 fp64] : type of the router
  moe-router-load-balancing-type                    text : how evenly experts are chosen: aux_loss, seq_aux_loss, global_aux_loss, sinkhorn, none
  moe-router-force-load-balancing                   switch : experts are chosen at random, so evenly
  moe-router-force-biased                           number : experts are chosen unevenly on purpose
  moe-router-padding-for-fp8                        switch : pads the tokens of each expert to a multiple
  moe-router-padding-for-quantization               switch : pads the tokens of each expert to a multiple
  moe-n-hash-layers                                 integer : first layers choose experts by a table, without a router
  moe-enable-routing-replay                         switch : keeps the choice of experts
  moe-expert-capacity-factor                        number : tokens beyond it are dropped for an expert
  moe-expert-rank-capacity-factor                   number : tokens beyond it are dropped for a rank
  moe-pad-expert-input-to-capacity                  switch : pads every expert to its capacity
  moe-token-dropping                                switch : drops tokens beyond an expert's capacity
  moe-mlp-glu-interleave-size                       integer : layout of gates for a fused kernel of experts
  moe-shared-expert-glu-interleave-size             integer : layout of gates for a fused kernel of shared experts
  use-grouped-gemm-for-shared-expert                switch : fused kernel of shared experts
  use-grouped-gemm-for-dense-mlp, dense-grouped-gemm switch : fused kernel of dense networks
  use-mok-megakernel                                switch : one kernel for exchange and experts
  mok-*                                             text : chunks and SMs of the one kernel for exchange and experts
  transformer-impl                                  text [local transformer_engine inference_optimized] : kernels of layers
  use-kitchen                                       switch : kernels and types of another library
  use-kitchen-attention                             switch : attention of another library
  kitchen-attention-backend                         text [sdpa fa] : kernel of that attention
  kitchen-config-file                               text : types of each layer
  kitchen-recipe-number                             integer : types of each layer
  fallback-to-eager-attn                            switch : attention holds the whole score matrix
  dsa-kernel-backend                                text [none tilelang cudnn] : kernel of sparse attention
  apply-dsa-kernel-fusion                           switch : kernel of sparse attention
  dsa-indexer-topk-freq                             integer : layers that share a choice of tokens
  dsa-indexer-skip-topk-offset                      integer : first layer that shares a choice of tokens
  dsa-indexer-loss-coeff                            number : a loss of the indexer, which holds its scores
  dsa-indexer-use-sparse-loss                       switch : the loss of the indexer sees chosen tokens only
  csa-window-size                                   integer : window of compressed sparse attention
  csa-compress-ratios                               text : tokens that each layer compresses into one
  csa-dense-mode                                    switch : compressed attention without a choice of tokens
  gdn-pre-gated-delta-rule-fusion                   switch : kernel before linear attention
  gdn-conv-pad-alignment                            integer : pads sequences of linear attention
  enable-hyper-connections                          switch : several residual streams
  num-residual-streams                              integer : residual streams
  use-fused-mhc                                     switch : kernel of residual streams
  mamba-training-ssm-states-dtype                   text : type of the states that training of Mamba holds
  disable-mamba-mem-eff-path                        switch : Mamba holds more activations
  head-wise-attn-gate                               switch : a gate for each head
  no-masked-softmax-fusion                          switch : softmax is several kernels
  no-bias-gelu-fusion                               switch : bias and activation are two kernels
  no-bias-swiglu-fusion                             switch : bias and activation are two kernels, and hold more
  no-bias-dropout-fusion                            switch : bias and dropout are two kernels
  no-rope-fusion                                    switch : rotary embedding is several kernels
  fused-single-qkv-rope                             switch : kernel of the rotary embedding
  fused-residual-rmsnorm                            switch : norm and residual are one kernel in the backward pass
  use-fused-weighted-squared-relu                   switch : kernel of the activation function
  use-te-activation-func                            switch : kernel of the activation function
  no-persist-layer-norm                             switch : kernel of norms
  memory-efficient-layer-norm                       switch : norms hold their output, not their input
  no-gradient-accumulation-fusion                   switch : weight gradients are added by a kernel of their own
  cross-entropy-fusion-impl                         text [native te] : kernel of the fused loss
  fp16-lm-cross-entropy                             switch : the loss holds logits in fp16
  no-clone-scatter-output-in-embedding              switch : keeps the embedding's whole output
  mlp-chunks-for-training                           integer : the network runs in parts of the sequence
  fp32-residual-connection                          switch : the residual stream is fp32
  attention-softmax-in-fp32                         switch : softmax is fp32
  no-fp8-wgrad                                      switch : weight gradients are not computed in fp8
  fp8-output-proj                                   switch : the output projection is computed in fp8
  fp8-dot-product-attention                         switch : attention is computed in fp8
  fp8-multi-head-attention                          switch : attention is computed in fp8
  tp-only-amax-red                                  switch : scales of fp8 are exchanged in the tensor group only
  fp8-quantizer-factory                             text : types of a recipe of one's own
  fp4-quantizer-factory                             text : types of a recipe of one's own
  first-last-layers-bf16                            switch : first and last layers stay in bf16
  num-layers-at-start-in-bf16                       integer : first layers that stay in bf16
  num-layers-at-end-in-bf16                         integer : last layers that stay in bf16
  reuse-grad-buf-for-mxfp8-param-ag                 switch : gathered mxfp8 weights lie in the buffer of gradients
  disable-bf16-reduced-precision-matmul             switch : products in bf16 are added in full precision
  enable-cuda-graph                                 switch : captures graphs, which hold their buffers
  external-cuda-graph                               switch : captures graphs, which hold their buffers
  cuda-graph-impl                                   text [none local transformer_engine full_iteration] : captures graphs, which hold their buffers
  cuda-graph-modules                                text : what graphs capture
  cuda-graph-scope                                  text : what graphs capture
  cuda-graph-use-single-mempool                     switch : graphs share their buffers
  cuda-graph-retain-backward-graph                  switch : graphs hold more of the backward pass
  cuda-graph-dynamic-microbatches                   switch : graphs for every number of micro-batches
  optimizer-cuda-graph                              switch : captures the optimizer's step
  rampup-batch-size                                 text : the batch grows during the first samples
  step-batch-size-schedule                          text : the batch grows in steps
  decrease-batch-size-if-needed                     switch : the batch shrinks to what GPUs divide
  decoder-seq-length                                integer : length of the decoder's sequences of a model with an encoder
  muon-num-ns-steps                                 integer : products that each step of Muon takes
  muon-tp-mode                                      text [blockwise duplicated distributed] : how Muon computes split weights
  muon-fp32-matmul-prec                             text [low medium high] : precision of Muon's products
  soap-precondition-frequency                       integer : steps between SOAP's decompositions
  use-layer-wise-distributed-optimizer              switch : whole layers of an optimizer lie on different ranks
  empty-unused-memory-level                         integer [0 1 2] : returns cached memory in each step
  deterministic-mode                                switch : slower kernels with equal results
  batch-invariant-mode                              switch : slower kernels with equal results
  train-sync-interval                               integer : steps between waits of the host for the GPU
  manual-gc                                         switch : Python frees memory on all ranks at once
  manual-gc-interval                                integer : steps between these
  log-params-norm                                   switch : computes the norm of weights
  log-num-zeros-in-grad                             switch : counts zeros of gradients
  log-max-attention-logit                           switch : computes the largest score of attention
  timing-log-level                                  integer [0 1 2] : timers that wait for the GPU
  no-check-for-nan-in-loss-and-grad                 switch : does not look for NaN in gradients
  check-for-large-grads                             switch : looks for large gradients
  nccl-communicator-config-path                     text : SMs of NCCL's groups
  use-legacy-models                                 switch : layers before Megatron-Core
  output-bert-embeddings                            switch : inference answers with embeddings
  retro-add-retriever                               switch : adds an encoder of retrieved text
  retro-encoder-layers                              integer : layers of that encoder
  heterogeneous-layers-config-path                  text : layers of different shape
  heterogeneous-layers-config-encoded-json          json : layers of different shape
  spec                                              text : layers of one's own
  use-checkpoint-args                               switch : the model's shape comes from a checkpoint
  use-mp-args-from-checkpoint-args                  switch : parallel degrees come from a checkpoint
  yaml-cfg                                          text : takes arguments from a file
  perform-rl-step                                   switch : trains on answers that the model samples itself
  rl-*                                              text : memory and packing of training with sampled answers
  grpo-prompts-per-step                             integer : prompts of a step with sampled answers
  grpo-group-size                                   integer : answers to each prompt
  grpo-iterations                                   integer : passes over sampled answers
  inference-*                                       text : inference of Megatron itself
  flash-decode                                      switch : inference of Megatron itself
  decode-only-cuda-graphs                           switch : inference of Megatron itself
  symmetric-ar-type                                 text [two_shot one_shot multimem_all_reduce] : inference of Megatron itself
  nccl-all-reduce-for-prefill                       switch : inference of Megatron itself
  mlp-chunks-for-prefill                            integer : inference of Megatron itself
  disable-chunked-prefill                           switch : inference of Megatron itself
  moe-pad-experts-for-cuda-graph-inference          switch : inference of Megatron itself
  cache-mla-latents                                 switch : inference of Megatron itself
  use-legacy-static-engine                          switch : inference of Megatron itself
  max-tokens-to-oom                                 integer : inference of Megatron itself
  mla-down-proj-fusion                              switch : kernel of MLA's down-projections
  disable-gloo-process-groups                       switch : no groups on the host
  use-cpu-initialization                            switch : weights start on the host
  init-model-with-meta-device                       switch : weights take no memory before they are sharded
  vision-backbone-type                              text [vit mit swin] : layers of a vision model
  img-h                                             integer : height of images
  img-w                                             integer : width of images
  patch-dim                                         integer : edge of a patch
  `,
);
