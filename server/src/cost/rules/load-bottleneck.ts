import type { Rule } from '../../language/diagnostic.ts';
import { type CostContext, locationOfLimit } from './context.ts';

const REMEDY = 'use `balance = eplb` with `redundant-experts`';

/**
 * Uneven load of experts takes the largest part of a step.
 *
 * A step waits for the rank whose experts are chosen most.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 256, top-k = 8, ffn = 2048, popularity = zipf 1.2 }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan { balance = eplb, redundant-experts = 32 }
 * ```
 *
 * ## How to fix it
 * Replicate and place experts by their load: `balance = eplb` with `redundant-experts`.
 */
export const loadBottleneck: Rule<CostContext> = {
  name: 'load-bottleneck',
  family: 'prediction',
  severity: 'information',
  summary: 'Uneven load of experts takes the largest part of a step.',
  check(context, report) {
    const { bottleneck } = context.evaluation.prediction;
    if (bottleneck.kind !== 'load') return;
    report({ ...locationOfLimit(context), message: `${bottleneck.ofStep} To shorten it, ${REMEDY}` });
  },
};
