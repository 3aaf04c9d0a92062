import type { EngineRule } from '../../rule.ts';

/** What TensorRT-LLM refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [];
