import type { Families } from '../family.ts';

export const families: Families = {
  // Norms before and behind attention and network, a gate on the output of attention as wide as the queries, a bias on the
  // router's choice.
  afmoe: {
    norms: 4,
    qkNorm: 'head',
    outputGate: true,
    routerBias: true,
    fullEvery: 4,
    names: {
      first_k_dense_replace: 'num_dense_layers',
      n_shared_experts: 'num_shared_experts',
      sliding_window_pattern: 'global_attn_every_n_layers',
    },
    defaults: { first_k_dense_replace: 1, n_shared_experts: 2, head_dim: 128 },
    irrelevant: `route_scale route_norm score_func mup_enabled load_balance_coeff use_grouped_mm num_expert_groups
      num_limited_groups`,
    known: {
      models: 'Trinity',
      stated: { model: 'Trinity-Mini', total: '26 billion' },
      source: 'transformers, models/afmoe',
    },
  },
};
