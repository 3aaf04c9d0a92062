import type { BlockSpec, PropertySpec } from './spec.ts';
import {
  amount,
  atLeastOne,
  boolean,
  choice,
  indexes,
  integer,
  list,
  MOST_EXPERTS,
  MOST_GPUS,
  MOST_LAYERS,
  property,
  quantity,
  reference,
  string,
  upTo,
} from './types.ts';

const share = { range: { min: 0, max: 1 } } as const;

const schedule = choice({
  '1f1b': 'One forward, one backward.',
  interleaved: '1F1B over `vpp` chunks per GPU.',
  'zero-bubble': 'Backward split in two; weight gradients fill the bubble (ZB1P).',
  dualpipe: 'Both directions at once (DeepSeek); parameters are held twice.',
});

const recompute = choice({
  none: 'Keep every activation.',
  selective: "Recompute attention's inside.",
  full: "Keep each layer's input only.",
  attention: 'Recompute the attention module.',
  norm: 'Recompute norms.',
  'mla-up': "Recompute MLA's up-projections.",
  experts: 'Recompute the routed experts.',
  activation: 'Recompute the activation function.',
});

const pipelineParts: readonly PropertySpec[] = [
  property('gpus', indexes, 'GPUs of the cluster, counted from 0.', '0..7', {
    ...upTo(MOST_GPUS - 1, 0),
    default: 'all GPUs of the cluster, or an even share',
  }),
];

const claims: readonly PropertySpec[] = [
  claim('gpus-used', integer, 'GPUs that hold a part of the model.', '16'),
  claim('layers-per-gpu', integer, 'Layers of the largest stage.', '2'),
  claim('heads-per-gpu', integer, 'Query heads per GPU.', '4'),
  claim('columns-per-gpu', integer, 'Columns of the query projection per GPU.', '512'),
  claim('ffn-per-gpu', integer, 'Inner width of an expert on one GPU.', '4096'),
  claim(
    'experts-per-gpu',
    integer,
    'Routed experts held by one GPU, over all its layers; a part of an expert counts as one.',
    '4',
  ),
  claim('experts-per-layer', integer, 'Routed experts of one layer that one GPU holds.', '2'),
  claim('expert-memory', quantity('bytes'), 'Weights of one whole routed expert.', '512 MiB'),
  claim('expert-memory-per-gpu', quantity('bytes'), 'Weights of all routed experts on one GPU.', '2 GiB'),
  claim('memory-per-gpu', quantity('bytes'), 'Memory of the fullest GPU.', '60 GiB'),
  claim('throughput', quantity('tokens/s'), 'Tokens per second of the whole deployment.', '120_000 tokens/s'),
  claim('throughput-per-gpu', quantity('tokens/s'), 'Tokens per second and GPU.', '7_500 tokens/s'),
  claim(
    'latency',
    quantity('seconds'),
    'Time of one step from source to sink, or end to end for a served request.',
    '8.3 ms',
  ),
  claim('step', quantity('seconds'), 'Time of one step.', '8.3 ms'),
  claim('ttft', quantity('seconds'), 'Time to the first token.', '800 ms'),
  claim('tpot', quantity('seconds'), 'Time per output token behind the first.', '40 ms'),
  claim('utilisation', quantity('fraction'), 'Model FLOP over peak FLOP of the GPUs used.', '40%'),
];

function claim(name: string, type: PropertySpec['type'], doc: string, example: string): PropertySpec {
  return property(name, type, doc, example, { comparable: true });
}

export const DEPLOYMENT_BLOCKS: readonly BlockSpec[] = [
  {
    keyword: 'workload',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    doc: 'What the deployment has to do: one batch forward, serving, or training.',
    details:
      '`sequences` with `length` is one batch forward; `input` with `output` is serving; `global-batch` is training.',
    properties: [
      property('sequences', integer, 'Sequences in the batch.', '128', atLeastOne),
      property(
        'length',
        quantity('tokens'),
        'Tokens per sequence (batch forward, training).',
        '10_000 tokens',
        atLeastOne,
      ),
      property('input', quantity('tokens'), 'Prompt tokens per request (serving).', '4_000 tokens', atLeastOne),
      property('output', quantity('tokens'), 'Generated tokens per request (serving).', '1_000 tokens', atLeastOne),
      property('concurrency', integer, 'Requests in flight (closed loop).', '256', atLeastOne),
      property(
        'request-rate',
        quantity('requests/s'),
        'Requests that arrive per second (open loop).',
        '12 requests/s',
        { range: { min: Number.MIN_VALUE } },
      ),
      property('prefix-share', quantity('fraction'), 'Share of the prompt found in the prefix cache.', '50%', {
        ...share,
        default: '0',
      }),
      property(
        'requests',
        integer,
        'Requests of a benchmark in all: its first ones, as many as its concurrency, arrive at once.',
        '640',
        { ...atLeastOne, default: 'steady state, no first burst' },
      ),
      property(
        'length-spread',
        quantity('fraction'),
        'Lengths lie evenly within this share of their mean; with 0 requests stay in step with each other.',
        '10%',
        { ...share, default: 'lengths vary, requests do not stay in step' },
      ),
      property('global-batch', integer, 'Sequences per optimizer step (training).', '2048', atLeastOne),
      property('micro-batch', integer, 'Sequences per micro-batch (training).', '1', { ...atLeastOne, default: '1' }),
      property(
        'optimizer',
        choice({
          adam: 'Two fp32 moments and fp32 master weights.',
          sgd: 'fp32 master weights only.',
          muon: 'One fp32 moment and fp32 master weights; Adam for embeddings, norms and biases.',
        }),
        'The optimizer (training).',
        'adam',
        { default: 'adam' },
      ),
      property(
        'dropout',
        quantity('fraction'),
        'Share of activations that dropout zeroes: its masks take memory (training).',
        '10%',
        { ...share, default: '0' },
      ),
      property(
        'trainable',
        choice({
          all: 'Every weight.',
          adapters: 'Low-rank adapters alone; weights are frozen and have no gradients.',
        }),
        'What is trained.',
        'adapters',
        { default: 'all' },
      ),
    ],
    example: 'workload long-batch {\n  sequences = 128\n  length = 10_000 tokens\n}',
    since: '0.1',
  },
  {
    keyword: 'deployment',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    holds: ['edges', 'placements'],
    doc: 'A model laid over a cluster for a workload.',
    properties: [
      property('model', reference('model'), 'The model.', 'moe-4l', { required: true }),
      property('cluster', reference('cluster'), 'The machines.', 'two-nodes', { required: true }),
      property('workload', reference('workload'), 'The work.', 'long-batch', { required: true }),
      property('gpus', indexes, 'GPUs of the cluster that it may use.', '0..15', {
        ...upTo(MOST_GPUS - 1, 0),
        default: 'all',
      }),
      property(
        'balance',
        choice({ none: 'Experts in order, contiguous.', eplb: 'Replicas and places by the EPLB algorithm.' }),
        'How experts are placed.',
        'none',
        { default: 'none' },
      ),
      property('redundant-experts', integer, "Replicas per layer on top of the model's experts.", '32', {
        ...upTo(MOST_EXPERTS, 0),
        default: '0',
      }),
      property(
        'order',
        list(choice({ tp: 'tensor', cp: 'context', dp: 'data', pp: 'pipeline' })),
        'Order of ranks, fastest first.',
        '[tp, cp, dp, pp]',
        { default: '[tp, cp, dp, pp]' },
      ),
    ],
    example:
      'deployment proposed {\n  model = moe-4l, cluster = two-nodes, workload = long-batch\n  parallel { ep = 16 }\n}',
    since: '0.1',
  },
  {
    keyword: 'parallel',
    parents: ['deployment', 'pool'],
    naming: 'none',
    doc: 'Degrees of parallelism. Attention runs on tp x cp x dp GPUs, the experts on etp x ep x edp of the same GPUs. What is left out is derived.',
    properties: [
      property('tp', integer, 'Tensor parallel: attention heads and dense FFN are split.', '8', {
        ...upTo(MOST_GPUS),
        default: '1',
      }),
      property('cp', integer, 'Context parallel: each sequence is split.', '2', { ...upTo(MOST_GPUS), default: '1' }),
      property('dp', integer, 'Data parallel: each group has its own sequences.', '4', {
        ...upTo(MOST_GPUS),
        default: 'GPUs of a stage / (tp x cp)',
      }),
      property('etp', integer, 'Tensor parallel inside each expert: its width is split.', '8', {
        ...upTo(MOST_GPUS),
        default: 'GPUs of a stage / (ep x edp)',
      }),
      property('ep', integer, 'Expert parallel: whole experts are spread.', '16', {
        ...upTo(MOST_GPUS),
        default: '1, or what etp and edp leave',
      }),
      property('edp', integer, 'Data parallel of the experts: copies of each.', '1', {
        ...upTo(MOST_GPUS),
        default: '1, or what etp and ep leave',
      }),
      property('pp', integer, 'Pipeline parallel: stages of layers.', '2', {
        ...upTo(MOST_LAYERS),
        default: 'the number of `stage` blocks, or 1',
      }),
      property('vpp', integer, 'Chunks of layers per GPU (interleaved).', '2', { ...upTo(MOST_LAYERS), default: '1' }),
      property('schedule', schedule, 'Pipeline schedule (training).', '1f1b', {
        default: '1f1b, interleaved when vpp > 1',
      }),
      property('micro-batches', integer, 'Micro-batches that flow through the pipeline in one step.', '8', {
        ...atLeastOne,
        default: '1, for training global-batch / (micro-batch x dp)',
      }),
      property('sequence-parallel', boolean, 'Norms and residuals split over the tensor parallel group.', 'true', {
        default: 'false, for training tp > 1',
      }),
      property(
        'zero',
        integer,
        'ZeRO stage: 1 optimizer, 2 gradients, 3 weights are sharded over data parallel.',
        '1',
        { range: { min: 0, max: 3 }, default: '0' },
      ),
      property(
        'shards',
        integer,
        'GPUs over which ZeRO shards; the rest of the data parallel group hold copies.',
        '8',
        { ...upTo(MOST_GPUS), default: 'dp x cp, and edp for experts' },
      ),
      property('recompute', list(recompute), 'Activations computed again in the backward pass.', 'selective', {
        default: 'none',
      }),
      property(
        'tp-overlap',
        boolean,
        'Collectives of the tensor parallel group run beside the matrix products that they feed (training).',
        'true',
        { default: 'false' },
      ),
      property(
        'dp-overlap',
        boolean,
        'Gradients are reduced beside the backward pass and weights gathered beside the forward (training).',
        'false',
        { default: 'true' },
      ),
    ],
    example: 'parallel { tp = 8, pp = 2, ep = 8 }',
    since: '0.1',
  },
  {
    keyword: 'stage',
    parents: ['deployment', 'pool'],
    naming: 'required',
    holds: ['placements'],
    doc: 'A pipeline stage: layers on GPUs.',
    properties: [
      property('layers', indexes, 'Layers of the stage, counted from 0.', '0..1', {
        ...upTo(MOST_LAYERS - 1, 0),
        default: 'an even share',
      }),
      ...pipelineParts,
    ],
    example: 'stage front { layers = 0..1, gpus = 0..7 }',
    since: '0.1',
  },
  {
    keyword: 'pool',
    parents: ['deployment'],
    naming: 'required',
    holds: ['edges', 'placements'],
    doc: 'GPUs that do one part of serving: `pool prefill`, `pool decode`.',
    properties: [
      property(
        'role',
        choice({ prefill: 'Reads prompts.', decode: 'Generates tokens.', both: 'Both, by continuous batching.' }),
        'What the pool does.',
        'prefill',
        { default: 'its name when that is `prefill` or `decode`, else both' },
      ),
      ...pipelineParts,
      property('replicas', integer, "Equal instances on equal shares of the pool's GPUs.", '2', {
        ...upTo(MOST_GPUS),
        default: '1',
      }),
      property(
        'balance',
        choice({ none: 'Experts in order, contiguous.', eplb: 'Replicas and places by the EPLB algorithm.' }),
        'How experts are placed.',
        'eplb',
        { default: "the deployment's" },
      ),
      property('redundant-experts', integer, "Replicas per layer on top of the model's experts.", '32', {
        ...upTo(MOST_EXPERTS, 0),
        default: "the deployment's",
      }),
    ],
    example: 'pool prefill { gpus = 0..15, parallel { ep = 16 } }',
    since: '0.1',
  },
  {
    keyword: 'engine',
    parents: ['deployment', 'pool'],
    naming: 'none',
    doc: 'The engine that serves or trains, and the few facts of it that matter.',
    properties: [
      property(
        'name',
        choice({
          ideal: 'Kernels and links only, no engine overhead.',
          vllm: 'vLLM',
          sglang: 'SGLang',
          'trt-llm': 'TensorRT-LLM',
          megatron: 'Megatron-Core (Megatron-LM, NeMo, Megatron-Bridge): training',
          torchtitan: 'torchtitan, PyTorch FSDP2: training',
        }),
        'The engine.',
        'sglang',
        { default: 'ideal' },
      ),
      property('memory-fraction', quantity('fraction'), 'Share of GPU memory that the engine may use.', '0.9', {
        ...share,
        default: "the engine's own",
      }),
      property('reserve', quantity('bytes'), 'Memory kept for the runtime, graphs and libraries.', '2 GiB', {
        ...amount,
        default: 'by the engine',
      }),
      property('chunk', quantity('tokens'), 'Tokens of a chunk of prefill.', '8192 tokens', {
        ...atLeastOne,
        default: 'the whole prompt',
      }),
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
        default: '64 tokens',
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
        { default: 'false' },
      ),
    ],
    example: 'engine { name = sglang, chunk = 8192 tokens, all-to-all = deepep }',
    since: '0.1',
  },
  {
    keyword: 'expect',
    parents: ['deployment'],
    naming: 'none',
    doc: 'Claims about the deployment, checked against the computed figures.',
    details:
      '`=` compares as precisely as the figure is written unless `+-` gives a tolerance; `>=` and `<=` are bounds.',
    properties: claims,
    example: 'expect { experts-per-gpu = 4, throughput >= 120_000 tokens/s }',
    since: '0.1',
  },
  {
    keyword: 'measured',
    parents: ['deployment'],
    naming: 'none',
    doc: 'Figures from a real run, shown beside the prediction.',
    properties: [
      ...claims.map(({ comparable: _, ...rest }) => rest),
      property('source', string, 'Where the figures come from.', '"run of 2026-11-02, vLLM 0.12"'),
      property('calibrate', boolean, 'Scale the prediction to these figures.', 'true', { default: 'false' }),
    ],
    example: 'measured { tpot = 41 ms, source = "benchmark_serving, 2026-11-02" }',
    since: '0.1',
  },
];

/** Claims of a `compare` statement: the last deployment over the first. */
export const COMPARE_CLAIMS: readonly PropertySpec[] = [
  claim('speedup', quantity('number'), 'Throughput of the last deployment over the first.', '3.75'),
  claim('latency-ratio', quantity('number'), 'Latency of the first deployment over the last.', '3.75'),
];
