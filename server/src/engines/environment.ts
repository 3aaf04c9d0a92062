import { type ArgumentTable, argumentsOf } from './argument.ts';

/** Variables for which a plan has a property. */
const STATED = argumentsOf(
  'plan',
  `
  SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK    integer
  VLLM_MOE_DP_CHUNK_SIZE                            integer
  VLLM_ALL2ALL_BACKEND                              text
  VLLM_PP_LAYER_PARTITION                           text
  SGLANG_SIMULATE_ACC_LEN                           number
  TLLM_SPEC_DECODE_FORCE_NUM_ACCEPTED_TOKENS        number
  VLLM_DP_SIZE                                      integer
  DYN_TRTLLM_TENSOR_PARALLEL_SIZE                   integer
  DYN_TRTLLM_PIPELINE_PARALLEL_SIZE                 integer
  DYN_TRTLLM_EXPERT_PARALLEL_SIZE                   integer
  DYN_TRTLLM_ENABLE_ATTENTION_DP                    text
  DYN_TRTLLM_KV_BLOCK_SIZE                          integer
  DYN_TRTLLM_MAX_BATCH_SIZE                         integer
  DYN_TRTLLM_MAX_NUM_TOKENS                         integer
  DYN_TRTLLM_MAX_SEQ_LEN                            integer
  DYN_TRTLLM_FREE_GPU_MEMORY_FRACTION               number
  DYN_TRTLLM_DISAGGREGATION_MODE                    text
  DYN_VLLM_IS_PREFILL_WORKER                        text
  DYN_VLLM_IS_DECODE_WORKER                         text
  `,
);

const LINKS = argumentsOf(
  'beyond',
  `
  NCCL_MNNVL_ENABLE                                 text : whether collectives use NVLink between nodes of a rack
  NCCL_CUMEM_ENABLE                                 text : how NCCL allocates its buffers, which NVLink between nodes needs
  NCCL_NVLS_ENABLE                                  text : whether NVLink's switches add up, which takes buffers
  NCCL_P2P_LEVEL                                    text : how far apart GPUs may send to each other at once
  NCCL_P2P_DISABLE                                  text : GPUs of a node exchange over the host
  NCCL_SHM_DISABLE                                  text : no exchange over the host's memory
  NCCL_IB_DISABLE                                   text : no InfiniBand between nodes
  NCCL_ALGO                                         text : algorithm of collectives
  NCCL_PROTO                                        text : protocol of collectives
  NCCL_BUFFSIZE                                     integer : size of a channel's buffer
  NCCL_MIN_NCHANNELS                                integer : channels of a collective, with their buffers and SMs
  NCCL_MAX_NCHANNELS                                integer : channels of a collective, with their buffers and SMs
  NCCL_MIN_CTAS                                     integer : SMs of a collective
  NCCL_MAX_CTAS                                     integer : SMs of a collective
  NCCL_NTHREADS                                     integer : threads of a collective
  NCCL_COLLNET_ENABLE                               text : whether the network's switches add up
  NCCL_CTA_POLICY                                   text : how many SMs collectives take
  NCCL_GRAPH_MIXING_SUPPORT                         text : whether collectives of graphs and of others may mix, which takes time
  NCCL_GRAPH_REGISTER                               text : whether graphs register their buffers with NCCL
  NCCL_CROSS_NIC                                    text : whether collectives change between network cards
  NCCL_NET_GDR_LEVEL                                text : how far a network card may read a GPU's memory
  MC_FORCE_MNNVL                                    text : caches travel over NVLink between nodes of a rack
  MC_ENABLE_DEST_DEVICE_AFFINITY                    text : caches travel between cards of the same number
  MC_MAX_WR                                         integer : transfers of a cache that run at once
  MC_WORKERS_PER_CTX                                integer : threads that transfer a cache
  MC_SLICE_SIZE                                     integer : bytes of a cache that are sent at once
  UCX_TLS                                           text : links over which caches travel
  UCX_NET_DEVICES                                   text : network cards over which caches travel
  UCX_CUDA_IPC_ENABLE_MNNVL                         text : caches travel over NVLink between nodes of a rack
  UCX_MAX_RMA_RAILS                                 integer : network cards over which one transfer is spread
  UCX_MAX_RNDV_RAILS                                integer : network cards over which one transfer is spread
  UCX_RNDV_SCHEME                                   text : who of both sides moves a cache
  UCX_RNDV_THRESH                                   text : size from which a transfer is made without a copy
  NVSHMEM_IB_ENABLE_IBGDA                           text : GPUs start sends themselves
  NVSHMEM_QP_DEPTH                                  integer : sends that DeepEP holds at once
  NVSHMEM_REMOTE_TRANSPORT                          text : links of DeepEP's kernels
  NVSHMEM_SYMMETRIC_SIZE                            text : memory that DeepEP's buffers take
  NVSHMEM_DISABLE_P2P                               text : DeepEP's kernels use no NVLink
  NVIDIA_GDRCOPY                                    text : whether the host writes a GPU's memory itself
  NVLINK_DOMAIN_SIZE                                integer : GPUs of HybridEP's domain
  NUM_OF_HYBRID_EP_RANKS_PER_NVLINK_DOMAIN          integer : GPUs of HybridEP's domain
  NUM_OF_TOKENS_PER_CHUNK_COMBINE_API               integer : tokens that HybridEP sends at once
  USE_MNNVL                                         text : HybridEP uses NVLink between nodes of a rack
  `,
);

const MEMORY = argumentsOf(
  'beyond',
  `
  PYTORCH_ALLOC_CONF, PYTORCH_CUDA_ALLOC_CONF       text : how much memory fragments
  CUDA_DEVICE_MAX_CONNECTIONS                       integer : queues of a GPU: whether exchanges can overlap
  CUDA_SCALE_LAUNCH_QUEUES                          text : kernels that the host may queue
  CUDA_LAUNCH_BLOCKING                              text : the host waits for each kernel
  CUDA_MODULE_LOADING                               text : whether kernels are loaded at the start
  CUBLAS_WORKSPACE_CONFIG                           text : memory of products
  TORCH_NCCL_AVOID_RECORD_STREAMS                   text : whether freed memory waits for collectives
  TORCH_NCCL_HIGH_PRIORITY                          text : priority of collectives
  TORCH_ALLOW_TF32_CUBLAS_OVERRIDE                  text : products of fp32 run as tf32
  MIMALLOC_ARENA_RESERVE                            text : memory of the host
  MIMALLOC_PURGE_DELAY                              text : memory of the host
  NVTE_CUTEDSL_FUSED_GROUPED_MLP                    text : fused kernel of experts
  NVTE_FLASH_ATTN                                   text : whether attention may run as FlashAttention
  NVTE_FUSED_ATTN                                   text : whether attention may run as cuDNN's
  NVTE_UNFUSED_ATTN                                 text : whether attention may hold its scores
  NVTE_FWD_LAYERNORM_SM_MARGIN                      integer : SMs that norms leave to collectives
  NVTE_BWD_LAYERNORM_SM_MARGIN                      integer : SMs that norms leave to collectives
  NVTE_ALLOW_NONDETERMINISTIC_ALGO                  text : whether slower kernels with equal results run
  NVTE_CPU_OFFLOAD_V1                               text : way in which activations go to the host
  KV_OFFLOADING                                     text : a launch's own switch for caches on the host
  `,
);

const VLLM = argumentsOf(
  'beyond',
  `
  VLLM_ALLREDUCE_USE_FLASHINFER                     text : kernel of all-reduces
  VLLM_ALLREDUCE_USE_SYMM_MEM                       text : kernel of all-reduces
  VLLM_FLASHINFER_ALLREDUCE_BACKEND                 text : kernel of all-reduces
  VLLM_FLASHINFER_ALLREDUCE_FUSION_THRESHOLDS_MB    text : size up to which all-reduces are fused
  VLLM_USE_NCCL_SYMM_MEM                            text : collectives use symmetric memory
  VLLM_DISABLE_PYNCCL                               text : library of collectives
  VLLM_USE_FLASHINFER_MOE_FP4                       text : kernel of experts
  VLLM_USE_FLASHINFER_MOE_FP8                       text : kernel of experts
  VLLM_USE_FLASHINFER_MOE_FP16                      text : kernel of experts
  VLLM_USE_FLASHINFER_MOE_MXFP4_BF16                text : kernel and types of experts
  VLLM_USE_FLASHINFER_MOE_MXFP4_MXFP8               text : kernel and types of experts
  VLLM_USE_FLASHINFER_MOE_MXFP4_MXFP8_CUTLASS       text : kernel and types of experts
  VLLM_FLASHINFER_MOE_BACKEND                       text : kernel of experts
  VLLM_MOE_USE_DEEP_GEMM                            text : kernel of experts
  VLLM_USE_DEEP_GEMM_E8M0                           text : type of DeepGEMM's scales
  VLLM_DEEP_GEMM_WARMUP                             text : time of the start
  VLLM_DEEPEP_LOW_LATENCY_USE_MNNVL                 text : DeepEP uses NVLink between nodes of a rack
  VLLM_DEEPEP_LOW_LATENCY_ALLOW_NVLINK              text : DeepEP's kernels for decoding use NVLink
  VLLM_DEEPEP_HIGH_THROUGHPUT_FORCE_INTRA_NODE      text : DeepEP takes all GPUs for those of one node
  VLLM_DEEPEP_BUFFER_SIZE_MB                        integer : memory of DeepEP's buffers
  VLLM_DBO_COMM_SMS                                 integer : SMs of exchanges that overlap
  VLLM_ENABLE_MOE_DP_CHUNK                          text : whether experts take a batch in chunks
  VLLM_FUSED_MOE_CHUNK_SIZE                         integer : tokens that experts take at once
  VLLM_ENABLE_FUSED_MOE_ACTIVATION_CHUNKING         text : whether experts take a batch in chunks
  VLLM_MAX_TOKENS_PER_EXPERT_FP4_MOE                integer : memory that experts of fp4 reserve
  VLLM_NVFP4_GEMM_BACKEND                           text : kernel of fp4 products
  VLLM_DSV4_MEGA_FP8_COMBINE                        text : type in which tokens come back from experts
  VLLM_ENABLE_K3_LATENT_MOE_TAIL_FUSION             text : kernel of experts
  VLLM_SHARED_EXPERTS_STREAM_TOKEN_THRESHOLD        integer : batch up to which shared experts run beside routed ones
  VLLM_DISABLE_SHARED_EXPERTS_STREAM                text : shared experts run after routed ones
  VLLM_RANDOMIZE_DP_DUMMY_INPUTS                    text : empty ranks choose experts at random
  VLLM_MOE_ROUTING_SIMULATION_STRATEGY              text : experts are chosen without the model
  VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS          text : whether the cache leaves room for graphs
  VLLM_SPARSE_INDEXER_MAX_LOGITS_MB                 integer : memory of the indexer's scores
  VLLM_PREFIX_CACHE_RETENTION_INTERVAL              integer : which blocks of a window's cache are kept
  VLLM_USE_SIMPLE_KV_OFFLOAD                        text : how caches go to the host
  VLLM_CPU_KVCACHE_SPACE                            number : memory of the host for caches
  VLLM_CONNECTOR_PREFETCH_DEPTH                     integer : caches that are fetched ahead
  VLLM_MOONCAKE_LOAD_RECV_THREADS                   integer : threads that fetch caches
  VLLM_MOONCAKE_STORE_SEND_THREADS                  integer : threads that store caches
  VLLM_NIXL_ABORT_REQUEST_TIMEOUT                   integer : seconds for which a prefill worker holds a cache
  VLLM_KV_CACHE_LAYOUT                              text : layout of the cache
  VLLM_USE_BREAKABLE_CUDAGRAPH                      text : how graphs are captured
  VLLM_USE_V2_MODEL_RUNNER                          text : code that runs a step
  VLLM_V2_WARMUP_MAX_NUM_SEQS                       integer : sequences of the first step
  VLLM_ENABLE_V1_MULTIPROCESSING                    text : whether the scheduler is a process of its own
  VLLM_FLOAT32_MATMUL_PRECISION                     text : products of fp32 run as tf32
  VLLM_USE_TRTLLM_ATTENTION                         text : kernel of attention
  VLLM_USE_AOT_COMPILE                              text : when kernels are compiled
  VLLM_USE_DEEP_GEMM                                text : kernel of products and experts
  VLLM_ATTENTION_BACKEND                            text : kernel of attention
  VLLM_FLASH_ATTN_VERSION                           text : kernel of attention
  VLLM_USE_CUDNN_PREFILL                            text : kernel of attention
  VLLM_MLA_DISABLE                                  text : MLA holds whole keys and values
  VLLM_SLEEP_WHEN_IDLE                              text : the engine sleeps between requests
  VLLM_ROCM_*                                       text : kernels of AMD's GPUs
  VLLM_BATCH_INVARIANT                              text : slower kernels with equal results
  VLLM_MARLIN_USE_ATOMIC_ADD                        text : kernel of quantised products
  VLLM_ROCM_USE_AITER*                              text : kernels of AMD's GPUs
  `,
);

const SGLANG = argumentsOf(
  'beyond',
  `
  SGLANG_SIMULATE_ACC_METHOD                        text : how simulated lengths spread
  SGLANG_SIMULATE_ACC_TOKEN_MODE                    text : which tokens simulated acceptance writes
  SGLANG_MOE_NVFP4_DISPATCH                         text : type in which tokens travel to experts
  SGLANG_CUTEDSL_MOE_NVFP4_DISPATCH                 text : type in which tokens travel to experts
  SGLANG_DEEPEP_BF16_DISPATCH                       text : type in which tokens travel to experts
  SGLANG_DEEPEP_LL_COMBINE_SEND_NUM_SMS             integer : SMs of DeepEP's kernels
  SGLANG_NVFP4_CKPT_FP8_NEXTN_MOE                   text : type of the draft layer's experts
  SGLANG_NVFP4_CKPT_FP8_GEMM_IN_ATTN                text : type of attention's projections
  SGLANG_USE_CUTLASS_BACKEND_FOR_FP4_GEMM           text : kernel of fp4 products
  SGLANG_FLASHINFER_FP4_GEMM_BACKEND                text : kernel of fp4 products
  SGLANG_ENABLE_FLASHINFER_GEMM                     text : kernel of fp8 products
  SGLANG_PER_TOKEN_GROUP_QUANT_8BIT_V2              text : kernel of quantisation
  SGLANG_ENABLE_JIT_DEEPGEMM, SGL_ENABLE_JIT_DEEPGEMM text : kernel of products
  SGLANG_JIT_DEEPGEMM_PRECOMPILE                    text : time of the start
  SGLANG_JIT_DEEPGEMM_FAST_WARMUP                   text : time of the start
  SGLANG_DSV4_MHC_PREWARM                           text : time of the start
  SGLANG_OPT_DEEPGEMM_MEGA_MOE, SGLANG_OPT_USE_DEEPGEMM_MEGA_MOE text : one kernel for exchange and experts
  SGLANG_OPT_DEEPGEMM_MEGA_MOE_NUM_MAX_TOKENS_PER_RANK integer : tokens of each rank that this kernel's buffers hold
  SGLANG_OPT_DEEPGEMM_MEGA_MOE_USE_FP4_ACTS         text : type of activations in that kernel
  SGLANG_OPT_DEEPGEMM_MEGA_MOE_USE_MXF4_KIND        text : type of products in that kernel
  SGLANG_OPT_*                                      text : kernels and the cache's bookkeeping of single models
  SGLANG_ENABLE_UNIFIED_RADIX_TREE                  text : one tree for caches of every kind of layer
  SGLANG_RADIX_DISABLE_REUSE                        text : shared prefixes are computed again
  SGLANG_RADIX_FORCE_MISS                           text : shared prefixes are computed again
  SGLANG_CLIP_MAX_NEW_TOKENS_ESTIMATION             integer : tokens of an answer for which admission keeps room
  SGLANG_INIT_NEW_TOKEN_RATIO                       number : part of an answer for which admission keeps room
  SGLANG_MIN_NEW_TOKEN_RATIO_FACTOR                 number : part of an answer for which admission keeps room
  SGLANG_RETRACT_DECODE_STEPS                       integer : steps for which room is freed by taking requests back
  SGLANG_ENABLE_SPEC_V2                             text : drafting overlaps with the scheduler
  SGLANG_DISABLE_DRAFT_EXTEND_CUDA_GRAPH            text : one pass of drafting runs without a graph
  SGLANG_DISAGG_STAGING_BUFFER                      text : caches travel through a buffer
  SGLANG_DISAGG_STAGING_BUFFER_SIZE_MB              integer : memory of the buffer of outgoing caches
  SGLANG_DISAGG_STAGING_POOL_SIZE_MB                integer : memory of the buffer of incoming caches
  SGLANG_DISAGGREGATION_THREAD_POOL_SIZE            integer : threads that transfer caches
  SGLANG_DISAGGREGATION_QUEUE_SIZE                  integer : transfers of caches that run at once
  SGLANG_MOONCAKE_CUSTOM_MEM_POOL                   text : memory from which NVLink between nodes can send
  SGLANG_NCCL_ALL_GATHER_IN_OVERLAP_SCHEDULER_SYNC_BATCH text : schedulers agree over the GPU's links
  SGLANG_USE_MESSAGE_QUEUE_BROADCASTER              text : how schedulers send each other requests
  SGLANG_SCHEDULER_DECREASE_PREFILL_IDLE            text : when a rank with few requests runs a prefill
  SGLANG_SIMULATE_UNIFORM_EXPERTS                   text : experts are chosen evenly
  SGLANG_SIMULATE_ROUND_ROBIN_EXPERTS               text : experts are chosen evenly
  SGLANG_FLASHINFER_NUM_MAX_DISPATCH_TOKENS_PER_RANK integer : tokens of each rank that FlashInfer's exchange holds
  SGLANG_MORI_NUM_MAX_DISPATCH_TOKENS_PER_RANK      integer : tokens of each rank that MoRI's exchange holds
  SGLANG_FLASHINFER_WORKSPACE_SIZE                  integer : memory of FlashInfer's attention
  SGLANG_FLASHINFER_NVFP4_PER_TOKEN_ACTIVATION      text : scales of fp4 activations
  SGLANG_FLASHINFER_CUTEDSL_NVFP4_W4A16             text : type of activations
  SGLANG_ENABLE_POST_CAPTURE_KV_SIZING              text : the cache is sized after graphs are captured
  SGLANG_USE_HND_KVCACHE                            text : layout of the cache
  SGLANG_MAX_NEW_TOKENS_LIMIT                       integer : longest answer
  SGLANG_NEW_TOKEN_RATIO_DECAY_STEPS                integer : steps in which the room kept for answers shrinks
  SGLANG_PREFILL_DELAYER_*                          text : how long a prefill waits for other ranks
  SGLANG_DATA_PARALLEL_BUDGET_INTERVAL              integer : steps between counts of each rank's load
  SGLANG_SCHEDULER_SKIP_ALL_GATHER                  text : schedulers of ranks do not agree on their batches
  SGLANG_EMPTY_CACHE_INTERVAL                       number : seconds between returns of cached memory
  SGLANG_DISABLE_CONSECUTIVE_PREFILL_OVERLAP        text : two prefills do not overlap with the scheduler
  SGLANG_ENABLE_DELAY_SAMPLE                        text : sampling overlaps with the scheduler
  SGLANG_PP_SKIP_PURE_CHUNKED_OUTPUT_COMM           text : stages send no answers of unfinished prompts
  SGLANG_CHUNKED_PREFIX_CACHE_THRESHOLD             integer : cached tokens from which a prompt's attention runs in chunks
  SGLANG_MAX_KV_CHUNK_CAPACITY                      integer : tokens of such a chunk
  SGLANG_SWA_EVICTION_INTERVAL                      integer : steps between removals of blocks outside a window
  SGLANG_EXPERIMENTAL_CPP_RADIX_TREE                text : code of the tree of prefixes
  SGLANG_DISAGGREGATION_NIXL_BACKEND                text : library that transfers caches
  SGLANG_DISAGGREGATION_NIXL_BACKEND_PARAMS         json : threads and links that transfer caches
  SGLANG_DISAGGREGATION_ALL_CP_RANKS_TRANSFER       text : every context-parallel rank sends its cache
  SGLANG_DISAGG_PREFILL_EARLY_SEND_CACHED_PREFIX    text : a cached prefix is sent before the prompt is whole
  SGLANG_DISAGGREGATION_DEFERRED_DECODE_KV_RELEASE  text : an aborted request holds its cache until its transfer ends
  SGLANG_SHARED_EXPERT_TP1                          text : shared experts are not split over the tensor group
  SGLANG_ENABLE_EMBED_REPLICATION                   text : every rank holds the whole embedding
  SGLANG_DP_USE_REDUCE_SCATTER                      text : exchange of experts
  SGLANG_ENABLE_DP_GATHER_FP8                       text : type in which tokens travel to experts
  SGLANG_HICACHE_DECODE_OFFLOAD_STRIDE              integer : tokens after which decoding writes its cache to the host
  SGLANG_HICACHE_HOST_REGISTER_CHUNK_GB             integer : memory of the host that is pinned at once
  SGLANG_FORCE_FP8_MARLIN                           text : kernel of fp8 products
  SGLANG_INT4_WEIGHT                                text : type of weights
  SGLANG_USE_DYNAMIC_MXFP4_LINEAR                   text : type of products
  SGLANG_FP8_IGNORED_LAYERS                         text : layers that stay in bf16
  SGLANG_FP4_IGNORED_LAYERS                         text : layers that stay in bf16
  SGLANG_HUMMING_*                                  text : types and kernels of a library of products
  SGLANG_TRTLLM_MOE_PDL_MAX_TOKENS                  integer : kernel of experts
  SGLANG_FLASHINFER_MOE_FUSED_FINALIZE              text : kernel of experts
  SGLANG_TRTLLM_MHA_DECODE_SEQ_LEN_SPLITS           integer : groups of requests in which attention runs
  SGLANG_SKIP_SOFTMAX_PREFILL_THRESHOLD_SCALE_FACTOR number : attention leaves blocks of small scores out
  SGLANG_SKIP_SOFTMAX_DECODE_THRESHOLD_SCALE_FACTOR number : attention leaves blocks of small scores out
  SGLANG_DSPARK_*                                   text : kernels of a way of drafting
  SGLANG_MORI_*                                     text : links of AMD's GPUs
  SGLANG_AITER_*                                    text : kernels of AMD's GPUs
  SGLANG_ROCM_*                                     text : kernels of AMD's GPUs
  SGLANG_ENABLE_TORCH_COMPILE                       text : kernels are compiled
  SGLANG_TBO_DEBUG                                  text : both halves of a batch run one after the other
  SGLANG_NPU_*                                      text : kernels of Ascend's chips
  SGLANG_USE_AITER                                  text : kernels of AMD's GPUs
  `,
);

const TRT_LLM = argumentsOf(
  'beyond',
  `
  TRTLLM_ENABLE_PDL                                 text : a kernel starts before the last one ends
  TRTLLM_KVCACHE_RECV_BUFFER_COUNT                  integer : buffers of incoming caches
  TRTLLM_KVCACHE_SEND_BUFFER_COUNT                  integer : buffers of outgoing caches
  TRTLLM_KVCACHE_TRANSFER_BUFFER_SIZE               text : size of such a buffer
  TRTLLM_USE_NIXL_KVCACHE                           text : library that transfers caches
  TRTLLM_USE_UCX_KVCACHE                            text : library that transfers caches
  TRTLLM_USE_MPI_KVCACHE                            text : library that transfers caches
  TRTLLM_USE_MOONCAKE_KVCACHE                       text : library that transfers caches
  TRTLLM_NIXL_KVCACHE_BACKEND                       text : library that transfers caches
  TRTLLM_DISABLE_KV_CACHE_TRANSFER_OVERLAP          text : caches are sent after the prompt is whole
  TRTLLM_ENABLE_KVCACHE_RECEIVE_PARALLEL            text : caches of several requests arrive at once
  TRTLLM_PARALLEL_CACHE_SEND                        text : caches of several requests leave at once
  TRTLLM_PINNED_WEIGHT_STAGING                      text : memory of the host and time of the start
  TRTLLM_MOE_A2A_WORKSPACE_MB                       integer : memory of the exchange of experts
  TRTLLM_FORCE_ALLTOALL_METHOD, TRTLLM_FORCE_COMM_METHOD text : kernel of the exchange of experts
  TRTLLM_CAN_USE_DEEP_EP                            text : whether experts exchange by DeepEP
  TRTLLM_DEEP_EP_TOKEN_LIMIT                        integer : tokens up to which DeepEP's kernels for decoding run
  TRTLLM_MOE_POST_QUANT_ALLTOALLV                   text : type in which tokens travel to experts
  TLLM_ADP_ROUTER_MATCH_RATE_THRESHOLD              number : when a request goes to the rank that holds its prefix
  TLLM_USE_FLASHINFER_GDN_PREFILL                   text : kernel of linear attention
  TLLM_OVERRIDE_LAYER_NUM                           integer : runs fewer layers than the model has
  TLLM_AUTOTUNER_DISABLE*                           text : kernels are not chosen by measuring
  DYN_TRTLLM_EXTRA_ENGINE_ARGS                      text : a file with arguments of the engine
  DYN_TRTLLM_OVERRIDE_ENGINE_ARGS                   json : arguments of the engine
  DYN_ENGINE_REQUEST_LIMIT                          integer : requests that a worker takes at once
  DYN_ENGINE_CONV_AFFINITY                          text : turns of a conversation go to one rank
  DYN_ROUTER_QUEUE_THRESHOLD                        number : load from which requests wait at the router
  DYN_ROUTER_TEMPERATURE                            number : how evenly a router spreads requests
  `,
);

/** Addresses, logs, caches of files, time limits, parsers of answers; and the variables of benchmark scripts around an engine. */
const WITHOUT_EFFECT = argumentsOf(
  'none',
  [
    'AIPERF_* CONC DG_JIT_CACHE_DIR DURATION DYN_* ENROOT_* ETCD_* FLASHINFER_* FRAMEWORK GLOO_* HF_* HUGGINGFACE_HUB_CACHE',
    'INFMAX_* IS_MULTINODE LD_LIBRARY_PATH LD_PRELOAD LOCAL_RANK MASTER_ADDR MASTER_PORT MAX_MODEL_LEN MC_* MODEL MODEL_PREFIX',
    'CUDA_VISIBLE_DEVICES CUDA_HOME MOONCAKE_* NATS_* NCCL_* NO_COLOR NVIDIA_* NVSHMEM_* NVTE_DEBUG NVTE_DEBUG_LEVEL OMP_NUM_THREADS OMPI_* OPENAI_API_KEY',
    'PATH PIP_* PMIX_* PORT PRECISION PYTHON* RANK RESULT_DIR SERVED_MODEL_NAME SLURM_* TILELANG_* TOKENIZERS_PARALLELISM',
    'TORCHINDUCTOR_* TORCH_* TP TQDM_DISABLE TRANSFORMERS_CACHE TRANSFORMERS_OFFLINE TRITON_* UCX_* WANDB_*',
    'WEKA_* WORLD_SIZE MAX_JOBS XDG_CACHE_HOME',
    'VLLM_HOST_IP VLLM_PORT VLLM_RPC_BASE_PATH VLLM_USE_MODELSCOPE VLLM_RINGBUFFER_WARNING_INTERVAL VLLM_NCCL_SO_PATH VLLM_API_KEY',
    'VLLM_ENGINE_ITERATION_TIMEOUT_S VLLM_ENGINE_READY_TIMEOUT_S VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS VLLM_RPC_TIMEOUT VLLM_HTTP_* VLLM_CACHE_ROOT',
    'VLLM_CONFIG_ROOT VLLM_NO_USAGE_STATS VLLM_DO_NOT_TRACK VLLM_USAGE_* VLLM_CONFIGURE_LOGGING VLLM_LOGGING_* VLLM_LOG_* VLLM_TRACE_FUNCTION',
    'VLLM_WORKER_MULTIPROC_METHOD VLLM_ASSETS_CACHE VLLM_IMAGE_FETCH_TIMEOUT VLLM_VIDEO_FETCH_TIMEOUT VLLM_AUDIO_FETCH_TIMEOUT VLLM_TARGET_DEVICE',
    'VLLM_ALLOW_LONG_MAX_MODEL_LEN VLLM_PLUGINS VLLM_TORCH_PROFILER_* VLLM_ALLOW_RUNTIME_LORA_UPDATING VLLM_SKIP_P2P_CHECK VLLM_USE_V1',
    'VLLM_DISABLE_COMPILE_CACHE VLLM_SERVER_DEV_MODE VLLM_RAY_* VLLM_DP_RANK VLLM_DP_RANK_LOCAL VLLM_DP_MASTER_IP VLLM_DP_MASTER_PORT',
    'VLLM_MSGPACK_ZERO_COPY_THRESHOLD VLLM_ALLOW_INSECURE_SERIALIZATION VLLM_NIXL_SIDE_CHANNEL_HOST VLLM_NIXL_SIDE_CHANNEL_PORT',
    'VLLM_TOOL_PARSE_REGEX_TIMEOUT_SECONDS VLLM_COMPUTE_NANS_IN_LOGITS VLLM_LOOPBACK_IP VLLM_MOONCAKE_BOOTSTRAP_PORT',
    'SGLANG_USE_MODELSCOPE SGLANG_SORT_WEIGHT_FILES SGLANG_DISABLED_MODEL_ARCHS SGLANG_ENABLE_WEIGHT_LOADER_V2 SGLANG_WARMUP_TIMEOUT',
    'SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN SGLANG_EXTERNAL_* SGLANG_TIMEOUT_KEEP_ALIVE SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION',
    'SGLANG_HEALTH_CHECK_TIMEOUT SGLANG_HEALTH_STARTING_OK SGLANG_LOG_* SGLANG_PORT SGLANG_TCP_STORE_PORT SGLANG_HOST_IP SGLANG_IS_IN_CI*',
    'SGLANG_TEST_* SGLANG_CUDA_COREDUMP* SGLANG_GRAMMAR_* SGLANG_PROFILE_* SGLANG_TORCH_PROFILER_DIR SGLANG_TRACE_* SGLANG_OTLP_* SGLANG_ENABLE_METRICS_*',
    'SGLANG_REQ_WAITING_TIMEOUT SGLANG_REQ_RUNNING_TIMEOUT SGLANG_REQUEST_STATE_WAIT_TIMEOUT SGLANG_DECODE_BOOTSTRAP_TIMEOUT',
    'SGLANG_DISAGGREGATION_BOOTSTRAP_TIMEOUT SGLANG_DISAGGREGATION_BOOTSTRAP_ENTRY_CLEANUP_INTERVAL SGLANG_DISAGGREGATION_HEARTBEAT_INTERVAL',
    'SGLANG_DISAGGREGATION_HEARTBEAT_MAX_FAILURE SGLANG_DISAGGREGATION_WAITING_TIMEOUT SGLANG_DISAGGREGATION_ZMQ_* SGLANG_DISAGGREGATION_ENGINE_INIT_TIMEOUT',
    'SGLANG_DISABLE_TP_MEMORY_INBALANCE_CHECK SGLANG_ENABLE_TP_MEMORY_INBALANCE_CHECK SGLANG_HACK_SEQ_BOOTSTRAP_ROOM SGLANG_HICACHE_DEBUG_*',
    'SGLANG_DEFAULT_THINKING SGLANG_ENABLE_THINKING SGLANG_REASONING_EFFORT SGLANG_DSV4_REASONING_EFFORT SGLANG_TOOL_STRICT_LEVEL SGLANG_EXA_*',
    'SGLANG_DG_CACHE_DIR SGLANG_CACHE_DIR SGLANG_EXPERT_DISTRIBUTION_RECORDER_DIR SGLANG_EPLB_HEATMAP_COLLECTION_INTERVAL SGLANG_FLASHINFER_AUTOTUNE_CACHE',
    'TLLM_LOG_* TLLM_PROFILE_* TLLM_LLMAPI_* TLLM_NUMA_* TRTLLM_KV_CACHE_TRANSFER_TIMEOUT_SEC TRTLLM_SERVER_DISABLE_GC TRTLLM_WORKER_DISABLE_GC',
    'TRTLLM_SERVE_ENABLE_MSGSPEC TRTLLM_NIXL_PORT TRTLLM_NIXL_INTERFACE TRTLLM_UCX_INTERFACE TRT_LLM_DISABLE_LOAD_WEIGHTS_IN_PARALLEL',
  ]
    .flatMap((names) => names.split(' '))
    .map((name) => `${name} text`)
    .join('\n'),
);

/**
 * Environment variables of engines and of the libraries below them. A family's last row ends in `*` and holds the others of its
 * prefix, which are of no concern; vLLM's, SGLang's and TensorRT-LLM's have none, so that an unknown one shows. Switches are
 * `text`, since each engine reads `1` and `true` in its own way.
 */
export const ENVIRONMENT: ArgumentTable = {
  source:
    'vllm/envs.py (001f69f8), sglang python/sglang/srt/environ.py (0003215c), Dynamo components/src/dynamo/trtllm/backend_args.py (0a6a115c); those of NCCL, UCX, NVSHMEM, TensorRT-LLM and newer releases as launches of 2025 and 2026 give them',
  arguments: [...STATED, ...LINKS, ...MEMORY, ...VLLM, ...SGLANG, ...TRT_LLM, ...WITHOUT_EFFECT],
};
