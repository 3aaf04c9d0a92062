import { ATTENTION_BLOCKS } from './attention.ts';
import type { BlockSpec, Choice } from './spec.ts';
import {
  alsoKnownAs,
  amount,
  atLeastOne,
  boolean,
  choice,
  either,
  integer,
  MOST_EXPERTS,
  MOST_LAYERS,
  notNegative,
  numberType,
  property,
  quantity,
  shape,
  string,
  upTo,
} from './types.ts';

const types = [property('weights', numberType, 'Type in which weights are stored.', 'bf16', { default: 'bf16' })];

/** The words of `layers { }` that are not names. */
export const LAYER_CLASSES: readonly Choice[] = [
  { name: 'dense', doc: 'A layer with the feed-forward network of `dense { }`.' },
  { name: 'moe', doc: 'A layer with routed experts.' },
  { name: 'none', doc: 'A layer without a feed-forward network.' },
];

/** The ends of a hand-drawn layer, which its arrows name beside its operators. */
export const LAYER_ENDS: readonly Choice[] = [
  { name: 'input', doc: "Where the layer's input enters." },
  { name: 'output', doc: "Where the layer's output leaves." },
];

export const MODEL_BLOCKS: readonly BlockSpec[] = [
  {
    keyword: 'model',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    fromConfig: true,
    doc: 'A transformer: its layers, attention, experts, embeddings and number types.',
    details:
      'Written out, or read from a Hugging Face config in place: `model name from "config.json"`. Properties in the braces override the config.',
    properties: [
      property('layers', integer, 'Number of transformer layers (without multi-token-prediction modules).', '61', {
        ...upTo(MOST_LAYERS),
        default: 'the last layer named in `layers { }`, or the length of `pattern`',
      }),
      property('hidden', integer, 'Width of the residual stream.', '7168', { required: true, ...atLeastOne }),
      property('vocabulary', integer, 'Rows of the token embedding; none when left out.', '129280', atLeastOne),
      alsoKnownAs(
        'huggingface',
        'Checkpoints of this shape on the Hugging Face hub; nothing is fetched.',
        '"Qwen/Qwen3-235B-A22B"',
      ),
      property(
        'context',
        quantity('tokens'),
        'Tokens of the longest sequence that the model is made for.',
        '163_840 tokens',
        {
          ...atLeastOne,
          default: 'not known: engines are asked for no more than the workload needs',
        },
      ),
      property(
        'released',
        integer,
        'Year in which its weights were published: completion offers newer models first.',
        '2026',
        {
          range: { min: 2000, max: 2099 },
        },
      ),
      property('tied', boolean, 'The output head shares the token embedding.', 'true', { default: 'false' }),
      property('head-bias', boolean, 'A bias on the output head.', 'true', { default: 'false' }),
      property('positions', integer, 'Rows of a learned position embedding.', '2048', atLeastOne),
      property('norms', integer, 'Norms of a layer with attention and a feed-forward network.', '4', {
        ...notNegative,
        default: '2',
      }),
      property('norm-bias', boolean, 'Norms have a bias beside their weight (LayerNorm).', 'true', {
        default: 'false',
      }),
      property(
        'residual',
        either(
          choice({ plain: 'One stream, to which each half of a layer adds.' }),
          { kind: 'application', word: 'streams', argument: integer },
          { kind: 'application', word: 'blocks', argument: integer },
        ),
        'What runs through the layers: `streams 4` are parallel streams that each half of a layer mixes (hyper-connections, DeepSeek-V4), `blocks 12` are sums of 12 layers each, all of which each half weighs (attention residuals, Kimi-K3).',
        'streams 4',
        { ...upTo(MOST_LAYERS), default: 'plain' },
      ),
      property('mtp', integer, 'Multi-token-prediction modules behind the last layer.', '1', {
        ...upTo(MOST_LAYERS, 0),
        default: '0',
      }),
      property(
        'vision',
        quantity('bytes'),
        'Fixed size of a vision tower, held whole by each tensor-parallel rank of the first stage.',
        '1.2 GiB',
        amount,
      ),
      property(
        'pattern',
        string,
        'One letter per layer: `E` experts, `-` dense, `M` linear (state) layer, `*` attention alone; repeated to `layers`.',
        '"MEMEM*E"',
      ),
      ...types,
    ],
    example:
      'model my-model {\n  layers = 4\n  hidden = 4096\n  attention { heads = 32, head-size = 128 }\n  experts { count = 16, top-k = 2, ffn = 32768, gated = false }\n}',
  },
  {
    keyword: 'types',
    parents: ['model', 'deployment', 'pool'],
    naming: 'none',
    doc: "Number types per class of tensor; in a deployment or pool they override the model's.",
    properties: [
      ...types,
      property('experts', numberType, "Type of the routed experts' weights.", 'nvfp4', { default: '`weights`' }),
      property('attention', numberType, 'Type of the attention weights.', 'bf16', { default: '`weights`' }),
      property('embedding', numberType, 'Type of the token embedding and the output head.', 'bf16', {
        default: '`weights`, but bf16 where that is narrower',
      }),
      property('kv', numberType, 'Type of the KV cache.', 'fp8', { default: 'bf16' }),
      property('activations', numberType, 'Type of activations between layers.', 'bf16', { default: 'bf16' }),
      property(
        'compute',
        numberType,
        'Arithmetic of the matrix products in training where the weights kept are wider.',
        'fp8',
        { default: "each weight's own" },
      ),
      property('main', numberType, "Type of the optimizer's own copy of the weights (training).", 'fp16', {
        default: 'fp32',
        details:
          'An optimizer that keeps beside 16-bit weights only the 16 bits that fp32 adds to them is written as `bf16`.',
      }),
      property('moments', numberType, "Type of the optimizer's moments (training).", 'bf16', { default: 'fp32' }),
      property('first-moment', numberType, "Type of the optimizer's first moment (training).", 'fp8', {
        default: '`moments`',
      }),
      property('second-moment', numberType, "Type of the optimizer's second moment (training).", 'bf16', {
        default: '`moments`',
      }),
      property('gradients', numberType, 'Type in which gradients are summed and reduced (training).', 'bf16', {
        default: 'fp32',
      }),
    ],
    example: 'types { weights = fp8-block, kv = bf16 }',
  },
  ...ATTENTION_BLOCKS,
  {
    keyword: 'experts',
    parents: ['model'],
    naming: 'none',
    doc: 'The routed experts of a mixture-of-experts layer.',
    properties: [
      property('count', integer, 'Routed experts per layer.', '256', { required: true, ...upTo(MOST_EXPERTS) }),
      property('top-k', integer, 'Experts that each token visits.', '8', { required: true, ...upTo(MOST_EXPERTS) }),
      property('ffn', integer, 'Inner width of one expert.', '2048', { required: true, ...atLeastOne }),
      property('gated', boolean, 'Three matrices (gate, up, down) instead of two.', 'false', { default: 'true' }),
      property('bias', boolean, 'Biases on the expert matrices.', 'true', { default: 'false' }),
      property('shared', integer, 'Shared experts that every token visits.', '1', {
        ...upTo(MOST_EXPERTS, 0),
        default: '0',
      }),
      property('shared-ffn', integer, 'Inner width of all shared experts together.', '2048', {
        ...atLeastOne,
        default: '`shared * ffn`',
      }),
      property('shared-gate', boolean, 'A sigmoid gate of one column on the shared expert.', 'true', {
        default: 'false',
      }),
      property(
        'latent',
        integer,
        'Width to which tokens are projected before the experts, and back behind them.',
        '1024',
        atLeastOne,
      ),
      property(
        'latent-norm',
        boolean,
        'A norm on what comes back from the experts, before the projection back.',
        'true',
        {
          default: 'false',
        },
      ),
      property('parallel-ffn', integer, 'Width of a dense MLP that runs beside the experts.', '8192', atLeastOne),
      property(
        'vision-ffn',
        integer,
        'Inner width of further experts, as many, that tokens of pictures visit instead, with a router of their own.',
        '512',
        atLeastOne,
      ),
      property('zero', integer, 'Zero experts: choices of the router that compute nothing.', '256', {
        ...upTo(MOST_EXPERTS, 0),
        default: '0',
      }),
      property('groups', integer, 'Groups of experts for group-limited routing.', '8', upTo(MOST_EXPERTS)),
      property('top-groups', integer, "Groups that a token's experts may come from.", '4', upTo(MOST_EXPERTS)),
      property('router-bias', boolean, 'One correction bias per expert on the router scores.', 'true', {
        default: 'false',
      }),
      property(
        'hashed',
        integer,
        'Of the first so many layers experts are chosen by a table of token ids, without a correction bias (DeepSeek-V4).',
        '3',
        { ...upTo(MOST_LAYERS, 0), default: '0' },
      ),
      property('every', integer, 'Every n-th layer has experts, the others a dense FFN.', '2', {
        ...upTo(MOST_LAYERS),
        default: '1',
      }),
      property('first', integer, 'First layer with experts; the ones before it are dense.', '3', {
        ...upTo(MOST_LAYERS, 0),
        default: '0',
      }),
      property(
        'popularity',
        either(
          choice({ uniform: 'Every expert is chosen equally often.' }),
          { kind: 'application', word: 'zipf', argument: quantity('number') },
          string,
        ),
        'How unevenly experts are chosen: `uniform`, `zipf 1.1`, or a CSV file of counts.',
        'zipf 1.1',
        {
          default: 'uniform',
          readsFile: true,
          details:
            'The file has one count per line, in the order of the experts, or lines of `expert,count`; a first line with names is allowed, and counts of the same expert are summed.',
        },
      ),
    ],
    example: 'experts { count = 256, top-k = 8, ffn = 2048, shared = 1, groups = 8, top-groups = 4 }',
  },
  {
    keyword: 'dense',
    parents: ['model'],
    naming: 'none',
    doc: 'The feed-forward network of layers without experts.',
    properties: [
      property('ffn', integer, 'Inner width.', '18432', { required: true, ...atLeastOne }),
      property('gated', boolean, 'Three matrices (gate, up, down) instead of two.', 'true', { default: 'true' }),
      property('bias', boolean, 'Biases on the matrices.', 'false', { default: 'false' }),
    ],
    example: 'dense { ffn = 18432 }',
  },
  {
    keyword: 'layers',
    parents: ['model'],
    naming: 'none',
    holds: ['entries'],
    doc: 'Which layer is of which class: `0..2 = dense`, `3..60 = moe`, `0..60 by 4 = [full, moe]`.',
    details:
      'The words are `dense`, `moe`, `none` (no feed-forward), the name of an attention class, or the name of a `layer` block. Later lines override earlier ones.',
    properties: [],
    example: 'layers { 0..2 = dense, 3..60 = moe }',
  },
  {
    keyword: 'layer',
    parents: ['file', 'model'],
    naming: 'required',
    holds: ['edges'],
    doc: 'A layer drawn by hand: operators with shapes and the arrows between them.',
    details:
      "Every arrow must join equal shapes. `input` and `output` are the layer's ends. A model uses it by its name in `layers { }`: then its operators are drawn, and predicted one after the other. Attention, experts, router and dense FFN are the model's, laid over its GPUs with their collectives; every other operator runs whole on each GPU that has its tokens. An operator of which too little is known is drawn without figures, and a finding says so.",
    properties: [],
    example:
      'layer my-layer {\n  operator norm { kind = norm, input = [4096], output = [4096] }\n  input -> norm -> output\n}',
  },
  {
    keyword: 'operator',
    parents: ['layer'],
    naming: 'required',
    doc: 'One operator of a hand-drawn layer.',
    details:
      'Sizes are numbers or names. `hidden` is the width of the model; `batch`, `seq` and `tokens` (both together) are those of a step, and may be left out. Sizes of other names are compared and not known: what has one is not predicted.',
    properties: [
      property(
        'kind',
        choice({
          norm: 'normalisation',
          attention: "the model's attention",
          linear: 'one matrix, as wide as its input and its output',
          activation: 'element-wise',
          add: 'sum of its inputs',
          multiply: 'product of its inputs',
          router: 'expert selection',
          experts: "the model's routed experts",
          'feed-forward': "the model's dense FFN",
          split: 'copies or splits its input',
          custom: 'none of the others',
        }),
        'What it computes.',
        'norm',
        { required: true },
      ),
      property('input', shape, 'Shape of each of its inputs.', '[batch, seq, 4096]', { required: true }),
      property('output', shape, 'Shape of its output.', '[batch, seq, 4096]', { required: true }),
    ],
    example: 'operator norm { kind = norm, input = [4096], output = [4096] }',
  },
];
