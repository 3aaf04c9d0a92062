import type { Rule } from '../../language/diagnostic.ts';
import { checkClaims, offMeasured, statedText } from '../figures/claims.ts';
import { formatFigure, formatWithBand } from '../format.ts';
import type { CostContext } from './context.ts';

/**
 * A measured figure lies outside the band of the prediction.
 *
 * Either the plan does not describe what ran (another engine setting, speculative decoding, uneven load, shorter prompts),
 * or the model of cost is wrong about it.
 *
 * ## Not so
 * ```moeplan
 * engine { name = vllm }
 * measured { tpot = 12 ms, source = "run with one drafted token" }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = vllm, speculative-tokens = 1, acceptance = 80% }
 * measured { tpot = 12 ms, source = "run with one drafted token" }
 * ```
 *
 * ## How to fix it
 * Write what really ran: engine, types, parallel degrees, lengths, speculative tokens.
 */
export const measuredDiffers: Rule<CostContext> = {
  name: 'measured-differs',
  family: 'prediction',
  severity: 'information',
  summary: 'A measured figure lies outside the band of the prediction.',
  check({ resolved, evaluation }, report) {
    const source = resolved.measuredSource === undefined ? '' : ` (${resolved.measuredSource})`;
    for (const { claim, figure, holds } of checkClaims(resolved.measured, evaluation)) {
      const { low, high } = figure.band ?? { low: figure.value, high: figure.value };
      if (holds || (claim.value >= low && claim.value <= high)) continue;
      const off = formatFigure(offMeasured(figure, claim.value));
      const side = figure.value > claim.value ? 'above' : 'below';
      report({
        uri: claim.property.uri,
        span: claim.property.node.span,
        message:
          `\`${claim.name}\` was measured at ${statedText(claim.value, figure)}${source}, predicted is ${formatWithBand(figure)}, ` +
          `${off} ${side} it; write in the plan what really ran`,
      });
    }
  },
};
