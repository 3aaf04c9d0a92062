import type { Rule } from '../../language/diagnostic.ts';
import { claimFigure, compareFigure, whyNoFigure } from '../figures/figures.ts';
import type { CostContext } from './context.ts';

/**
 * A figure of `expect`, `measured` or `compare` is not computed for this deployment, so the claim cannot fail.
 *
 * Time to the first token and time per output token exist only in serving, counts of experts only in models that have them,
 * and rates and latencies only where requests are served as fast as they arrive.
 *
 * ## Not so
 * ```moeplan
 * workload batch { sequences = 64, length = 1_000 tokens }
 * expect { ttft = 5 ms }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload chat { input = 1_000 tokens, output = 100 tokens, concurrency = 64 }
 * expect { ttft = 5 ms }
 * ```
 *
 * ## How to fix it
 * Leave the claim out, or use a workload or model that has the figure.
 */
export const claimNotComputed: Rule<CostContext> = {
  name: 'claim-not-computed',
  family: 'prediction',
  severity: 'warning',
  summary: 'A claimed or measured figure is not computed for this deployment.',
  check({ resolved, evaluation, comparisons = [] }, report) {
    for (const { name, property } of [...resolved.claims, ...resolved.measured]) {
      if (claimFigure(evaluation, name)) continue;
      report({
        uri: property.uri,
        span: property.node.span,
        message: `\`${name}\` is not computed ${whyNoFigure(evaluation, name)}; leave it out, or use a plan that has it`,
      });
    }
    for (const { claims, first, last } of comparisons) {
      for (const { name, property } of claims) {
        if (compareFigure(first, last, name)) continue;
        report({
          uri: property.uri,
          span: property.node.span,
          message: `\`${name}\` is not computed, because one of the two deployments has no such figure; leave it out`,
        });
      }
    }
  },
};
