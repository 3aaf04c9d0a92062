import type { Families } from '../family.ts';

export const families: Families = { dots1: { qkNorm: 'head', routerBias: true } };
