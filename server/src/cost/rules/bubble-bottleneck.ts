import type { Rule } from '../../language/diagnostic.ts';
import { type CostContext, locationOfLimit } from './context.ts';

const REMEDY = 'use more `micro-batches`, fewer stages or another `schedule`';
/** In training the number of micro-batches follows from the workload. */
const TRAINING_REMEDY =
  'use a larger `global-batch`, a smaller `micro-batch`, less `dp`, fewer stages or another `schedule`';

/**
 * Waiting for other pipeline stages takes the largest part of a step.
 *
 * A pipeline of p stages is idle for (p - 1) / (m + p - 1) of its time with m micro-batches of one length.
 *
 * ## Not so
 * ```moeplan
 * parallel { pp = 2, micro-batches = 1 }     // each stage works half of the time
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 2, micro-batches = 16 }
 * ```
 *
 * ## How to fix it
 * Use more `micro-batches` (in training a larger `global-batch`, a smaller `micro-batch` or less `dp`), fewer stages, stages of equal time, or another `schedule`.
 */
export const bubbleBottleneck: Rule<CostContext> = {
  name: 'bubble-bottleneck',
  family: 'prediction',
  severity: 'information',
  summary: 'Waiting for other pipeline stages takes the largest part of a step.',
  check(context, report) {
    const { bottleneck } = context.evaluation.prediction;
    if (bottleneck.kind !== 'bubble') return;
    const remedy = context.evaluation.deployment.workload.kind === 'training' ? TRAINING_REMEDY : REMEDY;
    report({ ...locationOfLimit(context), message: `${bottleneck.ofStep} To shorten it, ${remedy}` });
  },
};
