import { type ArgumentTable, argumentsOf } from '../argument.ts';
import { MEGATRON_BEYOND } from './argumentsBeyond.ts';
import { MEGATRON_WITHOUT_EFFECT } from './argumentsWithoutEffect.ts';

/** How the model is split over GPUs, and how a step runs. */
const DEPLOYMENT = argumentsOf(
  'plan',
  `
  tensor-model-parallel-size                        integer
  model-parallel-size                               integer
  pipeline-model-parallel-size                      integer
  context-parallel-size                             integer
  expert-model-parallel-size                        integer
  expert-tensor-parallel-size                       integer
  sequence-parallel                                 switch
  num-layers-per-virtual-pipeline-stage             integer
  num-virtual-stages-per-pipeline-rank              integer
  pipeline-model-parallel-layout                    text
  decoder-first-pipeline-num-layers                 integer
  decoder-last-pipeline-num-layers                  integer
  use-tp-pp-dp-mapping                              switch
  use-distributed-optimizer                         switch
  num-distributed-optimizer-instances               integer
  use-megatron-fsdp, use-custom-fsdp                switch
  use-torch-fsdp2                                   switch
  torch-fsdp2-no-reshard-after-forward              switch
  data-parallel-sharding-strategy                   text [no_shard optim optim_grads optim_grads_params]
  recompute-granularity                             text [full selective]
  recompute-activations                             switch
  checkpoint-activations                            switch
  recompute-modules                                 text
  moe-layer-recompute                               switch
  tp-comm-overlap                                   switch
  overlap-grad-reduce                               switch
  overlap-param-gather                              switch
  moe-token-dispatcher-type                         text [allgather alltoall alltoall_seq flex]
  moe-enable-deepep                                 switch
  moe-flex-dispatcher-backend                       text [deepep deepepv2 hybridep ncclep]
  moe-shared-expert-overlap                         switch
  optimizer-cpu-offload                             switch
  fine-grained-activation-offloading                switch
  offload-modules                                   text
  cpu-offloading-num-layers                         integer
  attention-backend                                 text [flash fused unfused local auto]
  use-flash-attn                                    switch
  cross-entropy-loss-fusion                         switch
  moe-grouped-gemm                                  switch
  use-transformer-engine-op-fuser                   switch
  bf16                                              switch
  fp16                                              switch
  fp8-format                                        text [e4m3 hybrid]
  fp8-recipe                                        text [tensorwise delayed mxfp8 blockwise custom]
  fp8-param-gather                                  switch
  fp4-format                                        text [e2m1]
  fp4-recipe                                        text [nvfp4 custom]
  fp4-param-gather                                  switch
  grad-reduce-in-bf16                               switch
  accumulate-allreduce-grads-in-fp32                switch
  use-precision-aware-optimizer                     switch
  main-grads-dtype                                  text [fp32 bf16]
  main-params-dtype                                 text [fp32 fp16]
  exp-avg-dtype                                     text [fp32 fp16 bf16 fp8]
  exp-avg-sq-dtype                                  text [fp32 fp16 bf16 fp8]
  optimizer                                         text
  micro-batch-size                                  integer
  batch-size                                        integer
  global-batch-size                                 integer
  seq-length                                        integer
  encoder-seq-length                                integer
  hidden-dropout                                    number
  attention-dropout                                 number
  `,
);

/** The model: its shape is in arguments too. */
const MODEL = argumentsOf(
  'plan',
  `
  num-layers                                        integer
  encoder-num-layers                                integer
  hidden-size                                       integer
  ffn-hidden-size                                   integer
  num-attention-heads                               integer
  kv-channels                                       integer
  group-query-attention                             switch
  num-query-groups                                  integer
  window-size                                       text
  window-attn-skip-freq                             text
  max-position-embeddings                           integer
  vocab-size                                        integer
  padded-vocab-size                                 integer
  make-vocab-size-divisible-by                      integer
  untie-embeddings-and-output-weights               switch
  swiglu                                            switch
  quick-geglu                                       switch
  squared-relu                                      switch
  disable-bias-linear                               switch
  add-qkv-bias                                      switch
  qk-layernorm                                      switch
  attention-output-gate                             switch
  mtp-num-layers                                    integer
  multi-latent-attention                            switch
  q-lora-rank                                       integer
  kv-lora-rank                                      integer
  qk-head-dim                                       integer
  qk-pos-emb-head-dim                               integer
  v-head-dim                                        integer
  num-experts                                       integer
  moe-layer-freq                                    text
  moe-ffn-hidden-size                               integer
  moe-shared-expert-intermediate-size               integer
  moe-router-topk                                   integer
  moe-router-num-groups                             integer
  moe-router-group-topk                             integer
  moe-router-topk-limited-devices                   integer
  experimental-attention-variant                    text [gated_delta_net dsa dsv4_hybrid]
  linear-attention-type                             text
  linear-attention-freq                             text
  linear-conv-kernel-dim                            integer
  linear-key-head-dim                               integer
  linear-value-head-dim                             integer
  linear-num-key-heads                              integer
  linear-num-value-heads                            integer
  dsa-indexer-n-heads                               integer
  dsa-indexer-head-dim                              integer
  dsa-indexer-topk                                  integer
  mamba-state-dim                                   integer
  mamba-head-dim                                    integer
  mamba-num-groups                                  integer
  mamba-num-heads                                   integer
  hybrid-layer-pattern                              text
  hybrid-override-pattern                           text
  hybrid-attention-ratio                            number
  hybrid-mlp-ratio                                  number
  is-hybrid-model                                   switch
  `,
);

/**
 * The options of Megatron-LM's `pretrain_*.py`. Its parser takes no shortened names (`allow_abbrev=False`) and no `--no-X` but
 * where `no-x` stands here, which are options of their own. Lists (`recompute-modules`, `rampup-batch-size`) are several words
 * behind the name, and patterns (`moe-layer-freq`) an expression of Python's lists.
 */
export const MEGATRON_ARGUMENTS: ArgumentTable = {
  source:
    'Megatron-LM main: megatron/training/arguments.py of December 2025 (000c4ac2), megatron/core/transformer/transformer_config.py (002526d8) and megatron/core/model_parallel_config.py (02aa3ee4) of 2026, whose fields newer parsers take as options; removed ones from arguments.py (307dcf37)',
  arguments: [...DEPLOYMENT, ...MODEL, ...MEGATRON_BEYOND, ...MEGATRON_WITHOUT_EFFECT],
};
