import { deepEpBufferLimit } from '../../deepep/rules/deepep-buffer-limit.ts';
import { deepEpShape } from '../../deepep/rules/deepep-shape.ts';
import type { EngineRule } from '../../rule.ts';
import { vllmContextParallelAlone } from './vllm-context-parallel-alone.ts';
import { vllmCopiesNeedEplb } from './vllm-copies-need-eplb.ts';
import { vllmDenseRanks } from './vllm-dense-ranks.ts';
import { vllmEplbNeedsExpertParallel } from './vllm-eplb-needs-expert-parallel.ts';
import { vllmExpertsBetween } from './vllm-experts-between.ts';
import { vllmGraphsOff } from './vllm-graphs-off.ts';
import { vllmOverlapNeedsDeepEp } from './vllm-overlap-needs-deepep.ts';
import { vllmStepBelowRequests } from './vllm-step-below-requests.ts';

/** What vLLM refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [
  vllmExpertsBetween,
  vllmOverlapNeedsDeepEp,
  vllmContextParallelAlone,
  vllmGraphsOff,
  vllmCopiesNeedEplb,
  vllmEplbNeedsExpertParallel,
  vllmStepBelowRequests,
  vllmDenseRanks,
  deepEpBufferLimit,
  deepEpShape,
];
