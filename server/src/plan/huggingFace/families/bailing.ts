import type { Families, Family } from '../family.ts';

const BAILING: Family = {
  sharedWidthIsEach: true,
  names: { n_shared_experts: 'num_shared_experts', attention_bias: 'use_qkv_bias', attention_out_bias: 'use_bias' },
  irrelevant: `norm_softmax norm_head use_rmsnorm output_dropout multi_gate embedding_dropout router_dtype
    moe_router_enable_expert_bias moe_router_topk_scaling_factor score_function using_split_qkv_in_self_attention`,
};

export const families: Families = {
  bailing_moe: {
    ...BAILING,
    known: {
      models: 'Ling lite and plus',
      published: { model: 'Ling-lite', total: 16_801_974_272 },
      source: 'modeling_bailing_moe.py of inclusionAI/Ling-lite',
    },
  },
  bailing_moe_v2: {
    ...BAILING,
    routerBias: true,
    known: {
      models: 'Ling 2.0, Ring 2.0',
      published: { model: 'Ling-mini-2.0', total: 16_255_643_392 },
      source: 'modeling_bailing_moe_v2.py of inclusionAI/Ling-mini-2.0',
    },
  },
};
