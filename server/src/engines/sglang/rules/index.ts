import type { EngineRule } from '../../rule.ts';

/** What SGLang refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [];
