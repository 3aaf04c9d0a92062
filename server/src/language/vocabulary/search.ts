import { ENGINE } from './engine.ts';
import type { BlockSpec, PropertySpec, ValueType } from './spec.ts';
import {
  atLeastOne,
  boolean,
  choice,
  either,
  indexes,
  integer,
  list,
  MOST_EXPERTS,
  MOST_GPUS,
  MOST_LAYERS,
  numberType,
  property,
  quantity,
  reference,
  upTo,
} from './types.ts';

const all = choice({ all: 'All that the engine, the machines and the model allow.' });

/** Whole numbers, as indexes are written: `8`, `1..4`, `[1, 2, 4]`; or all. */
const numbers = either(all, indexes);

function some(of: ValueType): ValueType {
  return either(all, list(of));
}

const METRICS = {
  throughput: 'Tokens per second of the whole deployment.',
  'throughput-per-gpu': 'Tokens per second and GPU.',
  'tokens-per-user': 'Tokens per second of one user, 1 / TPOT.',
  'tokens-per-price': "Tokens for one unit of the cluster's `price`.",
  ttft: 'Time to the first token.',
  tpot: 'Time per output token.',
  latency: 'Time of a request, or of a batch.',
  step: 'Time of one step.',
  utilisation: 'Model FLOP over peak FLOP (MFU).',
  'gpus-used': 'GPUs: the fewest for a load.',
  'memory-per-gpu': 'Memory of the fullest GPU.',
};

const degree = (name: string, doc: string, example: string, most = MOST_GPUS) =>
  property(name, numbers, doc, example, { ...upTo(most, 0), default: 'as the base has it' });

function setting(name: string, type: ValueType, doc: string, example: string): PropertySpec {
  return property(name, type, doc, example, { default: 'as the base has it' });
}

/** The type of a property of another block, of which several values are tried. */
function typeOf({ properties }: BlockSpec, name: string): ValueType {
  const found = properties.find((declared) => declared.name === name);
  if (!found) throw new RangeError(`${name} is not declared`);
  return found.type;
}

const POOL_AXES: readonly PropertySpec[] = [
  degree('gpus', 'Numbers of GPUs of a pool.', '[8, 16, 32]'),
  degree('replicas', 'Instances that share the GPUs of a pool.', '1..4'),
  degree('tp', 'Tensor parallel.', '[1, 2, 4, 8]'),
  degree('cp', 'Context parallel.', '[1, 2]'),
  degree('dp', 'Data parallel of attention.', 'all'),
  degree('etp', 'Tensor parallel inside each expert.', 'all'),
  degree('ep', 'Expert parallel.', 'all'),
  degree('edp', 'Copies of each expert.', 'all'),
  degree('pp', 'Pipeline stages.', '[1, 2, 4]', MOST_LAYERS),
  degree('vpp', 'Chunks of layers per GPU.', 'all', MOST_LAYERS),
  setting('engine', some(typeOf(ENGINE, 'name')), 'Engines.', '[vllm, sglang]'),
  setting('all-to-all', some(typeOf(ENGINE, 'all-to-all')), 'How tokens reach their experts.', '[nccl, deepep]'),
  setting('two-batch-overlap', some(boolean), 'Whether two half batches hide communication.', 'all'),
  setting(
    'chunk',
    some(quantity('tokens')),
    'Most tokens of one prompt that a step reads.',
    '[4096 tokens, 8192 tokens]',
  ),
  setting('kv', some(numberType), 'Number types of the KV cache.', '[bf16, fp8]'),
  setting('weights', some(numberType), 'Number types of the weights.', '[bf16, fp8]'),
  setting('experts', some(numberType), 'Number types of the experts.', '[fp8, nvfp4]'),
  degree('redundant-experts', 'Replicas of experts per layer.', '[0, 32]', MOST_EXPERTS),
  degree('speculative-tokens', 'Tokens drafted per step.', '0..3', 1_000),
  setting(
    'schedule',
    some(
      choice({
        '1f1b': 'One forward, one backward.',
        interleaved: '1F1B over `vpp` chunks per GPU.',
        'zero-bubble': 'Backward split in two.',
        dualpipe: 'Both directions at once.',
      }),
    ),
    'Pipeline schedules (training).',
    'all',
  ),
  setting(
    'recompute',
    some(
      choice({
        none: 'Keep every activation.',
        selective: "Recompute attention's inside.",
        full: "Keep each layer's input only.",
      }),
    ),
    'What is computed again (training).',
    'all',
  ),
  degree('zero', 'ZeRO stages (training).', '0..3', 3),
];

/** Blocks that ask for the best plan of many. */
export const SEARCH_BLOCKS: readonly BlockSpec[] = [
  {
    keyword: 'search',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    doc: 'The best of many plans: a deployment, what of it is tried, what a plan must keep, and what is best.',
    details:
      'Every plan of the space is decided: scored, refused by a rule of the engine or by memory, or left out by a bound. `moeplan search` lists the best, and what became of the others.',
    properties: [
      property('base', reference('deployment'), 'The deployment that is varied.', 'my-plan', { required: true }),
      property(
        'objective',
        list(choice(METRICS)),
        'What is best: one figure, or two of which a front is drawn.',
        '[throughput-per-gpu, tokens-per-user]',
        { default: 'throughput-per-gpu; for training step' },
      ),
      property(
        'by',
        choice({
          'lower-edge': 'By what holds at the lower edge of the band of the comparison with the base.',
          middle: 'By the prediction itself.',
        }),
        'How plans are ranked.',
        'middle',
        { default: 'lower-edge' },
      ),
      property(
        'whole',
        choice({ node: 'Whole machines.', domain: 'Whole scale-up domains.' }),
        'What a pool has for itself.',
        'node',
        { default: 'any GPUs' },
      ),
    ],
    example:
      'search my-search {\n  base = my-plan\n  vary { tp = all, dp = all, ep = all }\n  require { ttft <= 2 s }\n}',
  },
  {
    keyword: 'vary',
    parents: ['search'],
    naming: 'optional',
    doc: 'What is tried: of one pool if it has that name, else of all pools. What is left out stays as the base has it.',
    details:
      'A number, a range `1..4`, a list or `all`. Without any `vary` the degrees are tried on the same GPUs, with what hides communication.',
    properties: [
      ...POOL_AXES,
      property('node', list(reference('node')), 'Machines, as many as the cluster has.', '[DGX-H200, DGX-B200]', {
        default: 'as the base has it',
      }),
      property('concurrency', numbers, 'Requests in flight (serving).', '[64, 256, 1024]', {
        ...upTo(1_000_000, 0),
        default: 'as the base has it',
      }),
      property('micro-batch', numbers, 'Sequences of a micro-batch (training).', '[1, 2, 4]', {
        ...upTo(1_000_000, 0),
        default: 'as the base has it',
      }),
    ],
    example: 'vary decode { dp = all, ep = [16, 32, 72], concurrency = all }',
  },
  {
    keyword: 'require',
    parents: ['search'],
    naming: 'none',
    doc: 'What a plan must keep.',
    properties: [
      bound('ttft', quantity('seconds'), 'Time to the first token.', '2 s'),
      bound('tpot', quantity('seconds'), 'Time per output token.', '50 ms'),
      bound('latency', quantity('seconds'), 'Time of a request, or of a batch.', '60 s'),
      bound('step', quantity('seconds'), 'Time of one step.', '10 s'),
      bound('throughput', quantity('tokens/s'), 'Tokens per second of the whole deployment.', '10_000 tokens/s'),
      bound('throughput-per-gpu', quantity('tokens/s'), 'Tokens per second and GPU.', '1_000 tokens/s'),
      bound('tokens-per-user', quantity('tokens/s'), 'Tokens per second of one user.', '30 tokens/s'),
      bound('utilisation', quantity('fraction'), 'Model FLOP over peak FLOP.', '40%'),
      property('gpus-used', integer, 'GPUs.', '64', { ...atLeastOne, comparable: true }),
      bound('memory-per-gpu', quantity('bytes'), 'Memory of the fullest GPU.', '130 GiB'),
      bound('memory-margin', quantity('fraction'), 'Free memory of the fullest GPU.', '5%'),
      bound('price-per-hour', quantity('price/h'), "Price of all GPUs, by the cluster's `price`.", '100 USD/h'),
    ],
    example: 'require { ttft <= 2 s, tpot <= 50 ms, gpus-used <= 64 }',
  },
];

function bound(name: string, type: ValueType, doc: string, example: string): PropertySpec {
  return property(name, type, doc, example, { comparable: true });
}
