import { deepEpBufferLimit } from '../../deepep/rules/deepep-buffer-limit.ts';
import { deepEpShape } from '../../deepep/rules/deepep-shape.ts';
import type { EngineRule } from '../../rule.ts';
import { sglangChunkBetweenPages } from './sglang-chunk-between-pages.ts';
import { sglangDispatchTokens } from './sglang-dispatch-tokens.ts';
import { sglangEpRewritten } from './sglang-ep-rewritten.ts';
import { sglangExpertCopies } from './sglang-expert-copies.ts';
import { sglangOverlapNeedsExchange } from './sglang-overlap-needs-exchange.ts';
import { sglangPipelineDrafts } from './sglang-pipeline-drafts.ts';

/** What SGLang refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [
  sglangEpRewritten,
  sglangOverlapNeedsExchange,
  sglangPipelineDrafts,
  sglangChunkBetweenPages,
  sglangExpertCopies,
  sglangDispatchTokens,
  deepEpBufferLimit,
  deepEpShape,
];
