import type { Families } from '../family.ts';

export const families: Families = {
  internlm2: { names: { attention_bias: 'bias' }, irrelevant: 'attn_implementation' },
};
