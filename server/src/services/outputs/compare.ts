import type { Evaluation } from '../../cost/evaluation.ts';
import { type CheckedClaim, claimHolds } from '../../cost/figures/claims.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { compareFigure } from '../../cost/figures/figures.ts';
import { formatHeld, mostHeld } from '../../cost/figures/heldExperts.ts';
import { labelOf, type QuantityName } from '../../cost/figures/quantities.ts';
import { shownFigures } from '../../cost/figures/shown.ts';
import { formatFigure } from '../../cost/format.ts';
import { claimsOf } from '../../plan/resolve/claims.ts';
import { type Analysis, evaluationOfEntity } from '../analysis.ts';
import { cannotRun } from './standing.ts';

/** One line of the comparison: a figure of each deployment, and which are best. */
export interface ComparedRow {
  readonly label: string;
  /** One per deployment. Undefined for a deployment without such a figure. */
  readonly figures: readonly (Figure | undefined)[];
  readonly texts: readonly string[];
  /** Indexes of the best ones that run. Empty when neither direction is better. */
  readonly best: readonly number[];
  /** Whether more or less of it is better, where one of them is. */
  readonly better?: 'more' | 'less';
  readonly differs: boolean;
}

interface RowSpec {
  readonly name: QuantityName;
  readonly better?: 'more' | 'less';
  /** Replaces the figure's own text. */
  text?(evaluation: Evaluation): string;
}

const ROWS: readonly RowSpec[] = [
  { name: 'gpus' },
  { name: 'throughput', better: 'more' },
  { name: 'throughputPerGpu', better: 'more' },
  { name: 'latency', better: 'less' },
  { name: 'ttft', better: 'less' },
  { name: 'tpot', better: 'less' },
  { name: 'decode', better: 'less' },
  { name: 'training', better: 'less' },
  { name: 'utilisation', better: 'more' },
  { name: 'bubble', better: 'less' },
  { name: 'exposedCommunication', better: 'less' },
  { name: 'fullestGpu', better: 'less' },
  { name: 'requestsThatFit', better: 'more' },
  { name: 'expertsPerGpu', text: ({ memory }) => formatHeld(mostHeld(memory)) },
  { name: 'expertMemoryPerGpu' },
  { name: 'pricePerHour', better: 'less' },
];

/** The table of the analysis for any number of deployments, without rows that no deployment has. */
export function compareRows(evaluations: readonly Evaluation[]): readonly ComparedRow[] {
  const allFigures = evaluations.map(shownFigures);
  const runs = evaluations.map((evaluation) => cannotRun(evaluation) === undefined);
  return ROWS.flatMap(({ name, better, text }) => {
    const label = labelOf(name);
    const figures = allFigures.map((shown) => shown[name]);
    if (figures.every((cell) => cell === undefined)) return [];
    const values = figures.map((cell) => cell?.value);
    const differs = new Set(values).size > 1;
    const best = better && differs ? bestOf(values, better, runs) : [];
    const texts = evaluations.map((evaluation, index) => {
      const ownFigure = figures[index];
      return ownFigure ? (text?.(evaluation) ?? formatFigure(ownFigure)) : '-';
    });
    return [{ label, figures, texts, best, differs, ...(better && { better }) }];
  });
}

/** Indexes of the best values among those that count. */
export function bestOf(
  values: readonly (number | undefined)[],
  better: 'more' | 'less',
  counts: readonly boolean[],
): readonly number[] {
  const numbers = values.filter((value, index) => value !== undefined && counts[index] === true);
  const best = numbers.reduce((most, value) => (isBetter(value, most, better) ? value : most), numbers[0]);
  return values.flatMap((value, index) =>
    value === best && value !== undefined && counts[index] === true ? [index] : [],
  );
}

function isBetter(value: number | undefined, than: number | undefined, better: 'more' | 'less'): boolean {
  if (value === undefined || than === undefined) return false;
  return better === 'more' ? value > than : value < than;
}

/**
 * The improvement of each deployment over the first, in the form of the analysis: `3.75x`. Undefined when one of them has
 * no throughput.
 */
export function speedups(evaluations: readonly Evaluation[]): readonly (Figure | undefined)[] {
  const [base] = evaluations;
  return evaluations.map((evaluation) => base && compareFigure(base, evaluation, 'speedup'));
}

/** The row of improvements, as texts. */
export function improvementTexts(evaluations: readonly Evaluation[]): readonly string[] {
  return speedups(evaluations).map((ratio) => (ratio ? formatFigure(ratio) : '-'));
}

/** A checked claim of a `compare` statement. `subject` names what is compared: `baseline to proposed`. */
export interface ComparedClaim extends CheckedClaim {
  readonly subject: string;
}

/** Every claim of the file's `compare` statements whose two deployments can be computed. */
export function comparedClaims(analysis: Analysis): readonly ComparedClaim[] {
  return analysis.plan.compares.flatMap(({ deployments, properties }) => {
    const [first, last] = [deployments[0], deployments.at(-1)];
    const [before, after] = [first && evaluationOfEntity(analysis, first), last && evaluationOfEntity(analysis, last)];
    if (!before || !after) return [];
    const subject = `${first?.name ?? ''} to ${last?.name ?? ''}`;
    return claimsOf(properties).flatMap((claim): ComparedClaim[] => {
      const figure = compareFigure(before, after, claim.name);
      return figure ? [{ subject, claim, figure, holds: claimHolds(claim, figure.value) }] : [];
    });
  });
}
