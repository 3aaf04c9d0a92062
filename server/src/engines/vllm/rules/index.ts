import type { EngineRule } from '../../rule.ts';
import { vllmExpertsBetween } from './vllm-experts-between.ts';

/** What vLLM refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [vllmExpertsBetween];
