import type { EngineRule } from '../../rule.ts';
import { trtLlmAttentionRanks } from './trt-llm-attention-ranks.ts';
import { trtLlmExpertCopies } from './trt-llm-expert-copies.ts';

/** What TensorRT-LLM refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [trtLlmAttentionRanks, trtLlmExpertCopies];
