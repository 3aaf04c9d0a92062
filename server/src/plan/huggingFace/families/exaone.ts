import type { Families } from '../family.ts';

export const families: Families = { exaone4: { qkNorm: 'head', fullEvery: 4 } };
