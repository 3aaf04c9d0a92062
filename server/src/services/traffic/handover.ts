import type { Evaluation } from '../../cost/evaluation.ts';
import type { Step } from '../../cost/operation.ts';
import { handover } from '../../cost/serving/handover.ts';
import type { Pool } from '../../plan/deployment.ts';
import type { Flow } from './flows.ts';

/**
 * The KV caches of the prompts that a prefill pool reads in a step. Each GPU sends its part of one prompt per attention
 * rank, spread evenly over the GPUs of the pools that generate, because any of them may take the request.
 */
export function handoverFlow(evaluation: Evaluation, pool: Pool, step: Step): Flow | undefined {
  const { workload, pools, poolEdges, cluster } = evaluation.deployment;
  if (workload.kind !== 'serving' || pool.role !== 'prefill' || step.phase !== 'prefill') return undefined;
  const from = pools.indexOf(pool);
  const drawn = poolEdges.filter(([source]) => source === from).map(([, target]) => pools[target]);
  const targets = drawn.length > 0 ? drawn : pools.filter(({ role }) => role !== 'prefill');
  const to = targets.flatMap((target) => target?.gpus ?? []);
  const [first] = targets;
  if (!first || to.length === 0) return undefined;
  const { bytes, seconds } = handover(cluster, pool, first, workload);
  return {
    label: 'KV cache transfer',
    operation: 'kv-transfer',
    stage: 0,
    group: 'to the other pool',
    pattern: 'all',
    groups: pool.stages.map(({ gpus }) => gpus),
    to: pool.stages.map(() => to),
    inside: bytes,
    across: bytes.map(() => 0),
    seconds,
    times: 1,
  };
}
