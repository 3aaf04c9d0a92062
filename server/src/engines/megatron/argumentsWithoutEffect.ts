import { argumentsOf } from '../argument.ts';

/** Options of Megatron-LM that change neither memory nor time: learning rates, checkpoints, data, logs. */
export const MEGATRON_WITHOUT_EFFECT = argumentsOf(
  'none',
  `
  use-rotary-position-embeddings                    switch
  rotary-interleaved                                switch
  use-rope-scaling                                  switch
  no-position-embedding                             switch
  mrope-interleaved                                 switch
  apply-layernorm-1p                                switch
  apply-residual-connection-post-layernorm          switch
  openai-gelu                                       switch
  bert-no-binary-head                               switch
  qk-l2-norm                                        switch
  qk-clip                                           switch
  mtp-use-repeated-layer                            switch
  mtp-detach-heads                                  switch
  dsa-indexer-rope-interleaved                      switch
  dsa-indexer-rotate-activation                     switch
  dsa-indexer-scoring-relu                          switch
  dsa-indexer-k-norm-fp32                           switch
  use-mup                                           switch
  log-straggler                                     switch
  disable-straggler-on-startup                      switch
  run-workload-inspector-server                     switch
  no-one-logger                                     switch
  one-logger-async                                  switch
  enable-one-logger                                 switch
  enable-ft-package                                 switch
  calc-ft-timeouts                                  switch
  log-throughput                                    switch
  log-progress                                      switch
  log-energy                                        switch
  no-barrier-with-level-1-timing                    switch
  log-timers-to-tensorboard                         switch
  no-log-loss-scale-to-tensorboard                  switch
  no-log-learnig-rate-to-tensorboard                switch
  log-batch-size-to-tensorboard                     switch
  log-validation-ppl-to-tensorboard                 switch
  log-memory-to-tensorboard                         switch
  log-world-size-to-tensorboard                     switch
  log-moe-overload-factor                           switch
  moe-per-layer-logging                             switch
  muon-no-split-qkv                                 switch
  muon-use-nesterov                                 switch
  apply-wd-to-qk-layernorm                          switch
  grpo-filter-groups-with-same-reward               switch
  langrl-external-server                            switch
  check-for-spiky-loss                              switch
  profile                                           switch
  use-pytorch-profiler                              switch
  record-memory-history                             switch
  calculate-per-token-loss                          switch
  exit-signal-handler                               switch
  no-async-tensor-model-parallel-allreduce          switch
  use-mcore-models                                  switch
  no-manual-gc-eval                                 switch
  data-parallel-random-init                         switch
  init-method-xavier-uniform                        switch
  te-rng-tracker                                    switch
  override-opt_param-scheduler, override-opt-param-scheduler switch
  use-checkpoint-opt_param-scheduler, use-checkpoint-opt-param-scheduler switch
  no-save-optim                                     switch
  no-save-rng                                       switch
  no-load-optim                                     switch
  load-main-params-from-ckpt                        switch
  no-load-rng                                       switch
  no-strict-fsdp-dtensor-load                       switch
  finetune                                          switch
  no-initialization                                 switch
  no-use-tokenizer-model-from-checkpoint-args       switch
  exit-on-missing-checkpoint                        switch
  use-dist-ckpt                                     switch
  use-persistent-ckpt-worker                        switch
  auto-detect-ckpt-format                           switch
  ckpt-convert-update-legacy-dist-opt-format        switch
  ckpt-fully-parallel-save                          switch
  no-ckpt-fully-parallel-save                       switch
  async-save                                        switch
  ckpt-fully-parallel-load                          switch
  ckpt-assume-constant-structure                    switch
  dist-ckpt-save-pre-mcore-014                      switch
  dist-ckpt-optim-fully-reshardable                 switch
  distrib-optim-fully-reshardable-mem-efficient     switch
  apply-query-key-layer-scaling                     switch
  lazy-mpu-init                                     switch
  replication                                       switch
  full-validation                                   switch
  multiple-validation-sets                          switch
  test-mode                                         switch
  skip-train                                        switch
  legacy-tokenizer                                  switch
  trust-remote-code                                 switch
  no-mmap-bin-files                                 switch
  mock-data                                         switch
  reset-position-ids                                switch
  reset-attention-mask                              switch
  eod-mask-loss                                     switch
  no-create-attention-mask-in-dataloader            switch
  allow-ambiguous-pad-tokens                        switch
  adlr-autoresume                                   switch
  biencoder-shared-query-context-model              switch
  use-one-sent-docs                                 switch
  retriever-score-scaling                           switch
  no-data-sharding                                  switch
  vision-pretraining                                switch
  dino-norm-last-layer                              switch
  retro-no-verify-neighbor-count                    switch
  moe-use-upcycling                                 switch
  moe-router-pre-softmax                            switch
  moe-router-enable-expert-bias                     switch
  moe-apply-probs-on-input                          switch
  enable-experimental                               switch
  disable-msc                                       switch
  sft                                               switch
  onnx-safe                                         switch
  cuda-graph-warmup-steps                           integer
  relative-attention-num-buckets                    integer
  relative-attention-max-distance                   integer
  rotary-base                                       integer
  rotary-seq-len-interpolation-factor               integer
  straggler-ctrlr-port                              integer
  straggler-minmax-count                            integer
  tensorboard-log-interval                          integer
  tensorboard-queue-size                            integer
  logging-level                                     integer
  log-interval                                      integer
  profile-step-start                                integer
  profile-step-end                                  integer
  check-weight-hash-across-dp-replicas-interval     integer
  train-iters                                       integer
  train-samples                                     integer
  exit-interval                                     integer
  exit-duration-in-mins                             integer
  seed                                              integer
  lr-decay-iters                                    integer
  lr-decay-samples                                  integer
  lr-wsd-decay-samples                              integer
  lr-wsd-decay-iters                                integer
  lr-warmup-iters                                   integer
  lr-warmup-samples                                 integer
  warmup                                            integer
  save-interval, persistent-save-interval           integer
  save-retain-interval                              integer
  non-persistent-save-interval                      integer
  ckpt-step                                         integer
  fp8-interval                                      integer
  fp8-margin                                        integer
  fp8-amax-history-len                              integer
  hysteresis                                        integer
  distributed-timeout-minutes                       integer
  distributed-timeout-seconds-after-init            integer
  local-rank, local_rank                            integer
  replication-jump                                  integer
  replication-factor                                integer
  eval-iters                                        integer
  eval-interval                                     integer
  vocab-extra-ids                                   integer
  tiktoken-num-special-tokens                       integer
  retriever-seq-length                              integer
  num-workers                                       integer
  num-dataset-builder-threads                       integer
  adlr-autoresume-interval                          integer
  ict-head-size                                     integer
  biencoder-projection-dim                          integer
  indexer-batch-size                                integer
  indexer-log-interval                              integer
  num-classes                                       integer
  num-channels                                      integer
  iter-per-epoch                                    integer
  dino-local-img-size                               integer
  dino-local-crops-number                           integer
  dino-head-hidden-size                             integer
  dino-bottleneck-size                              integer
  dino-warmup-teacher-temp-epochs                   integer
  retro-cyclic-train-iters                          integer
  retro-num-neighbors                               integer
  retro-num-retrieved-chunks                        integer
  error-injection-rate                              integer
  moe-upcycling-granularity                         integer
  mup-base-hidden-size                              integer
  mhc-sinkhorn-iterations                           integer
  actual-vocab-size                                 integer
  rotary-percent                                    number
  rope-scaling-factor                               number
  rotary-scaling-factor                             number
  mscale                                            number
  mscale-all-dim                                    number
  beta-fast                                         number
  beta-slow                                         number
  norm-epsilon                                      number
  softmax-scale                                     number
  activation-func-clamp-value                       number
  glu-linear-offset                                 number
  mtp-loss-scaling-factor                           number
  qk-clip-alpha                                     number
  qk-clip-threshold                                 number
  dsa-indexer-k-norm-epsilon                        number
  csa-compress-rotary-base                          number
  mhc-init-gating-factor                            number
  mup-width-mult                                    number
  mup-embedding-mult                                number
  mup-output-mult                                   number
  mup-base-head-dim                                 number
  mup-attn-scale-power                              number
  weight-decay                                      number
  start-weight-decay                                number
  end-weight-decay                                  number
  clip-grad                                         number
  adam-beta1                                        number
  adam-beta2                                        number
  adam-eps                                          number
  sgd-momentum                                      number
  muon-momentum                                     number
  muon-extra-scale-factor                           number
  lion-beta1                                        number
  lion-beta2                                        number
  soap-shampoo-beta                                 number
  adaptive-muon-beta2                               number
  adaptive-muon-eps                                 number
  grpo-clamp-eps-lower                              number
  grpo-clamp-eps-upper                              number
  grpo-kl-beta                                      number
  grpo-entropy-term-weight                          number
  grpo-default-temperature                          number
  grpo-default-top-p                                number
  init-method-std                                   number
  embedding-init-method-std                         number
  lr                                                number
  lr-warmup-fraction                                number
  lr-warmup-init                                    number
  min-lr                                            number
  decoupled-lr                                      number
  decoupled-min-lr                                  number
  loss-scale                                        number
  initial-loss-scale                                number
  min-loss-scale                                    number
  loss-scale-window                                 number
  sample-rate                                       number
  mask-prob                                         number
  short-seq-prob                                    number
  mid-level-dataset-surplus                         number
  query-in-block-prob                               number
  classes-fraction                                  number
  data-per-class-fraction                           number
  head-lr-mult                                      number
  mask-factor                                       number
  dino-freeze-last-layer                            number
  dino-warmup-teacher-temp                          number
  dino-teacher-temp                                 number
  retro-encoder-hidden-dropout                      number
  retro-encoder-attention-dropout                   number
  retro-attention-gate                              number
  moe-router-topk-scaling-factor                    number
  moe-router-bias-update-rate                       number
  moe-aux-loss-coeff                                number
  moe-z-loss-coeff                                  number
  moe-input-jitter-eps                              number
  inprocess-*                                       text
  position-embedding-type                           text [learned_absolute rope mrope yarn relative none]
  rope-type                                         text [rope yarn]
  no-rope-freq                                      text
  rotary-base-per-layer                             text
  mrope-section                                     text
  normalization                                     text [LayerNorm RMSNorm]
  softmax-type                                      text [learnable vanilla off-by-one]
  mtp-hybrid-override-pattern                       text
  one-logger-project                                text
  one-logger-run-name                               text
  app-tag-run-name                                  text
  app-tag-run-version                               text
  config-logger-dir                                 text
  timing-log-option                                 text [max minmax all]
  wandb-project                                     text
  wandb-entity                                      text
  wandb-exp-name                                    text
  wandb-save-dir                                    text
  tensorboard-dir                                   text
  weight-decay-incr-style                           text [constant linear cosine]
  muon-scale-mode                                   text [spectral unit_rms_norm shape_scaling]
  muon-coefficient-type                             text
  muon-scalar-optimizer                             text [adam lion]
  adaptive-muon-moment2-method                      text
  langrl-inference-server-type                      text [inplace_megatron inplace_megatron_chat]
  langrl-inference-server-conversation-template     text
  langrl-env-config                                 text
  profile-ranks                                     text
  memory-snapshot-path                              text
  iterations-to-skip                                text
  result-rejected-tracker-filename                  text
  dump-param-to-param-group-map                     text
  dataloader-type                                   text [single cyclic external]
  rerun-mode                                        text [disabled validate_results report_stats report_determinism_stats]
  error-injection-type                              text [correct_result transient_error persistent_error]
  lr-decay-style                                    text [constant linear cosine inverse-square-root WSD]
  lr-wsd-decay-style                                text [exponential linear cosine minus_sqrt]
  save                                              text
  load                                              text
  non-persistent-ckpt-type                          text [global local in_memory]
  non-persistent-global-ckpt-dir                    text
  non-persistent-local-ckpt-dir                     text
  non-persistent-local-ckpt-algo                    text [fully_parallel atomic]
  pretrained-checkpoint                             text
  dist-ckpt-format                                  text
  ckpt-format                                       text [torch torch_dist zarr torch_dcp fsdp_dtensor]
  ckpt-convert-format                               text [torch torch_dist zarr]
  ckpt-convert-save                                 text
  dist-ckpt-strictness                              text
  fp8-amax-compute-algo                             text [most_recent max]
  distributed-backend                               text [nccl gloo]
  vocab-file                                        text
  merge-file                                        text
  tokenizer-type                                    text
  tokenizer-model                                   text
  tokenizer-metadata                                text
  tiktoken-pattern                                  text
  tiktoken-special-tokens                           text
  sft-tokenizer-prompt-format                       text
  data-path                                         text
  split                                             text
  train-data-path                                   text
  valid-data-path                                   text
  test-data-path                                    text
  data-args-path                                    text
  per-split-data-args-path                          text
  data-cache-path                                   text
  object-storage-cache-path                         text
  ict-load                                          text
  bert-load                                         text
  titles-data-path                                  text
  evidence-data-path                                text
  retriever-report-topk-accuracies                  text
  block-data-path                                   text
  embedding-path                                    text
  retro-project-dir                                 text
  bert-embedder-type                                text [megatron huggingface]
  vision-pretraining-type                           text [classify inpaint dino]
  swin-backbone-type                                text [tiny base h3]
  mask-type                                         text [random row]
  moe-router-score-function                         text [softmax sigmoid sqrtsoftplus]
  moe-token-drop-policy                             text [probs position]
  `,
);
