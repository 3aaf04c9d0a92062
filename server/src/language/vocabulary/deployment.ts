import { CLAIM_BLOCKS } from './claims.ts';
import { ENGINE } from './engine.ts';
import type { BlockSpec, PropertySpec } from './spec.ts';
import {
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
  reference,
  string,
  upTo,
} from './types.ts';
import { WORKLOAD } from './workload.ts';

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
  'shared-experts': 'Recompute the shared experts.',
  dense: 'Recompute the networks of dense layers.',
  activation: 'Recompute the activation function.',
});

const offload = choice({
  none: 'Keep everything on the GPU.',
  optimizer: "The optimizer's copy of the weights and its moments.",
  activations: 'Activations, but for the layers that are computed and fetched.',
});

const pipelineParts: readonly PropertySpec[] = [
  property('gpus', indexes, 'GPUs of the cluster, counted from 0.', '0..7', {
    ...upTo(MOST_GPUS - 1, 0),
    default: 'all GPUs of the cluster, or an even share',
  }),
];

export const DEPLOYMENT_BLOCKS: readonly BlockSpec[] = [
  WORKLOAD,
  {
    keyword: 'deployment',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    fromLaunch: true,
    holds: ['edges', 'placements'],
    doc: 'A model laid over a cluster for a workload.',
    properties: [
      property('model', reference('model'), 'The model.', 'DeepSeek-V3', { required: true }),
      property('cluster', reference('cluster'), 'The machines.', 'my-cluster', { required: true }),
      property('workload', reference('workload'), 'The work.', 'my-workload', { required: true }),
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
      'deployment my-plan {\n  model = DeepSeek-V3, cluster = my-cluster, workload = my-workload\n  parallel { ep = 16 }\n}',
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
      property(
        'dcp',
        integer,
        'Decode context parallel: ranks of the tp group share the tokens of the KV cache.',
        '8',
        {
          ...upTo(MOST_GPUS),
          default: '1',
          details:
            'It takes no GPUs of its own: ranks that would hold the same keys and values hold a part of the tokens each. The exchange of queries and outputs that this costs in decode is not in the times.',
        },
      ),
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
        default: 'the number of `stage` blocks, or parts of `layout` / vpp, or 1',
      }),
      property('vpp', integer, 'Chunks of layers per GPU (interleaved).', '2', {
        ...upTo(MOST_LAYERS),
        default: '1, or parts of `layout` / pp',
      }),
      property(
        'layout',
        string,
        "Layers of each chunk of each stage, in Megatron's letters: `E` embedding, `t` layer, `m` prediction module, `L` loss, `|` between parts, `*n` and `(..)*n` repeat.",
        '"Et|(tt|)*30mL"',
        {
          details:
            'Part `a x pp + b`, counted from 0, is chunk `a` of stage `b`, so there are pp x vpp parts, and the layers of a stage need not follow each other.',
          default: "the engine's, the same number of layers in every chunk",
        },
      ),
      property('first-stage-layers', integer, 'Layers of the first stage; the others share the rest.', '4', {
        ...upTo(MOST_LAYERS, 0),
        default: 'as many as the others',
      }),
      property('last-stage-layers', integer, 'Layers of the last stage; the others share the rest.', '3', {
        ...upTo(MOST_LAYERS, 0),
        default: 'as many as the others',
      }),
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
        'recompute-layers',
        integer,
        'Layers of each chunk of a stage that `recompute = full` computes again; the others keep their activations.',
        '2',
        { ...upTo(MOST_LAYERS, 0), default: 'all' },
      ),
      property(
        'offload',
        list(offload),
        'What is kept in the memory of the host (training).',
        '[optimizer, activations]',
        {
          default: 'none',
        },
      ),
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
  },
  ENGINE,
  ...CLAIM_BLOCKS,
];
