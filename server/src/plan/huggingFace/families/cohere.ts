import type { Families } from '../family.ts';

export const families: Families = {
  cohere: {
    tied: true,
    norms: 1,
    flaggedQkNorm: 'all-heads',
    known: {
      models: 'Command R, R+',
      published: { model: 'command-r', total: 34_980_831_232 },
      source: 'transformers, models/cohere',
    },
  },
  cohere2: {
    known: {
      models: 'Command A, R7B',
      published: { model: 'command-a', total: 111_057_580_032 },
      source: 'transformers, models/cohere2',
    },
    tied: true,
    norms: 1,
    fullEvery: 4,
    names: { sliding_window_pattern: 'layer_switch' },
    only: {
      order_of_interleaved_layers: 'local_attn_first',
      use_parallel_block: true,
      use_gated_activation: true,
      use_embedding_sharing: true,
    },
    irrelevant: 'position_embedding_type use_parallel_embedding rotary_pct',
  },
};
