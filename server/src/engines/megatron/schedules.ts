import type { Schedule } from '../../plan/parallel.ts';
import type { Remedy } from '../rule.ts';

/** The pipeline schedules of Megatron-Core 0.20 (pipeline_parallel/schedules.py). */
export const MEGATRON_SCHEDULES: readonly Schedule[] = ['1f1b', 'interleaved'];

/** One chunk of layers on each GPU, and no schedule that cuts them. */
export const WITHOUT_CHUNKS: Remedy = [{ setting: 'parallel.vpp' }, { setting: 'parallel.schedule' }];
