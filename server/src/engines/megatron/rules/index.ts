import type { EngineRule } from '../../rule.ts';
import { megatronInterleavedAlone } from './megatron-interleaved-alone.ts';
import { megatronInterleavedRemainder } from './megatron-interleaved-remainder.ts';
import { megatronOverlapWithoutSequence } from './megatron-overlap-without-sequence.ts';
import { megatronRedundantExperts } from './megatron-redundant-experts.ts';
import { megatronSchedule } from './megatron-schedule.ts';
import { megatronShardedPipeline } from './megatron-sharded-pipeline.ts';

/** What Megatron refuses, rewrites or ignores. */
export const rules: readonly EngineRule[] = [
  megatronOverlapWithoutSequence,
  megatronInterleavedRemainder,
  megatronInterleavedAlone,
  megatronShardedPipeline,
  megatronSchedule,
  megatronRedundantExperts,
];
