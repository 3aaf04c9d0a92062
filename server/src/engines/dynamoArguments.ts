import { type ArgumentTable, argumentsOf } from './argument.ts';

/** Which worker it is, and the engine's shape where a worker of TensorRT-LLM takes it as options. */
const STATED = argumentsOf(
  'plan',
  `
  is-prefill-worker                                 switch
  is-decode-worker                                  switch
  disaggregation-mode                               text [agg pd prefill decode encode prefill_and_decode]
  model, model-path                                 text
  tensor-parallel-size                              integer
  pipeline-parallel-size                            integer
  expert-parallel-size                              integer
  enable-attention-dp                               switch
  kv-block-size                                     integer
  gpus-per-node                                     integer
  max-batch-size                                    integer
  max-num-tokens                                    integer
  max-seq-len                                       integer
  free-gpu-memory-fraction                          number
  `,
);

const BEYOND = argumentsOf(
  'beyond',
  `
  extra-engine-args                                 text : a file with arguments of the engine
  override-engine-args                              json : arguments of the engine
  disagg-config                                     text : a file with arguments of the engine for each pool
  disagg-config-key                                 text : pool of that file
  connector                                         text : how caches go to other workers and to the host
  max-beam-width                                    integer : answers that are followed at once
  engine-request-limit                              integer : requests that a worker takes at once
  migration-limit                                   integer : how often a request may move to another worker
  conversation-affinity                             switch : turns of a conversation go to one rank
  conversation-affinity-dp-rank-source              text [engine dynamo] : who chooses that rank
  sleep-mode-level                                  integer [1 2 3] : what a sleeping worker frees
  multimodal-embedding-cache-capacity-gb            number : memory of the host for embedded images
  multimodal-processor                              switch : a worker that prepares images
  multimodal-encode-worker                          switch : a worker that embeds images only
  multimodal-worker                                 switch : a worker that takes images from others
  multimodal-decode-worker                          switch : a decode worker that takes images from others
  route-to-encoder                                  switch : images are embedded by workers of their own
  enable-multimodal                                 switch : takes images
  frontend-decoding                                 switch : images are read before the worker
  embedding-worker                                  switch : answers with embeddings
  image-diffusion-worker                            switch : another kind of model
  video-generation-worker                           switch : another kind of model
  omni                                              switch : another kind of model
  modality                                          text : kind of model
  afd-attention-ratio                               integer : GPUs of attention for each of the networks
  afd-microbatch-size                               integer : tokens that such GPUs send each other at once
  publish-kv-events, publish-events-and-metrics     switch : the engine tells the router of its cache
  load-format                                       text : how weights are read
  quant-algo                                        text [FP8 FP8_BLOCK_SCALES NVFP4 W4A16_AWQ W4A8_AWQ W8A8_SQ_PER_CHANNEL] : models of images
  enable-layerwise-offload                          switch : models of images
  layerwise-num-gpu-layers                          integer : models of images
  enable-cpu-offload                                switch : models of images
  enable-cuda-graph                                 switch : models of images
  disable-torch-compile                             switch : models of images
  enforce-eager                                     switch : models of images
  enable-fullgraph                                  switch : models of images
  enable-teacache                                   switch : models of images
  attn-backend                                      text [VANILLA TRTLLM] : models of images
  torch-dtype                                       text [bfloat16 float16 float32] : models of images
  diffusion-cache-backend                           text [cache_dit tea_cache] : models of images
  ulysses-degree                                    integer : models of images
  ring-degree                                       integer : models of images
  cfg-parallel-size                                 integer [1 2] : models of images
  dit-*                                             integer : models of images
  vae-*                                             text : models of images
  `,
);

const WITHOUT_EFFECT = argumentsOf(
  'none',
  `
  version                                           switch
  namespace                                         text
  endpoint                                          text
  kv-state-endpoint                                 text
  encode-endpoint                                   text
  next-endpoint                                     text
  discovery-backend, store-kv                       text
  request-plane                                     text [tcp nats http]
  response-plane                                    text [tcp quic]
  event-plane                                       text [nats zmq]
  fpm-trace                                         switch
  served-model-name                                 text
  dyn-*                                             text
  endpoint-types                                    text
  custom-jinja-template                             text
  exclude-tools-when-tool-choice-none               switch
  use-vllm-tokenizer                                switch
  use-sglang-tokenizer                              switch
  dump-config-to                                    text
  health-check-payload                              json
  multimodal-embedding-cache-publisher              switch
  output-modalities                                 text
  media-output-fs-url                               text
  media-output-http-url                             text
  tcp-tls-*                                         text
  nats-tls-*                                        text
  model-loader-extra-config                         json
  model-express-url                                 text
  revision                                          text
  allowed-local-media-path                          text
  max-file-size-mb                                  integer
  guided-decoding-backend                           text [xgrammar llguidance]
  mm-prompt-template                                text
  stage-configs-path                                text
  video-output-dir                                  text
  default-*                                         text
  boundary-ratio                                    number
  flow-shift                                        number
  diffusion-cache-config                            json
  enable-cache-dit-summary                          switch
  quant-dynamic                                     switch
  teacache-*                                        text
  enable-layerwise-nvtx-marker                      switch
  skip-warmup                                       switch
  afd-ffn-endpoint                                  text
  afd-sync-timeout-ms                               integer
  `,
);

/**
 * The options that Dynamo's workers (`python -m dynamo.vllm`, `dynamo.sglang`, `dynamo.trtllm`) take beside those of their engine:
 * those of vLLM and SGLang take all of their engine's command line too, and that table goes first. That of TensorRT-LLM takes only
 * what stands here. Switches take `--no-X`.
 */
export const DYNAMO_ARGUMENTS: ArgumentTable = {
  source:
    'Dynamo main of 2026, components/src/dynamo: common/configuration/groups/runtime_args.py (007ec174), vllm/backend_args.py (036f289b), sglang/backend_args.py (02ae17cc), trtllm/backend_args.py (0a6a115c)',
  arguments: [...STATED, ...BEYOND, ...WITHOUT_EFFECT],
};
