import type { EngineRule } from '../../rule.ts';

/** What Megatron-Core refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [];
