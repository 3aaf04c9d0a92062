import type { Families } from '../family.ts';

export const families: Families = {
  ernie4_5: {
    tied: true,
    only: { use_bias: false },
    known: {
      models: 'ERNIE 4.5 0.3B',
      published: { model: 'ERNIE-4.5-0.3B', total: 360_748_032 },
      source: 'transformers, models/ernie4_5',
    },
  },
  ernie4_5_moe: {
    known: {
      models: 'ERNIE 4.5 21B-A3B, 300B-A47B',
      published: { model: 'ERNIE-4.5-21B-A3B', total: 21_825_437_888 },
      source: 'transformers, models/ernie4_5_moe',
    },
    tied: true,
    routerBias: true,
    only: { use_bias: false, num_nextn_predict_layers: 0 },
    names: {
      num_experts: 'moe_num_experts',
      num_experts_per_tok: 'moe_k',
      n_shared_experts: 'moe_num_shared_experts',
      first_k_dense_replace: 'moe_layer_start_index',
      last_moe_layer: 'moe_layer_end_index',
      decoder_sparse_step: 'moe_layer_interval',
    },
    irrelevant: `moe_capacity moe_gate moe_use_aux_free moe_norm_min moe_multimodal_dispatch_use_allgather
      moe_group moe_group_experts moe_group_origin moe_all_to_all_dropout fuse_rope fuse_ln fuse_swiglu compression_ratio`,
  },
};
