import type { Claim } from '../../plan/resolve/resolved.ts';
import type { Evaluation } from '../evaluation.ts';
import { formatValue } from '../numbers.ts';
import type { Figure } from './figure.ts';
import { claimFigure } from './figures.ts';
import { exact } from './make.ts';

export interface CheckedClaim {
  readonly claim: Claim;
  readonly figure: Figure;
  readonly holds: boolean;
}

/** A claim must not fail because of the rounding of double arithmetic. */
const ROUNDING = 1e-12;

/**
 * Whether a figure bears a claim out. `=` compares as precisely as the claim is written, or within its tolerance; a
 * tolerance on `>=` and `<=` moves the bound. The band of a prediction never makes a claim hold: only the figure itself
 * counts.
 */
export function claimHolds(
  claim: Pick<Claim, 'operator' | 'value' | 'tolerance' | 'precision'>,
  value: number,
): boolean {
  const slack = (claim.tolerance ?? 0) + ROUNDING * Math.abs(claim.value);
  switch (claim.operator) {
    case '>=':
      return value >= claim.value - slack;
    case '<=':
      return value <= claim.value + slack;
    case '=':
      return Math.abs(value - claim.value) <= (claim.tolerance ?? claim.precision) + ROUNDING * Math.abs(claim.value);
  }
}

/** The claims that can be checked, with the computed figures. A claim without a figure of its name is left out. */
export function checkClaims(claims: readonly Claim[], evaluation: Evaluation): readonly CheckedClaim[] {
  return claims.flatMap((claim) => {
    const figure = claimFigure(evaluation, claim.name);
    return figure ? [{ claim, figure, holds: claimHolds(claim, figure.value) }] : [];
  });
}

/** What the text states, written as the figure that it is about. */
export function statedText(value: number, { unit }: Figure): string {
  return formatValue(value, unit);
}

/** `>= 8.3 ms` */
export function claimText({ operator, value }: Pick<Claim, 'operator' | 'value'>, figure: Figure): string {
  return `${operator} ${statedText(value, figure)}`;
}

/** A prediction beside what was measured. Undefined where nothing was measured but 0. */
export function overMeasured(figure: Figure, measured: number): Figure | undefined {
  if (measured === 0) return undefined;
  const { value, unit } = figure;
  return exact(value / measured, 'ratio', 'over-measured', {
    predicted: { value, unit },
    measured: { value: measured, unit },
  });
}

/** By which share of a measurement the prediction is off. */
export function offMeasured(figure: Figure, measured: number): Figure {
  return exact(Math.abs(figure.value / measured - 1), 'fraction', 'over-measured');
}
