import type { Figure } from '../cost/figures/figure.ts';
import { FORMULAS, type Formula } from '../cost/figures/formulas.ts';
import { formatBand, formatValue } from '../cost/format.ts';
import { code, type Markdown, md } from '../text/markdown.ts';

/** How a figure was derived: its formula as in docs/cost-model.md, its inputs, and its source. */
interface Derivation {
  readonly expression: string;
  /** `tokens 1,280,000`, `step 648 ms`. */
  readonly inputs: readonly string[];
  readonly source: string;
}

const BY_NAME: ReadonlyMap<string, Formula> = new Map(Object.entries(FORMULAS));

function derivationOf({ formula, source, inputs = {} }: Figure): Derivation {
  return {
    expression: BY_NAME.get(formula)?.expression ?? formula,
    inputs: Object.entries(inputs).map(([name, { value, unit }]) => `${name} ${formatValue(value, unit)}`),
    source,
  };
}

/** The derivation as plain text for a tooltip, with one line each for band, formula, inputs and source. */
export function derivationText(figure: Figure): string {
  const { expression, inputs, source } = derivationOf(figure);
  return [
    ...(figure.band ? [formatBand(figure.band, figure.unit)] : []),
    `formula: ${expression}`,
    ...(inputs.length > 0 ? [`with ${inputs.join(', ')}`] : []),
    `source: ${source}`,
  ].join('\n');
}

/**
 * The derivation as a part of a Markdown sentence: `tokens / step` with tokens 1,280,000, step 648 ms; source: definition.
 */
export function derivationMarkdown(figure: Figure): Markdown {
  const { expression, inputs, source } = derivationOf(figure);
  const given = inputs.length > 0 ? ` with ${inputs.join(', ')}` : '';
  return md`${code(expression)}${given}; source: ${source}`;
}
