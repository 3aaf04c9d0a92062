import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';
import { changeNumber, draftPools, placeOfProperty, stated } from './context.ts';

/**
 * The micro-batches of a training step do not add up to its global batch.
 *
 * Every data-parallel rank runs `micro-batches` times `micro-batch` sequences in a step, so
 * `micro-batches x micro-batch x dp` (times `replicas`) must be `global-batch`. What is left out is derived.
 *
 * ## Not so
 * ```moeplan
 * workload train { global-batch = 64, micro-batch = 1, length = 4_096 tokens }
 * parallel { dp = 2, micro-batches = 16 }     // 32 sequences of 64
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { dp = 2, micro-batches = 32 }
 * ```
 *
 * ## How to fix it
 * Leave `micro-batches` out, or change `global-batch`, `micro-batch` or `dp`.
 */
export const microBatchesMismatch: Rule<PlanContext> = {
  name: 'micro-batches-mismatch',
  family: 'gpus',
  severity: 'error',
  summary: 'The micro-batches of a training step do not add up to its global batch.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const { pool, draft, source, resolved } = draftPool;
      const { workload } = draft;
      if (!resolved.deployment || workload.kind !== 'training' || !stated(source.parallel, 'micro-batches')) continue;
      const { microBatches, dp } = pool.parallel;
      const perRound = workload.microBatch * dp * pool.replicas;
      const sequences = microBatches * perRound;
      if (sequences === workload.globalBatch) continue;
      const property = source.parallel?.properties.get('micro-batches');
      const needed = workload.globalBatch / perRound;
      const fits = Number.isInteger(needed);
      const replicas = pool.replicas > 1 ? ` x replicas ${pool.replicas}` : '';
      const loose = fits
        ? `use micro-batches = ${needed}, or leave it out`
        : `use a \`global-batch\` that is a multiple of ${perRound}`;
      report({
        ...placeOfProperty(draftPool, property),
        message: `micro-batches ${microBatches} x micro-batch ${workload.microBatch} x dp ${dp}${replicas} = ${sequences} sequences, and the global batch has ${workload.globalBatch}: ${loose}`,
        fixes: fits ? changeNumber(property, needed) : [],
      });
    }
  },
};
