import type { PoolMemory } from '../evaluation.ts';
import type { PoolSetting } from '../steps/stage.ts';
import { heldAtOnce } from './pools.ts';
import { decodeOnly, prefillOf, type ServingWorkload } from './serving.ts';

/**
 * Requests per second that each pool could do its part of, were the others never to hold it up: prompts that it reads, or
 * requests that it generates with its cache full. Undefined where pools are not apart, or nothing bounds a pool. One more
 * score of a decode step for each pool, so it is asked for only where a plan is shown.
 */
export function poolCapacities(
  settings: readonly PoolSetting[],
  memory: readonly PoolMemory[],
  workload: ServingWorkload,
): readonly (number | undefined)[] {
  if (!settings.some(({ pool }) => pool.role === 'prefill')) return settings.map(() => undefined);
  return settings.map((setting, index) => {
    const { pool } = setting;
    if (pool.role === 'prefill') return (pool.parallel.dp * pool.replicas) / prefillOf(setting, workload, 1).occupancy;
    const held = Math.max(1, heldAtOnce(setting, memory[index], workload));
    if (workload.output === 1 || !Number.isFinite(held)) return undefined;
    return decodeOnly(setting, workload, held).requestsPerSecond;
  });
}
