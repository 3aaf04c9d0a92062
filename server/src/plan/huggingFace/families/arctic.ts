import type { Families } from '../family.ts';

export const families: Families = {
  arctic: {
    known: {
      models: 'Snowflake Arctic',
      stated: { model: 'Arctic', total: '480 billion' },
      source: 'modeling_arctic.py of Snowflake/snowflake-arctic-instruct',
    },
    norms: 3,
    expertsUseFfn: true,
    residualFfn: true,
    names: { decoder_sparse_step: 'moe_layer_frequency' },
    only: { parallel_attn_mlp_res: true, use_residual: true },
    irrelevant: `residual_intermediate_size moe_eval_capacity_factor moe_min_capacity moe_token_dropping
      moe_train_capacity_factor enable_expert_tensor_parallelism moe_use_rts moe_expert_parallel_size`,
  },
};
