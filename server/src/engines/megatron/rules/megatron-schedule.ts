import type { EngineRule } from '../../rule.ts';
import { MEGATRON_SCHEDULES } from '../schedules.ts';

/**
 * Megatron has no zero-bubble schedule and no DualPipe.
 *
 * It runs one forward and one backward pass in turn (`1f1b`), and cuts layers into chunks with `vpp` (`interleaved`).
 *
 * ## Not so
 * ```moeplan
 * parallel { pp = 4, schedule = dualpipe }
 * engine { name = megatron }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 4, vpp = 2 }
 * engine { name = megatron }
 * ```
 *
 * ## How to fix it
 * Leave `schedule` out. Holds for Megatron-Core up to 0.20 (pipeline_parallel/schedules.py; `--overlap-moe-expert-parallel-comm` is
 * 1F1B with its exchanges beside computation).
 */
export const megatronSchedule: EngineRule = {
  name: 'megatron-schedule',
  family: 'engine',
  severity: 'error',
  summary: 'Megatron has no such pipeline schedule.',
  check({ pool }) {
    const { schedule } = pool.parallel;
    if (MEGATRON_SCHEDULES.includes(schedule)) return undefined;
    return {
      at: ['parallel.schedule'],
      message: `Megatron has no schedule ${schedule}: pipelines run 1F1B, interleaved with \`--num-layers-per-virtual-pipeline-stage\`; leave \`schedule\` out`,
      remedies: [[{ setting: 'parallel.schedule' }]],
    };
  },
};
