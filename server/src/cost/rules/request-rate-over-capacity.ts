import type { Rule } from '../../language/diagnostic.ts';
import { overloadFigures } from '../figures/step.ts';
import { formatFigure } from '../format.ts';
import { type CostContext, locationOfPool } from './context.ts';

/**
 * More requests arrive per second than the deployment finishes.
 *
 * The queue in front of it grows without end, so that a time to the first token and a latency do not exist and are not given.
 * Throughput and time per token are those of a deployment that is always full.
 *
 * ## Not so
 * ```moeplan
 * workload heavy { input = 4_000 tokens, output = 1_000 tokens, request-rate = 5_000 requests/s }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload heavy { input = 4_000 tokens, output = 1_000 tokens, request-rate = 5 requests/s }
 * ```
 *
 * ## How to fix it
 * Use more GPUs, or a lower `request-rate`.
 */
export const requestRateOverCapacity: Rule<CostContext> = {
  name: 'request-rate-over-capacity',
  family: 'prediction',
  severity: 'warning',
  summary: 'More requests arrive per second than the deployment finishes.',
  check(context, report) {
    const { overload } = context.evaluation.prediction;
    if (!overload) return;
    const { finishing, arriving } = overloadFigures(overload);
    report({
      ...locationOfPool(context, 0),
      message:
        `the deployment finishes ${formatFigure(finishing)}, ${formatFigure(arriving)} arrive: ` +
        'the queue grows without end; use more GPUs or a lower `request-rate`',
    });
  },
};
