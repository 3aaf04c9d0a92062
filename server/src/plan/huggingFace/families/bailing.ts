import type { Families, Family } from '../family.ts';

const BAILING: Family = {
  sharedWidthIsEach: true,
  names: { n_shared_experts: 'num_shared_experts', attention_bias: 'use_qkv_bias', attention_out_bias: 'use_bias' },
  irrelevant: `norm_softmax norm_head use_rmsnorm output_dropout multi_gate embedding_dropout router_dtype
    moe_router_enable_expert_bias moe_router_topk_scaling_factor score_function using_split_qkv_in_self_attention`,
};

export const families: Families = {
  bailing_moe: BAILING,
  bailing_moe_v2: { ...BAILING, routerBias: true },
};
