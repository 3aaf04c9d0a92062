import type { BlockSpec } from './spec.ts';
import { amount, atLeastOne, boolean, choice, integer, property, quantity, string, upTo } from './types.ts';

/** Every engine by the name that plans give it. All other lists and tables of engines follow from this one. */
const ENGINES = {
  ideal: 'Kernels and links only, no engine overhead.',
  vllm: 'vLLM',
  sglang: 'SGLang',
  'trt-llm': 'TensorRT-LLM',
  megatron: 'Megatron-LM (Megatron-Core): training',
  'megatron-bridge': 'Megatron-Bridge and NeMo (Megatron-Core with defaults of their own): training',
  torchtitan: 'torchtitan, PyTorch FSDP2: training',
};

export type EngineName = keyof typeof ENGINES;

function isEngineName(word: string): word is EngineName {
  return Object.hasOwn(ENGINES, word);
}

/** The names of engines, in the order in which they are offered. */
export const ENGINE_NAMES: readonly EngineName[] = Object.keys(ENGINES).filter(isEngineName);

/** The engine of a plan that names none. */
export const DEFAULT_ENGINE: EngineName = 'ideal';

const share = { range: { min: 0, max: 1 } } as const;

export const ENGINE: BlockSpec = {
  keyword: 'engine',
  parents: ['deployment', 'pool'],
  naming: 'none',
  doc: 'The engine that serves or trains, and the few facts of it that matter.',
  properties: [
    property('name', choice(ENGINES), 'The engine.', 'sglang', { default: DEFAULT_ENGINE }),
    property('version', string, 'The release, whose defaults and rules hold.', '"0.22.0"', {
      default: 'the newest known',
    }),
    property('memory-fraction', quantity('fraction'), 'Share of GPU memory that the engine may use.', '0.9', {
      ...share,
      default: "the engine's own",
    }),
    property(
      'occupied',
      quantity('bytes'),
      'Memory of each GPU that others hold when the engine starts: processes, a display, cached files.',
      '8 GiB',
      {
        range: { min: 0, max: 1e18 },
        default: '0 bytes',
        details:
          'vLLM refuses to start where its share is not free, SGLang takes its share of what is free before weights are loaded, and TensorRT-LLM of what is free afterwards. Files that the host keeps in memory count on GPUs that share it.',
      },
    ),
    property('reserve', quantity('bytes'), 'Memory kept for the runtime, graphs and libraries.', '2 GiB', {
      ...amount,
      default: 'by the engine',
    }),
    property(
      'cache-memory',
      quantity('bytes'),
      'Memory of a GPU for the KV cache, whatever its share leaves.',
      '40 GiB',
      {
        ...amount,
        default: 'what the share leaves',
        details: "vLLM's `--kv-cache-memory-bytes`, which wins over `memory-fraction`. Other engines leave it out.",
      },
    ),
    property('chunk', quantity('tokens'), 'Most tokens of one prompt that a step reads.', '8192 tokens', {
      ...atLeastOne,
      default: "the engine's own",
      details:
        'SGLang counts the tokens of a whole server: each of its `dp` ranks gets its part. vLLM reads prompts in chunks of a step.',
    }),
    property(
      'step-tokens',
      quantity('tokens'),
      'Most tokens of a step, of prompts and generated ones.',
      '8192 tokens',
      {
        ...atLeastOne,
        default: "the engine's own",
      },
    ),
    property('max-requests', integer, 'Most requests that run at once.', '256', {
      ...atLeastOne,
      default: "the engine's own",
      details: 'Of one attention rank, but of the whole server for SGLang, as the engines count them.',
    }),
    property('max-context', quantity('tokens'), 'Most tokens of a request, input and output.', '32_768 tokens', {
      ...atLeastOne,
      default: "the model's `context`",
    }),
    property('graph-batch', integer, 'Most requests of a decode step that runs from a captured graph.', '512', {
      ...atLeastOne,
      default: "the engine's own",
    }),
    property(
      'cache-tokens',
      quantity('tokens'),
      'Most tokens of the KV cache, whatever memory is left.',
      '500_000 tokens',
      {
        ...atLeastOne,
        default: 'what the memory holds',
        details: '`--max-total-tokens` of SGLang, `kv_cache_config.max_tokens` of TensorRT-LLM. Of one attention rank.',
      },
    ),
    property(
      'window-ratio',
      quantity('fraction'),
      'Tokens of layers with a window for each token of layers without one, where they have pools of their own.',
      '0.8',
      { ...share, default: "the engine's own", details: '`--swa-full-tokens-ratio` of SGLang.' },
    ),
    property(
      'mamba-ratio',
      quantity('fraction'),
      'Memory for states of linear layers for each byte of the KV cache, where they have pools of their own.',
      '0.9',
      { range: { min: 0 }, default: "the engine's own", details: '`--mamba-full-memory-ratio` of SGLang.' },
    ),
    property(
      'moe-backend',
      choice({
        auto: "The engine's own choice.",
        cutlass: 'CUTLASS.',
        trtllm: "TensorRT-LLM's kernels.",
        deepgemm: 'DeepGEMM.',
      }),
      'Kernels that compute the experts, where memory depends on them.',
      'deepgemm',
      { default: 'auto' },
    ),
    property('dp-lm-head', boolean, 'Every data parallel rank of attention holds the whole head.', 'true', {
      default: "the engine's own",
      details: '`--enable-dp-lm-head` of SGLang; TensorRT-LLM does so unless `enable_lm_head_tp_in_adp` is set.',
    }),
    property(
      'dp-dense',
      boolean,
      'Every data parallel rank of attention holds dense feed-forward networks whole.',
      'true',
      {
        default: "the engine's own",
        details: '`--moe-dense-tp-size 1` of SGLang.',
      },
    ),
    property('graphs', boolean, 'Decode runs from captured graphs.', 'true', { default: 'true' }),
    property(
      'all-to-all',
      choice({
        nccl: 'All-to-all of the library.',
        deepep: 'DeepEP, by phase.',
        'deepep-normal': 'DeepEP high throughput.',
        'deepep-low-latency': 'DeepEP low latency.',
        gather: 'All-gather and reduce-scatter.',
      }),
      'How tokens reach their experts.',
      'deepep',
      { default: 'nccl' },
    ),
    property(
      'dispatch-tokens',
      quantity('tokens'),
      'Largest number of tokens per rank in one low-latency dispatch.',
      '128 tokens',
      { ...atLeastOne, default: '128 tokens' },
    ),
    property('two-batch-overlap', boolean, 'Two half batches hide communication behind computation.', 'true', {
      default: 'false',
    }),
    property('shared-overlap', boolean, 'Shared experts run beside dispatch and routed experts.', 'true', {
      default: 'false',
    }),
    property('speculative-tokens', integer, 'Tokens drafted per step.', '1', { ...upTo(1_000, 0), default: '0' }),
    property('acceptance', quantity('fraction'), 'Share of drafted tokens that are accepted.', '80%', {
      ...share,
      default: 'no default: required with speculative-tokens',
    }),
    property('page', quantity('tokens'), 'Tokens of a page of the KV cache.', '64 tokens', {
      ...atLeastOne,
      default: "the engine's own",
    }),
    property('fused', boolean, 'Element-wise operations are fused with each other (training).', 'false', {
      default: 'true',
    }),
    property(
      'flash-attention',
      integer,
      'Version of FlashAttention, or what is as fast (training); 0 writes the score matrices to memory.',
      '2',
      { range: { min: 0, max: 4 }, default: '3' },
    ),
    property('fused-loss', boolean, 'The loss writes no fp32 copy of the logits (training).', 'true', {
      default: 'false',
    }),
    property(
      'fused-experts',
      boolean,
      'One kernel per product of all experts, activation and quantisation inside (training; cuDNN on Blackwell).',
      'true',
      { default: '`true` for torchtitan (`torch._grouped_mm`), `false` for others' },
    ),
  ],
  example: 'engine { name = sglang, chunk = 8192 tokens, all-to-all = deepep }',
};
