import type { Rule } from '../../language/diagnostic.ts';
import { type CostContext, locationOfLimit } from './context.ts';

const REMEDY = 'keep `tp` inside a node, use overlap, or a leaner `all-to-all`';
const REMEDY_OVERLAPPED = 'keep `tp` inside a node, or use a leaner `all-to-all`';

/**
 * Communication takes the largest part of a step.
 *
 * Computation waits for the links for longer than for anything else. Faster GPUs would not help.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 16 }              // all-reduces cross the network
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 8, pp = 2 }       // all-reduces stay in the node
 * ```
 *
 * ## How to fix it
 * Keep tp, and ep where it can be, inside a scale-up domain; overlap communication (`two-batch-overlap`, `shared-overlap`); choose
 * an `all-to-all` that sends each token once per node.
 */
export const networkBottleneck: Rule<CostContext> = {
  name: 'network-bottleneck',
  family: 'prediction',
  severity: 'information',
  summary: 'Communication takes the largest part of a step.',
  check(context, report) {
    const { bottleneck } = context.evaluation.prediction;
    if (bottleneck.kind !== 'network') return;
    const { pools, workload } = context.evaluation.deployment;
    const isOverlapped = pools.every(
      ({ engine, parallel }) =>
        engine.twoBatchOverlap || (workload.kind === 'training' && parallel.schedule === 'dualpipe'),
    );
    const remedy = isOverlapped ? REMEDY_OVERLAPPED : REMEDY;
    report({ ...locationOfLimit(context), message: `${bottleneck.ofStep} To shorten it, ${remedy}` });
  },
};
