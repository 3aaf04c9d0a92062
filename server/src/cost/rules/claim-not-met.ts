import type { Rule } from '../../language/diagnostic.ts';
import type { Claim } from '../../plan/resolve/resolved.ts';
import { checkClaims, claimHolds, statedText } from '../figures/claims.ts';
import type { Figure } from '../figures/figure.ts';
import { compareFigure } from '../figures/figures.ts';
import { formatWithBand } from '../format.ts';
import type { CostContext } from './context.ts';

/**
 * A claim of `expect` or `compare` is not borne out by the plan.
 *
 * The computed figure stands beside the claimed one, with its band where it is a prediction. `=` compares as precisely as
 * the claim is written, or within `+-`. The figure itself decides, never its band; the message says when the claim lies in it.
 *
 * ## Not so
 * ```moeplan
 * expect { experts-per-gpu = 8 }    // 16 experts of 2 layers over 8 GPUs
 * ```
 *
 * ## But so
 * ```moeplan
 * expect { experts-per-gpu = 4 }
 * ```
 *
 * ## How to fix it
 * Change the plan until it bears the claim out, or the claim to what the plan gives.
 */
export const claimNotMet: Rule<CostContext> = {
  name: 'claim-not-met',
  family: 'prediction',
  severity: 'warning',
  summary: 'A claim is not borne out by the plan.',
  check({ resolved, evaluation, comparisons = [] }, report) {
    for (const { claim, figure, holds } of checkClaims(resolved.claims, evaluation)) {
      if (!holds)
        report({ uri: claim.property.uri, span: claim.property.node.span, message: messageOf(claim, figure) });
    }
    for (const { claims, first, last } of comparisons) {
      for (const claim of claims) {
        const figure = compareFigure(first, last, claim.name);
        if (!figure || claimHolds(claim, figure.value)) continue;
        report({ uri: claim.property.uri, span: claim.property.node.span, message: messageOf(claim, figure) });
      }
    }
  },
};

function messageOf(claim: Claim, figure: Figure): string {
  const { band } = figure;
  const claimed = statedText(claim.value, figure);
  const within = band && claim.value >= band.low && claim.value <= band.high;
  const note = within ? '; the claim lies in the band of the prediction' : '';
  const tolerance = claim.tolerance === undefined ? '' : ` +- ${statedText(claim.tolerance, figure)}`;
  const words = { '=': '', '>=': 'at least ', '<=': 'at most ' }[claim.operator];
  return `\`${claim.name}\` is claimed to be ${words}${claimed}${tolerance}, computed is ${formatWithBand(figure)}${note}; change the plan or the claim`;
}
