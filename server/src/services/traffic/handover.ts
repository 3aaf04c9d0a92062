import { linkBetween } from '../../cost/collectives/spread.ts';
import type { Evaluation } from '../../cost/evaluation.ts';
import { cacheSize, sequenceBytes } from '../../cost/memory/kvCache.ts';
import type { Step } from '../../cost/operation.ts';
import { CACHE_TRANSFER_EFFICIENCY } from '../../cost/serving.ts';
import type { Pool } from '../../plan/deployment.ts';
import type { Flow } from './flows.ts';

/**
 * The KV caches of the prompts that a prefill pool reads in a step: each GPU sends what it holds of one prompt per attention
 * rank, spread evenly over the GPUs of the pools that generate, since any of them may take the request.
 */
export function handoverFlow(evaluation: Evaluation, pool: Pool, step: Step): Flow | undefined {
  const { workload, pools, poolEdges, cluster } = evaluation.deployment;
  if (workload.kind !== 'serving' || pool.role !== 'prefill' || step.phase !== 'prefill') return undefined;
  const from = pools.indexOf(pool);
  const drawn = poolEdges.filter(([source]) => source === from).map(([, target]) => pools[target]);
  const targets = drawn.length > 0 ? drawn : pools.filter(({ role }) => role !== 'prefill');
  const to = targets.flatMap((target) => target?.gpus ?? []);
  const [first] = to;
  if (first === undefined) return undefined;
  const held = pool.stages.map((stage) =>
    sequenceBytes(cacheSize(pool.model, pool.parallel, stage), workload.input, pool.engine.pageTokens),
  );
  const link = linkBetween(cluster, pool.stages[0]?.gpus.slice(0, 1) ?? [], [first]);
  const bandwidth = link.domains > 1 ? link.scaleOut : link.scaleUp;
  return {
    label: 'KV cache hand-over',
    operation: 'kv-transfer',
    stage: 0,
    group: 'to the other pool',
    pattern: 'all',
    groups: pool.stages.map(({ gpus }) => gpus),
    to: pool.stages.map(() => to),
    inside: held,
    across: held.map(() => 0),
    seconds: Math.max(...held) / (CACHE_TRANSFER_EFFICIENCY * bandwidth),
    times: 1,
  };
}
