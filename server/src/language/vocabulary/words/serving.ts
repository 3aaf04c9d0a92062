import { none, row } from './foreign.ts';

/**
 * Words of serving engines and benchmarks. Those of vLLM in vllm-project/vllm engine/arg_utils.py at 001999d were read in the
 * source. The other words of vLLM, and those of SGLang and TensorRT-LLM, are from a list of the engines' flags that was made from
 * vLLM 0.21 to 0.24, sgl-project/sglang 0.5.12 to 0.5.16 and NVIDIA/TensorRT-LLM 1.3.0rc14 to rc23. Words of benchmarks and of
 * Hugging Face configs, and words that people say, are the usual ones of the field, without a source.
 */
export const SERVING_WORDS = [
  row(
    'engine.name',
    { vllm: 'vllm vllm.entrypoints.openai.api_server vllm.entrypoints.api_server' },
    { value: { on: 'vllm' } },
  ),
  row('engine.name', { sglang: 'sglang sglang.launch_server' }, { value: { on: 'sglang' } }),
  row('engine.name', { 'trt-llm': 'tensorrt_llm.commands.serve' }, { value: { on: 'trt-llm' } }),
  row('engine.name', { megatron: 'pretrain_gpt.py' }, { value: { on: 'megatron' } }),
  row('engine.name', { spoken: 'torchtitan.train' }, { value: { on: 'torchtitan' } }),
  row(
    'deployment.gpus',
    { spoken: 'CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES' },
    { value: 'devices' },
  ),
  none('how many processes run follows from the cluster', {
    megatron: 'torchrun standalone rdzv-backend rdzv-endpoint rdzv-id',
  }),
  row('deployment.model', { vllm: 'serve', sglang: 'model-path', 'trt-llm': 'trtllm-serve' }),
  row('parallel.tp', {
    vllm: 'tensor-parallel-size',
    sglang: 'tensor-parallel-size',
    'trt-llm': 'tensor_parallel_size',
    megatron: 'tensor-model-parallel-size',
    spoken: 'tensor tensor-parallel tensor-parallelism tensor-parallel-degree',
  }),
  row(
    'parallel.tp',
    { sglang: 'tp-size', 'trt-llm': 'tp_size' },
    { note: 'with DP attention `tp-size` counts all GPUs of a stage, and `tp` is `tp-size` / `dp-size`' },
  ),
  row('parallel.cp', {
    vllm: 'prefill-context-parallel-size pcp',
    sglang: 'attn-cp-size',
    'trt-llm': 'context_parallel_size cp_size',
    megatron: 'context-parallel-size',
    spoken: 'context-parallel context-parallelism',
  }),
  row('parallel.dcp', {
    vllm: 'decode-context-parallel-size',
    sglang: 'dcp-size',
    spoken: 'decode-context-parallel',
  }),
  row(
    'parallel.dp',
    {
      vllm: 'data-parallel-size',
      sglang: 'dp-size',
      spoken: 'data data-parallel data-parallelism data-parallel-degree attention-dp dp-attention',
    },
    { note: 'several copies of a dense model are `replicas` of a pool' },
  ),
  row(
    'parallel.dp',
    { sglang: 'enable-dp-attention', 'trt-llm': 'enable_attention_dp' },
    { note: 'it is a number and no switch: write how many groups have sequences of their own', value: 'rewrite' },
  ),
  row('parallel.etp', {
    'trt-llm': 'moe_tensor_parallel_size moe_tp_size',
    megatron: 'expert-tensor-parallel-size',
    spoken: 'expert-tensor-parallel moe-tp',
  }),
  row('parallel.ep', {
    sglang: 'ep-size expert-parallel-size',
    'trt-llm': 'moe_expert_parallel_size moe_ep_size ep_size',
    megatron: 'expert-model-parallel-size',
    spoken: 'expert-parallel expert-parallelism expert-parallel-degree moe-ep',
  }),
  row(
    'parallel.ep',
    { vllm: 'enable-expert-parallel' },
    {
      note: 'it is a number and no switch: vLLM spreads experts over all `tp` x `dp` GPUs of a stage',
      value: 'all-gpus',
    },
  ),
  row('parallel.edp', { sglang: 'moe-dp-size', spoken: 'expert-data-parallel expert-data-parallel-size' }),
  row('parallel.pp', {
    vllm: 'pipeline-parallel-size',
    sglang: 'pp-size pipeline-parallel-size',
    'trt-llm': 'pipeline_parallel_size pp_size',
    megatron: 'pipeline-model-parallel-size',
    spoken: 'pipeline pipeline-parallel pipeline-parallelism pipeline-stages num-stages',
  }),
  row(
    'stage.layers',
    { 'trt-llm': 'pp_partition', vllm: 'VLLM_PP_LAYER_PARTITION' },
    { note: 'each `stage` names its own layers', value: 'rewrite' },
  ),
  row(
    'deployment.balance pool.balance',
    { vllm: 'enable-eplb', sglang: 'enable-eplb', spoken: 'eplb load-balancer' },
    {
      value: { on: 'eplb' },
    },
  ),
  row('deployment.redundant-experts pool.redundant-experts', {
    vllm: 'num-redundant-experts',
    sglang: 'ep-num-redundant-experts',
    spoken: 'redundant num-redundant expert-replicas',
  }),
  row(
    'deployment.redundant-experts pool.redundant-experts',
    { 'trt-llm': 'num_slots' },
    {
      note: 'slots count experts and their replicas: write how many more slots than experts there are',
      value: 'rewrite',
    },
  ),
  row('pool.replicas', {
    spoken: 'num-replicas instances num-instances num-workers prefill-workers decode-workers worker-count',
  }),
  row(
    'pool.role',
    {
      vllm: 'kv-role',
      sglang: 'disaggregation-mode',
      spoken: 'disaggregation disagg worker-type',
    },
    { note: '`pool prefill { }` and `pool decode { }` need no role' },
  ),
  row(
    'deployment.gpus pool.gpus stage.gpus',
    { spoken: 'num-gpus n-gpus ngpus gpu-count total-gpus world-size gpu-ids devices visible-devices' },
    { note: 'GPUs are named by their indexes, as in `0..7`', value: 'indexes' },
  ),
  row('engine.name', { spoken: 'backend framework runtime engine-name serving-engine server inference-engine' }),
  row(
    'engine.memory-fraction',
    {
      vllm: 'gpu-memory-utilization',
      sglang: 'mem-fraction-static',
      'trt-llm': 'free_gpu_memory_fraction kv_cache_free_gpu_memory_fraction',
      spoken: 'memory-utilization memory-utilisation gpu-memory-fraction mem-fraction gpu-util memory mem',
    },
    { note: 'engines take this share of different amounts, and that of the engine in `name` is used' },
  ),
  row('engine.cache-memory', { vllm: 'kv-cache-memory-bytes kv-cache-memory' }),
  row('engine.chunk', {
    sglang: 'chunked-prefill-size',
    spoken: 'chunk-size prefill-chunk prefill-chunk-size chunked-prefill',
  }),
  row('engine.step-tokens', {
    vllm: 'max-num-batched-tokens',
    'trt-llm': 'max_num_tokens',
    spoken: 'batched-tokens tokens-per-step',
  }),
  row(
    'engine.max-requests',
    {
      vllm: 'max-num-seqs',
      sglang: 'max-running-requests',
      'trt-llm': 'max_batch_size',
      spoken: 'max-seqs max-sequences max-running',
    },
    { note: 'how many requests there are is `concurrency` of the workload' },
  ),
  row(
    'engine.max-context',
    {
      vllm: 'max-model-len',
      sglang: 'context-length',
      'trt-llm': 'max_seq_len',
      spoken: 'context-len context-window ctx-len ctx max-context-length max-len',
    },
    { note: 'how long requests are is said by `input` and `output` of the workload' },
  ),
  row('engine.graph-batch', {
    vllm: 'max-cudagraph-capture-size',
    sglang: 'cuda-graph-max-bs cuda-graph-max-bs-decode',
    spoken: 'max-graph-batch capture-size',
  }),
  row('engine.version', { spoken: 'engine-version release vllm-version sglang-version' }),
  row('model.context', { huggingface: 'max_position_embeddings', spoken: 'max-positions' }),
  row('engine.graphs', {
    megatron: 'enable-cuda-graph',
    spoken: 'cuda-graph cuda-graphs cudagraph cudagraphs use-cuda-graph hip-graph',
  }),
  row(
    'engine.graphs',
    { vllm: 'enforce-eager', sglang: 'disable-cuda-graph disable-decode-cuda-graph', spoken: 'eager eager-mode' },
    { value: 'opposite' },
  ),
  row('engine.all-to-all', {
    vllm: 'all2all-backend',
    sglang: 'moe-a2a-backend',
    megatron: 'moe-token-dispatcher-type moe-flex-dispatcher-backend',
    spoken: 'a2a all2all alltoall a2a-backend dispatcher expert-communication',
  }),
  row(
    'engine.all-to-all',
    { sglang: 'deepep-mode' },
    {
      note: 'the mode is part of the name: `deepep`, `deepep-normal` or `deepep-low-latency`',
      value: 'rewrite',
    },
  ),
  row('engine.dispatch-tokens', {
    vllm: 'VLLM_MOE_DP_CHUNK_SIZE',
    sglang: 'SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK',
    spoken: 'max-dispatch-tokens num-max-dispatch-tokens-per-rank',
  }),
  row('engine.two-batch-overlap', {
    vllm: 'enable-dbo',
    sglang: 'enable-two-batch-overlap',
    spoken: 'tbo dbo dual-batch-overlap micro-batch-overlap',
  }),
  row('engine.shared-overlap', { megatron: 'moe-shared-expert-overlap', spoken: 'shared-expert-overlap' }),
  row(
    'engine.speculative-tokens',
    {
      vllm: 'num_speculative_tokens',
      sglang: 'speculative-num-steps',
      'trt-llm': 'num_nextn_predict_layers max_draft_len',
      spoken:
        'mtp mtp-tokens draft-tokens num-draft-tokens spec-tokens speculative speculation speculative-decoding nextn eagle',
    },
    { note: '`acceptance` says which share of them is accepted' },
  ),
  row(
    'engine.speculative-tokens',
    { sglang: 'speculative-num-draft-tokens' },
    { note: 'SGLang counts one token more: write its number less 1', value: 'rewrite' },
  ),
  row('engine.acceptance', { spoken: 'acceptance-rate accept-rate acceptance-length' }),
  row('engine.page', {
    vllm: 'block-size',
    sglang: 'page-size',
    'trt-llm': 'tokens_per_block',
    spoken: 'kv-block-size cache-block-size',
  }),
  row('engine.reserve', { spoken: 'memory-reserve reserved-memory overhead memory-overhead headroom' }),
  row('workload.input', {
    vllm: 'random-input-len input-len',
    sglang: 'random-input-len',
    'trt-llm': 'max_input_len',
    spoken:
      'isl input-length input-tokens input-seq-len input-sequence-length prompt prompt-len prompt-length prompt-tokens context prefill prefill-tokens',
  }),
  row('workload.output', {
    vllm: 'random-output-len output-len max-tokens',
    sglang: 'random-output-len',
    'trt-llm': 'max_output_len',
    huggingface: 'max_new_tokens',
    spoken:
      'osl output-length output-tokens output-seq-len output-sequence-length gen-len generation-length decode decode-tokens completion-tokens',
  }),
  row(
    'workload.concurrency',
    {
      vllm: 'max-concurrency',
      sglang: 'max-concurrency',
      spoken:
        'conc concurrent concurrent-requests concurrencies users num-users in-flight inflight streams clients max-batch',
    },
    { note: 'it says how many requests there are at once, and how many of them fit is computed' },
  ),
  row(
    'workload.concurrency workload.sequences workload.global-batch',
    { spoken: 'batch batch-size bs bsz batchsize' },
    { note: 'these are requests in flight, sequences of one forward pass and sequences of a training step' },
  ),
  row('workload.request-rate', { vllm: 'request-rate', spoken: 'qps rps arrival-rate requests-per-second rate' }),
  row('workload.requests', { vllm: 'num-prompts', sglang: 'num-prompts', spoken: 'num-requests n-requests' }),
  row('workload.prefix-share', {
    spoken: 'prefix-cache-hit-rate cache-hit-rate hit-rate prefix-hit-rate cached-share prefix-cache',
  }),
  row(
    'workload.prefix-share',
    { vllm: 'enable-prefix-caching', sglang: 'disable-radix-cache', 'trt-llm': 'enable_block_reuse' },
    { note: 'it is a share and no switch: write how much of a prompt is found in the cache', value: 'rewrite' },
  ),
  row(
    'workload.length-spread',
    { vllm: 'random-range-ratio', sglang: 'random-range-ratio' },
    {
      note: 'benchmarks state the shortest length as a share of the nominal one, and here it is how far lengths lie around their mean',
      value: 'rewrite',
    },
  ),
  row('types.kv', {
    vllm: 'kv-cache-dtype',
    sglang: 'kv-cache-dtype',
    'trt-llm': 'kv_cache_dtype',
    spoken: 'kv-dtype cache-dtype kv-cache kv-precision kv-quantization kvcache',
  }),
  row('types.weights', {
    vllm: 'dtype quantization',
    sglang: 'dtype quantization',
    'trt-llm': 'quant_algo',
    huggingface: 'torch_dtype',
    spoken: 'precision quant quantisation weight-dtype weights-dtype weight-precision data-type model-dtype',
  }),
  row('types.activations', { spoken: 'activation-dtype act-dtype compute-dtype' }),
  row('types.experts', { spoken: 'expert-dtype experts-dtype moe-dtype moe-quantization' }),
  row('engine.cache-tokens', { sglang: 'max-total-tokens', 'trt-llm': 'max_tokens' }),
  row('engine.window-ratio', { sglang: 'swa-full-tokens-ratio' }),
  row('engine.mamba-ratio', { sglang: 'mamba-full-memory-ratio' }),
  row('engine.moe-backend', { sglang: 'moe-runner-backend' }, { value: 'rewrite' }),
  none('kernels are those that the engine chooses by itself', {
    vllm: 'attention-backend',
    sglang: 'attention-backend decode-attention-backend prefill-attention-backend fp4-gemm-backend sampling-backend',
    'trt-llm': 'attn_backend',
    spoken: 'flashinfer flashmla kernel kernels',
  }),
  none('KV caches that move to the host or to disk are not predicted', {
    vllm: 'swap-space cpu-offload-gb kv-offloading-size kv-transfer-config',
    sglang: 'enable-hierarchical-cache hicache-ratio hicache-size',
    'trt-llm': 'host_cache_size',
    spoken: 'lmcache offload offloading kv-offload',
  }),
  none('a `pool prefill { }`, a `pool decode { }` and `prefill -> decode` say that a cache is handed over', {
    sglang: 'disaggregation-transfer-backend disaggregation-ib-device disaggregation-bootstrap-port',
    'trt-llm': 'cache_transceiver_config',
    spoken: 'kv-transfer',
  }),
  none('only what drafts win counts, and `speculative-tokens` and `acceptance` of `engine { }` say that', {
    vllm: 'speculative-config speculative-model',
    sglang: 'speculative-algorithm speculative-eagle-topk',
    'trt-llm': 'speculative_config decoding_type',
    spoken: 'draft-model',
  }),
  none(
    'only the largest captured graph counts: `graph-batch` of `engine { }`, and `graphs` says whether decoding runs from them',
    {
      vllm: 'cudagraph-capture-sizes compilation-config',
      sglang: 'cuda-graph-bs',
      'trt-llm': 'cuda_graph_config',
    },
  ),
  row('engine.dp-lm-head', { sglang: 'enable-dp-lm-head' }),
  none('`dp-lm-head = false` of `engine { }` splits the head over ranks of attention', {
    'trt-llm': 'enable_lm_head_tp_in_adp',
  }),
  row(
    'engine.dp-dense',
    { sglang: 'moe-dense-tp-size' },
    { value: 'rewrite', note: 'a size of 1, the only one that SGLang has, is `true`' },
  ),
  none('it changes no figure of a plan', {
    vllm: 'host port api-key served-model-name trust-remote-code tokenizer tokenizer-mode load-format seed download-dir distributed-executor-backend headless master-addr node-rank disable-log-requests enable-auto-tool-choice tool-call-parser reasoning-parser',
    sglang: 'dist-init-addr base-gpu-id log-level',
    megatron: 'save load tokenizer-type tokenizer-model data-path log-interval',
    spoken: 'temperature top-p top-k-sampling stop',
  }),
  none('adapters in serving are not predicted', {
    vllm: 'enable-lora max-loras max-lora-rank',
    sglang: 'lora-paths',
    spoken: 'lora',
  }),
];
