import type { Claim } from '../../plan/resolved.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Figure } from './figure.ts';
import { claimFigure } from './figures.ts';

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
