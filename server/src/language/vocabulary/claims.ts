import type { BlockSpec, PropertySpec } from './spec.ts';
import { boolean, integer, property, quantity, string } from './types.ts';

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
/** Blocks with the figures that a text claims for a deployment, and with those of a real run. */
export const CLAIM_BLOCKS: readonly BlockSpec[] = [
  {
    keyword: 'expect',
    parents: ['deployment'],
    naming: 'none',
    doc: 'Claims about the deployment, checked against the computed figures.',
    details:
      '`=` compares as precisely as the figure is written unless `+-` gives a tolerance; `>=` and `<=` are bounds.',
    properties: claims,
    example: 'expect { experts-per-gpu = 4, throughput >= 120_000 tokens/s }',
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
  },
];

/** Claims of a `compare` statement: the last deployment over the first. */
export const COMPARE_CLAIMS: readonly PropertySpec[] = [
  claim('speedup', quantity('number'), 'Throughput of the last deployment over the first.', '3.75'),
  claim('latency-ratio', quantity('number'), 'Latency of the first deployment over the last.', '3.75'),
];
