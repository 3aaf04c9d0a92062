import type { BlockSpec } from './spec.ts';
import { atLeastOne, boolean, choice, integer, positiveAmount, property, quantity } from './types.ts';

/** The classes of attention of a model. */
export const ATTENTION_BLOCKS: readonly BlockSpec[] = [
  {
    keyword: 'attention',
    parents: ['model'],
    naming: 'optional',
    doc: 'A class of attention layer. Several classes have names and are assigned in `layers { }`.',
    details:
      '`kv-rank` makes it multi-head latent attention (MLA), `state` a linear or state-space layer, `output-rank` compressed attention (DeepSeek-V4), `window` a sliding window. Otherwise it is grouped-query attention with `kv-heads` (multi-head when equal to `heads`). A class of the name `mtp` is that of the prediction modules.',
    properties: [
      property('heads', integer, 'Query heads.', '32', atLeastOne),
      property('kv-heads', integer, 'Key/value heads.', '8', { ...atLeastOne, default: '`heads`' }),
      property('head-size', integer, 'Width of one head.', '128', { ...atLeastOne, default: '`hidden / heads`' }),
      property('value-head-size', integer, 'Width of one value head.', '128', {
        ...atLeastOne,
        default: '`head-size`',
      }),
      property(
        'shared-kv',
        boolean,
        'Keys serve as values too: one projection makes both, and the cache keeps both.',
        'true',
        {
          default: 'false',
        },
      ),
      property(
        'query-rank',
        integer,
        'Rank of the query down-projection of MLA, where none when left out, and of compressed attention.',
        '1536',
        atLeastOne,
      ),
      property('kv-rank', integer, 'Rank of the latent KV of MLA.', '512', atLeastOne),
      property('nope-size', integer, 'Part of a head without rotary position (MLA).', '128', atLeastOne),
      property(
        'rope-size',
        integer,
        'Part of a head with rotary position (MLA, compressed attention).',
        '64',
        atLeastOne,
      ),
      property('value-size', integer, 'Width of one value head (MLA).', '128', atLeastOne),
      property(
        'window',
        quantity('tokens'),
        'Sliding window: keys farther back are not kept.',
        '4096 tokens',
        atLeastOne,
      ),
      property(
        'chunk',
        quantity('tokens'),
        'Chunked attention: keys of the same chunk only.',
        '8192 tokens',
        atLeastOne,
      ),
      property(
        'compress',
        quantity('tokens'),
        'Tokens that one further entry of the cache stands for (compressed attention); the window alone when left out. With an indexer entries overlap, and a query sees those that it chooses.',
        '128 tokens',
        atLeastOne,
      ),
      property(
        'output-rank',
        integer,
        'Rank of the output projection of one group of heads (compressed attention).',
        '1024',
        atLeastOne,
      ),
      property(
        'output-groups',
        integer,
        'Groups of heads with an output projection each (compressed attention).',
        '8',
        {
          ...atLeastOne,
          default: '1',
        },
      ),
      property(
        'state',
        quantity('bytes'),
        'State per sequence of a linear or state-space layer.',
        '2 MiB',
        positiveAmount,
      ),
      property(
        'parameters',
        integer,
        'Parameters of a linear or state-space layer where the formulas above do not describe it.',
        '50_000_000',
        positiveAmount,
      ),
      property('sinks', boolean, 'One learned attention sink per head.', 'true', { default: 'false' }),
      property(
        'qk-norm',
        choice({
          true: 'A norm on each head of queries and keys.',
          false: 'None.',
          'all-heads': 'One norm over all heads of the queries, one over all of the keys.',
        }),
        'RMS norm on queries and keys.',
        'true',
        { default: 'false' },
      ),
      property('bias', boolean, 'Biases on the projections.', 'true', { default: 'false' }),
      property('output-bias', boolean, 'A bias on the output projection.', 'true', { default: '`bias`' }),
      property(
        'output-gate',
        choice({
          true: 'A gate for each element of the attention output.',
          false: 'None.',
          'per-head': 'One number per head.',
        }),
        'A gate on the attention output, made from the input of the layer.',
        'true',
        { default: 'false' },
      ),
    ],
    example: 'attention { heads = 32, kv-heads = 8, head-size = 128 }',
  },
  {
    keyword: 'indexer',
    parents: ['attention'],
    naming: 'none',
    doc: 'Sparse attention: a light indexer picks the keys that each query attends to.',
    properties: [
      property('heads', integer, 'Indexer heads.', '64', { required: true, ...atLeastOne }),
      property('head-size', integer, 'Width of one indexer head.', '128', { required: true, ...atLeastOne }),
      property('top-k', quantity('tokens'), 'Keys attended to per query.', '2048 tokens', {
        required: true,
        ...atLeastOne,
      }),
      property(
        'block',
        quantity('tokens'),
        'Keys are chosen in whole blocks of so many tokens, by the highest score in a block (MiniMax-M3).',
        '128 tokens',
        { ...atLeastOne, default: 'key by key' },
      ),
      property(
        'reused',
        boolean,
        'The keys are those that an earlier layer chose: no tensors and no cache of its own.',
        'true',
        { default: 'false' },
      ),
    ],
    example: 'indexer { heads = 64, head-size = 128, top-k = 2048 tokens }',
  },
];
