import type { Families } from '../family.ts';

export const families: Families = {
  olmo2: { qkNorm: 'all-heads' },
  olmo3: { qkNorm: 'all-heads' },
  olmoe: { qkNorm: 'all-heads', expertsUseFfn: true, irrelevant: 'clip_qkv' },
};
