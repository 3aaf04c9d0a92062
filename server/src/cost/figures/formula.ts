import type { FigureUnit } from './figure.ts';

/** One formula of the cost model: docs/cost-model.md and the hovers of figures are made from this table. */
export interface Formula {
  /** What it gives, in one line. */
  readonly summary: string;
  /** Short enough to be read in a hover. What needs words or a formula of its own is a term. */
  readonly expression: string;
  /** What stands in the expression or in a term before, with a line about it; then the cases that have a formula of their own. */
  readonly terms?: Readonly<Record<string, string>>;
  /** What it is given beside constants and the machine, by the symbols of `Cost.given`, and in what unit; a plain number by default. */
  readonly inputs?: Readonly<Record<string, readonly [meaning: string, unit?: FigureUnit]>>;
  /** Paper, project or table that it or its constants come from; `exact` for arithmetic on what the text says. */
  readonly source: string;
}
