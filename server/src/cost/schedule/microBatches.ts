import type { Pool, Workload } from '../../plan/deployment.ts';

/**
 * Micro-batches that flow through the pipeline in one step. In training they are what the global batch leaves for each
 * rank.
 */
export function microBatchesOf(pool: Pool, workload: Workload): number {
  const { dp, microBatches } = pool.parallel;
  if (workload.kind !== 'training') return microBatches;
  return Math.max(1, Math.ceil(workload.globalBatch / (workload.microBatch * dp * pool.replicas)));
}
