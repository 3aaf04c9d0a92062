import { type Argument, argumentsOf } from '../argument.ts';

/** Arguments of SGLang that change neither memory nor the time of a step: addresses, logs, tokenizers, files, formats of answers. */
export const SGLANG_WITHOUT_EFFECT: readonly Argument[] = argumentsOf(
  'none',
  `
  config                                            text
  tokenizer-path                                    text
  tokenizer-mode                                    text [auto slow]
  tokenizer-backend                                 text [huggingface fastokens]
  skip-tokenizer-init                               switch
  model-loader-extra-config                         json
  model-loader-extra-config.*                       text
  trust-remote-code                                 switch
  revision                                          text
  model-config-parser                               text
  quantization-param-path                           text
  modelopt-checkpoint-restore-path                  text
  modelopt-checkpoint-save-path                     text
  modelopt-export-path                              text
  rl-quant-profile                                  text
  default-priority-value                            integer
  abort-on-priority-when-disabled                   switch
  schedule-low-priority-values-first                switch
  nccl-port                                         integer
  dist-timeout                                      integer
  dist-init-addr, nccl-init-addr                    text
  gated-launch-port                                 integer
  node-rank                                         integer
  enable-p2p-check                                  switch
  base-gpu-id                                       integer
  gpu-id-step                                       integer
  random-seed                                       integer
  mlx-enable-sampling                               switch
  watchdog-timeout                                  number
  soft-watchdog-timeout                             number
  sleep-on-idle                                     switch
  use-ray                                           switch
  gc-threshold                                      text
  host                                              text
  port                                              integer
  fastapi-root-path                                 text
  smg-grpc-mode                                     switch
  grpc-mode                                         switch
  grpc-port                                         integer
  grpc-response-timeout-secs                        integer
  sidecar                                           text
  sidecar-args                                      json
  skip-server-warmup                                switch
  warmups                                           text
  enable-http2                                      switch
  http2-max-concurrent-streams                      integer
  http2-initial-connection-window-size              integer
  ssl-keyfile                                       text
  ssl-certfile                                      text
  ssl-ca-certs                                      text
  ssl-keyfile-password                              text
  enable-ssl-refresh                                switch
  api-key                                           text
  admin-api-key                                     text
  served-model-name                                 text
  weight-version                                    text
  chat-template                                     text
  trust-request-chat-template                       switch
  hf-chat-template-name                             text
  completion-template                               text
  file-storage-path, file-storage-pth               text
  enable-cache-report                               switch
  return-input-ids                                  switch
  return-output-ids                                 switch
  reasoning-parser                                  text
  default-chat-template-kwargs                      json
  default-chat-template-kwargs.*                    text
  enable-strict-thinking                            switch
  tool-call-parser                                  text
  tool-server                                       text
  sampling-defaults                                 text [openai model]
  asr-max-buffer-seconds                            integer
  asr-max-concurrent-sessions                       integer
  preferred-sampling-params                         json
  preferred-sampling-params.*                       text
  allow-auto-truncate                               switch
  batch-notify-size                                 integer
  stream-response-default-include-usage             switch
  incremental-streaming-output, stream-output       switch
  enable-streaming-session                          switch
  enable-response-store                             switch
  log-level                                         text
  log-level-http                                    text
  log-requests                                      switch
  log-requests-level                                integer [0 1 2 3]
  log-requests-format                               text [text json]
  log-requests-target                               text
  uvicorn-access-log-exclude-prefixes               text
  crash-dump-folder                                 text
  show-time-cost                                    switch
  enable-metrics                                    switch
  smg-http-sidecar-port, grpc-http-sidecar-port     integer
  enable-mfu-metrics                                switch
  enable-metrics-for-all-schedulers                 switch
  load-snapshot-publish-interval                    integer
  tokenizer-metrics-custom-labels-header            text
  tokenizer-metrics-allowed-custom-labels           text
  extra-metric-labels                               json
  extra-metric-labels.*                             text
  bucket-time-to-first-token                        text
  bucket-inter-token-latency                        text
  bucket-e2e-request-latency                        text
  bucket-decode-throughput                          text
  prompt-tokens-buckets                             text
  generation-tokens-buckets                         text
  collect-tokens-histogram                          switch
  gc-warning-threshold-secs                         number
  decode-log-interval                               integer
  enable-request-time-stats-logging                 switch
  kv-events-config                                  json
  kv-events-config.*                                text
  load-publish-endpoint                             text
  enable-forward-pass-metrics                       switch
  forward-pass-metrics-worker-id                    text
  forward-pass-metrics-ipc-name                     text
  enable-trace                                      switch
  trace-modules                                     text
  otlp-traces-endpoint                              text
  otlp-service-name                                 text
  export-metrics-to-file                            switch
  export-metrics-to-file-dir                        text
  constrained-json-whitespace-pattern               text
  constrained-json-disable-any-whitespace           switch
  constrained-json-max-whitespace-cnt               integer
  grammar-backend                                   text [xgrammar outlines llguidance none]
  sampling-backend                                  text [flashinfer pytorch ascend intel_xpu token_oracle]
  enable-mamba-cache-stochastic-rounding            switch
  mamba-cache-philox-rounds                         integer
  enable-profile-cuda-graph                         switch
  enable-cudagraph-gc                               switch
  enable-layerwise-nvtx-marker                      switch
  enable-torch-compile-debug-mode                   switch
  speculative-draft-model-revision                  text
  spec-trace-dir                                    text
  decoupled-spec-bind-endpoint                      text
  decoupled-spec-connect-endpoints                  json
  decoupled-spec-rank                               integer
  expert-balancedness-report-mode                   text [off server_log prometheus both]
  enable-expert-distribution-metrics                switch
  mooncake-ib-device                                text
  elastic-ep-join-mode                              text [scale recover]
  elastic-ep-join-rank-offset                       integer
  elastic-ep-scale-timeout                          number
  prefill-round-robin-balance                       switch
  disaggregation-bootstrap-port                     integer
  disaggregation-ib-device                          text
  disaggregation-enable-kv-checksum                 switch
  encoder-urls                                      text
  encoder-bootstrap-port                            integer
  encoder-register-urls                             text
  startup-weight-load-mode                          text [serial overlap]
  custom-weight-loader                              text
  weight-loader-disable-mmap                        switch
  weight-loader-prefetch-checkpoints                switch
  weight-loader-prefetch-num-threads                integer
  weight-loader-drop-cache-after-load               text
  remote-instance-weight-loader-seed-instance-ip    text
  remote-instance-weight-loader-seed-instance-service-port integer
  remote-instance-weight-loader-send-weights-group-ports json
  remote-instance-weight-loader-backend             text [transfer_engine nccl modelexpress]
  remote-instance-weight-loader-start-seed-via-transfer-engine switch
  engine-info-bootstrap-port                        integer
  modelexpress-config                               json
  modelexpress-config.*                             text
  download-dir                                      text
  model-checksum                                    text
  delete-ckpt-after-loading                         switch
  decrypted-config-file                             text
  decrypted-draft-config-file                       text
  checkpoint-engine-wait-weights-before-ready       switch
  weight-cache-socket                               text
  weight-cache-timeout                              integer
  ple-offload-dir                                   text
  enable-custom-logit-processor                     switch
  sampling-mask-max-tokens                          integer
  disable-outlines-disk-cache                       switch
  enable-broadcast-mm-inputs-process                switch
  mm-process-config                                 json
  mm-process-config.*                               text
  mm-processor-worker-num                           integer
  mm-io-worker-num                                  integer
  allowed-media-domains                             text
  media-url-max-file-size-mb                        integer
  mm-preprocess-cache-size-mb                       integer
  trust-mm-content-hashes                           switch
  image-processor-backend                           text [auto torchvision pil]
  mm-global-cache-backend                           text [mooncake]
  disable-fast-image-processor                      switch
  lora-eviction-policy                              text [lru fifo]
  lora-strict-loading                               switch
  prefill-delayer-forward-passes-buckets            text
  prefill-delayer-wait-seconds-buckets              text
  enable-dynamic-batch-tokenizer                    switch
  dynamic-batch-tokenizer-batch-size                integer
  dynamic-batch-tokenizer-batch-timeout             number
  enable-tokenizer-batch-encode                     switch
  disable-tokenizer-batch-decode                    switch
  kv-canary-real-data                               text
  kv-canary-sweep-interval                          integer
  debug-tensor-dump-output-folder                   text
  debug-tensor-dump-layers                          text
  debug-tensor-dump-input-file                      text
  debug-tensor-dump-inject                          text
  debug-tensor-dump-prefill-only                    switch
  forward-hooks                                     json
  msprobe-dump-config                               text
  hooks                                             json
  disable-jump-forward                              switch
  disable-nan-detection, enable-nan-detection       switch
  disable-mla                                       switch
  disable-outlines                                  switch
  router-*                                          text
  mini-lb                                           switch
  `,
);
