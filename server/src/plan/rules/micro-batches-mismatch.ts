import type { Finding, Fix, Rule } from '../../language/diagnostic.ts';
import { alternatives } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { changeNumber, draftPools, placeOfDegree, placeOfProperty } from './context.ts';
import { fixOf } from './settings.ts';

/**
 * The micro-batches of a training step do not add up to its global batch.
 *
 * Every data-parallel rank runs `micro-batches` times `micro-batch` sequences in a step, so
 * `micro-batches x micro-batch x dp` (times `replicas`) must be `global-batch`. What is left out is derived, where
 * `micro-batch x dp` divides the global batch; training engines stop at start where it does not.
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
      const finding = draftPool.resolved.deployment && mismatch(context, draftPool);
      if (finding) report(finding);
    }
  },
};

function mismatch(context: PlanContext, draftPool: DraftPool): Finding | undefined {
  const { pool, draft, source } = draftPool;
  const { workload } = draft;
  if (workload.kind !== 'training') return undefined;
  const { microBatches, dp } = pool.parallel;
  const { microBatch, globalBatch } = workload;
  const perRound = microBatch * dp * pool.replicas;
  if (microBatches * perRound === globalBatch) return undefined;
  const replicas = pool.replicas > 1 ? ` x replicas ${pool.replicas}` : '';
  const isWhole = globalBatch % perRound === 0;
  const property = source.parallel?.properties.get('micro-batches');
  if (!property) {
    const multiples = multiplesNear(globalBatch, perRound);
    return {
      ...placeOfDegree(draftPool, 'dp'),
      message: `the global batch has ${globalBatch} sequences, no multiple of micro-batch ${microBatch} x dp ${dp}${replicas} = ${perRound}: use global-batch = ${alternatives(multiples)}, or another \`dp\``,
      fixes: multiples.flatMap((batch) => globalBatchFix(context, draftPool, batch)),
    };
  }
  const needed = globalBatch / perRound;
  const loose = isWhole
    ? `use micro-batches = ${needed}, or leave it out`
    : `use a \`global-batch\` that is a multiple of ${perRound}`;
  return {
    ...placeOfProperty(draftPool, property),
    message: `micro-batches ${microBatches} x micro-batch ${microBatch} x dp ${dp}${replicas} = ${microBatches * perRound} sequences, and the global batch has ${globalBatch}: ${loose}`,
    fixes: isWhole
      ? changeNumber(property, needed)
      : globalBatchFix(
          context,
          draftPool,
          Math.max(1, Math.round(globalBatch / perRound / microBatches)) * microBatches * perRound,
        ),
  };
}

/** The multiples between which a global batch lies. */
function multiplesNear(globalBatch: number, perRound: number): readonly number[] {
  const below = Math.floor(globalBatch / perRound) * perRound;
  return below > 0 ? [below, below + perRound] : [perRound];
}

function globalBatchFix(context: PlanContext, draftPool: DraftPool, batch: number): Fix[] {
  return fixOf(context, draftPool, [{ setting: 'workload.global-batch', value: String(batch) }]);
}
