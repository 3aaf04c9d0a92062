import { type Argument, argumentsOf } from '../argument.ts';

/** Arguments of vLLM that change neither memory nor the time of a step: addresses, logs, tokenizers, files, formats of answers. */
export const VLLM_WITHOUT_EFFECT: readonly Argument[] = argumentsOf(
  'none',
  `
  config                                            text
  headless                                          switch
  grpc                                              switch
  host                                              text
  port                                              integer
  uds                                               text
  data-parallel-supervisor-port                     integer
  dp-supervisor-probe-interval-s                    number
  dp-supervisor-probe-timeout-s                     number
  dp-supervisor-probe-failure-threshold             integer
  uvicorn-log-level                                 text [critical error warning info debug trace]
  disable-uvicorn-access-log                        switch
  disable-access-log-for-endpoints                  text
  allow-credentials                                 switch
  allowed-origins                                   json
  allowed-methods                                   json
  allowed-headers                                   json
  api-key                                           text
  ssl-keyfile                                       text
  ssl-certfile                                      text
  ssl-ca-certs                                      text
  enable-ssl-refresh                                switch
  ssl-cert-reqs                                     integer
  ssl-ciphers                                       text
  root-path                                         text
  middleware                                        text
  enable-request-id-headers                         switch
  disable-fastapi-docs                              switch
  h11-max-incomplete-event-size                     integer
  h11-max-header-count                              integer
  enable-offline-docs                               switch
  enable-flash-late-interaction                     switch
  disable-frontend-multiprocessing                  switch
  lora-modules                                      text
  prompt-adapters                                   text
  default-mm-loras                                  json
  default-mm-loras.*                                text
  long-lora-scaling-factors                         text
  enable-lora-bias                                  switch
  specialize-active-lora                            switch
  qlora-adapter-name-or-path                        text
  chat-template                                     text
  chat-template-content-format                      text [auto string openai]
  trust-request-chat-template                       switch
  default-chat-template-kwargs                      json
  default-chat-template-kwargs.*                    text
  reasoning-effort-budgets                          json
  reasoning-effort-budgets.*                        integer
  response-role                                     text
  return-tokens-as-token-ids                        switch
  enable-auto-tool-choice                           switch
  exclude-tools-when-tool-choice-none               switch
  tool-call-parser                                  text
  tool-parser-plugin                                text
  tool-server                                       text
  reasoning-parser                                  text
  reasoning-parser-plugin                           text
  enable-reasoning                                  switch
  reasoning-config                                  json
  reasoning-config.*                                text
  log-config-file                                   text
  max-log-len                                       integer
  enable-prompt-tokens-details                      switch
  enable-per-request-metrics                        switch
  enable-server-load-tracking                       switch
  enable-force-include-usage                        switch
  sse-keep-alive-interval                           integer
  enable-tokenizer-info-endpoint                    switch
  enable-log-outputs                                switch
  enable-log-deltas                                 switch
  enable-log-requests                               switch
  disable-log-requests                              switch
  disable-log-stats                                 switch
  aggregate-engine-logging                          switch
  cohere-is-reasoning-model                         switch
  cohere-format                                     text
  log-error-stack                                   switch
  tokens-only                                       switch
  fingerprint-mode                                  text [full hash custom none]
  fingerprint-value                                 text
  served-model-name                                 text
  runner                                            text [auto generate pooling draft]
  convert                                           text
  task                                              text
  tokenizer                                         text
  tokenizer-mode                                    text
  tokenizer-revision                                text
  tokenizer-pool-size                               integer
  tokenizer-pool-type                               text
  tokenizer-pool-extra-config                       text
  skip-tokenizer-init                               switch
  trust-remote-code                                 switch
  seed                                              integer
  revision                                          text
  code-revision                                     text
  hf-token                                          text
  config-format                                     text
  allowed-local-media-path                          text
  allowed-media-domains                             text
  allow-deprecated-quantization                     switch
  return-sampling-mask                              switch
  logprobs-mode                                     text [raw_logits raw_logprobs processed_logits processed_logprobs]
  use-fp64-gumbel                                   switch
  enable-trace-replay                               switch
  pooler-config                                     json
  pooler-config.*                                   text
  override-pooler-config                            json
  override-pooler-config.*                          text
  override-neuron-config                            json
  override-neuron-config.*                          text
  override-attention-dtype                          text
  generation-config                                 text
  override-generation-config                        json
  override-generation-config.*                      text
  logits-processors                                 text
  logits-processor-pattern                          text
  io-processor-plugin                               text
  enable-nccl-comm-suspend                          switch
  download-dir                                      text
  safetensors-load-strategy                         text
  safetensors-prefetch-num-threads                  integer
  safetensors-prefetch-block-size                   integer
  model-loader-extra-config                         json
  model-loader-extra-config.*                       text
  ignore-patterns                                   text
  use-tqdm-on-load                                  switch
  pt-load-map-location                              text
  max-parallel-loading-workers                      integer
  enable-ep-weight-filter                           switch
  weight-transfer-config                            json
  weight-transfer-config.*                          text
  structured-outputs-config                         json
  structured-outputs-config.*                       text
  guided-decoding-backend                           text
  guided-decoding-disable-fallback                  switch
  guided-decoding-disable-any-whitespace            switch
  guided-decoding-disable-additional-properties     switch
  master-addr                                       text
  master-port                                       integer
  node-rank, -r                                     integer
  distributed-timeout-seconds                       integer
  cpu-distributed-timeout-seconds                   integer
  numa-bind                                         switch
  numa-bind-nodes                                   text
  numa-bind-cpus                                    text
  device-ids                                        text
  data-parallel-rank, -dpn                          integer
  data-parallel-start-rank, -dpr                    integer
  data-parallel-address, -dpa                       text
  data-parallel-rpc-port, -dpp                      integer
  data-parallel-backend, -dpb                       text [mp ray]
  data-parallel-hybrid-lb, -dph                     switch
  data-parallel-external-lb, -dpe                   switch
  data-parallel-multi-port-external-lb, -dpm        switch
  dcp-kv-cache-interleave-size                      integer
  cp-kv-cache-interleave-size                       integer
  ray-workers-use-nsight                            switch
  enable-fault-tolerance                            switch
  fault-tolerance-config                            json
  fault-tolerance-config.*                          text
  prefix-caching-hash-algo                          text
  use-v2-block-manager                              switch
  enable-mamba-cache-stochastic-rounding            switch
  mamba-cache-philox-rounds                         integer
  mamba-config.*                                    text
  multi-step-stream-outputs                         switch
  disable-logprobs-during-spec-decoding             switch
  disable-chunked-mm-input                          switch
  external-parameters                               json
  external-parameters.*                             text
  enable-mm-embeds                                  switch
  interleave-mm-strings                             switch
  media-io-kwargs                                   json
  media-io-kwargs.*                                 text
  mm-processor-kwargs                               json
  mm-processor-kwargs.*                             text
  mm-processor-cache-gb                             number
  mm-processor-cache-type                           text [shm lru]
  mm-hasher-algorithm                               text
  mm-shm-cache-max-object-size-mb                   integer
  mm-encoder-fp8-scale-path                         text
  mm-encoder-fp8-scale-save-path                    text
  mm-encoder-fp8-scale-save-margin                  number
  mm-tensor-ipc                                     text
  mm-device-do-normalize                            switch
  disable-mm-preprocessor-cache                     switch
  enable-mm-processor-stats                         switch
  show-hidden-metrics-for-version                   text
  otlp-traces-endpoint                              text
  collect-detailed-traces                           text
  per-request-spec-decode-metrics                   text [none summary detailed]
  kv-cache-metrics                                  switch
  kv-cache-metrics-sample                           number
  cudagraph-metrics                                 switch
  enable-layerwise-nvtx-tracing                     switch
  enable-mfu-metrics                                switch
  enable-logging-iteration-details                  switch
  jit-monitor-mode                                  text [warn error]
  jit-monitor-verbose                               switch
  profiler-config                                   json
  profiler-config.*                                 text
  kv-transfer-config.*                              text
  kv-events-config                                  json
  kv-events-config.*                                text
  ec-manager-config                                 json
  ec-manager-config.*                               text
  fail-on-environ-validation                        switch
  shutdown-timeout                                  integer
  `,
);
