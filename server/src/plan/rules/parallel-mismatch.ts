import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';
import { degreesFinding } from './degrees.ts';
import { areDegreesRead, poolsWith } from './facts.ts';

/**
 * The degrees of parallelism do not multiply to the GPUs of a stage.
 *
 * Attention runs on `tp x cp x dp` GPUs and the experts on `etp x ep x edp` of the same GPUs, so both products must be the
 * GPUs of each stage. What is left out is derived; what is written must leave room for it. `pp` must be the number of
 * stages, and stages, like `replicas`, must share GPUs evenly unless each names its own.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 8, dp = 2, ep = 8, edp = 1 }     // 16 for attention, 8 for the experts
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 8, dp = 2, ep = 16 }
 * ```
 *
 * ## How to fix it
 * Leave out the degrees that follow from the others, or correct the one that does not fit.
 */
export const parallelMismatch: Rule<PlanContext> = {
  name: 'parallel-mismatch',
  family: 'gpus',
  severity: 'error',
  summary: 'The degrees of parallelism do not multiply to the GPUs of a stage.',
  check(context, report) {
    // Products are meaningless over GPUs that do not exist or are used twice.
    for (const draftPool of poolsWith(context, 'gpus')) {
      if (!areDegreesRead(draftPool)) continue;
      const finding = degreesFinding(draftPool);
      if (finding) report(finding);
    }
  },
};
