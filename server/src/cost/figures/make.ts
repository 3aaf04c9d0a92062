import type { Figure, FigureInputs, FigureUnit } from './figure.ts';
import type { Formula } from './formula.ts';
import { FORMULAS, type FormulaName } from './formulas.ts';
import type { Applied } from './inputs.ts';

/** What makes figures. It is used beside what is computed, in this folder; others take finished figures. */

export function exact(value: number, unit: FigureUnit, formula: FormulaName, inputs?: FigureInputs): Figure {
  return { value, unit, formula, source: FORMULAS[formula].source, ...(inputs ? { inputs } : {}) };
}

/** `error` is relative: the true value is expected between the value divided by 1 + error and multiplied by it. */
export function predicted(value: number, unit: FigureUnit, { formula, inputs }: Applied, error: number): Figure {
  return inBand(exact(value, unit, formula, inputs), error);
}

/** Nothing is uncertain of what takes no time. */
export function inBand(figure: Figure, error: number): Figure {
  return figure.value > 0 ? withError(figure, error) : figure;
}

/** The same figure with the band that follows from a relative error. */
export function withError(figure: Figure, error: number): Figure {
  const { value } = figure;
  return { ...figure, band: { low: value / (1 + error), high: value * (1 + error) } };
}

const BY_NAME: ReadonlyMap<string, Formula> = new Map(Object.entries(FORMULAS));

/** By the name of the formula that an operation carries. */
export function byFormula(value: number, unit: FigureUnit, formula: string): Figure {
  return { value, unit, formula, source: BY_NAME.get(formula)?.source ?? '' };
}

/** What part of a whole something is. */
export function shareOf(part: number, whole: number, unit: FigureUnit): Figure {
  return exact(part / whole, 'fraction', 'share', { part: { value: part, unit }, whole: { value: whole, unit } });
}

/** The inputs that are not zero, all with one unit. */
export function inputsIn(unit: FigureUnit, values: Readonly<Record<string, number>>): FigureInputs {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value > 0 ? [[name, { value, unit }]] : [])),
  );
}
