import type { BlockSpec } from './spec.ts';
import { atLeastOne, choice, integer, property, quantity } from './types.ts';

const share = { range: { min: 0, max: 1 } } as const;

export const WORKLOAD: BlockSpec = {
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
    property('request-rate', quantity('requests/s'), 'Requests that arrive per second (open loop).', '12 requests/s', {
      range: { min: Number.MIN_VALUE },
    }),
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
  example: 'workload my-workload {\n  sequences = 128\n  length = 10_000 tokens\n}',
};
