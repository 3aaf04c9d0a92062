import type { Figure } from '../cost/figures/figure.ts';
import type { Formula } from '../cost/figures/formula.ts';
import { FORMULAS } from '../cost/figures/formulas.ts';
import { formatBand, formatInputs } from '../cost/format.ts';
import { code, join, type Markdown, md } from '../text/markdown.ts';

/** How a figure was derived: its formula as in docs/cost-model.md, its inputs, and its source. */
interface Derivation {
  readonly expression: string;
  readonly terms: readonly (readonly [name: string, explanation: string])[];
  /** `tokens 1,280,000`, `step 648 ms`. */
  readonly inputs: readonly string[];
  readonly source: string;
}

const BY_NAME: ReadonlyMap<string, Formula> = new Map(Object.entries(FORMULAS));

function derivationOf(figure: Figure): Derivation {
  const { formula, source } = figure;
  const { expression = formula, terms = {} } = BY_NAME.get(formula) ?? {};
  return {
    expression,
    terms: Object.entries(terms),
    inputs: formatInputs(figure),
    source,
  };
}

/** The derivation as plain text for a tooltip, with one line each for band, formula, its terms, inputs and source. */
export function derivationText(figure: Figure): string {
  const { expression, terms, inputs, source } = derivationOf(figure);
  const band = formatBand(figure);
  return [
    ...(band === undefined ? [] : [band]),
    `formula: ${expression}`,
    ...terms.map(([name, explanation]) => `    ${name}: ${explanation}`),
    ...(inputs.length > 0 ? [`with ${inputs.join(', ')}`] : []),
    `source: ${source}`,
  ].join('\n');
}

/**
 * The derivation as the end of a Markdown sentence: `tokens / step` with tokens 1,280,000, step 648 ms; source: definition. The
 * terms of its formula are a list below it, inside the item of a list that the sentence stands in.
 */
export function derivationMarkdown(figure: Figure): Markdown {
  const { expression, terms, inputs, source } = derivationOf(figure);
  const given = inputs.length > 0 ? ` with ${inputs.join(', ')}` : '';
  const sentence = md`${code(expression)}${given}; source: ${source}`;
  return join([sentence, ...terms.map(([name, explanation]) => md`  - ${code(name)}: ${explanation}`)], '\n');
}
