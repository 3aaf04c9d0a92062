import type { Evaluation } from '../../cost/evaluation.ts';
import { type CheckedClaim, claimHolds } from '../../cost/figures/claims.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { compareFigure, type Figures, figuresOf } from '../../cost/figures/figures.ts';
import { formatHeld, mostHeld } from '../../cost/figures/heldExperts.ts';
import { formatFigure } from '../../cost/format.ts';
import { claimsOf } from '../../plan/claims.ts';
import { type Analysis, evaluationOfEntity } from '../analysis.ts';

/** One line of the comparison: a figure of each deployment, and which is best. */
export interface ComparedRow {
  readonly label: string;
  /** One per deployment; absent where a deployment has no such figure. */
  readonly figures: readonly (Figure | undefined)[];
  readonly texts: readonly string[];
  /** Indexes of the best, none where neither direction is better. */
  readonly best: readonly number[];
  readonly differs: boolean;
}

interface RowSpec {
  readonly label: string;
  readonly better?: 'more' | 'less';
  figure(figures: Figures): Figure | undefined;
  /** In place of the figure's own. */
  text?(evaluation: Evaluation): string;
}

const ROWS: readonly RowSpec[] = [
  { label: 'GPUs', figure: (of) => of.gpus },
  { label: 'Throughput', better: 'more', figure: (of) => of.throughput },
  { label: 'Throughput per GPU', better: 'more', figure: (of) => of.throughputPerGpu },
  { label: 'Latency', better: 'less', figure: (of) => of.latency },
  { label: 'Time to first token', better: 'less', figure: (of) => of.ttft },
  { label: 'Time per output token', better: 'less', figure: (of) => of.tpot },
  { label: 'Step', better: 'less', figure: (of) => of.step },
  { label: 'Utilisation', better: 'more', figure: (of) => of.utilisation },
  { label: 'Pipeline bubble', better: 'less', figure: (of) => of.bubble },
  { label: 'Exposed communication', better: 'less', figure: (of) => of.exposedCommunication },
  { label: 'Memory of the fullest GPU', better: 'less', figure: (of) => of.memoryOfFullestGpu },
  { label: 'Requests that fit', better: 'more', figure: (of) => of.requestsThatFit },
  { label: 'Experts per GPU', figure: (of) => of.expertsPerGpu, text: (of) => formatHeld(mostHeld(of.memory)) },
  { label: 'Expert memory per GPU', figure: (of) => of.expertMemoryPerGpu },
  { label: 'Price per hour', better: 'less', figure: (of) => of.pricePerHour },
];

/** The table of the analysis, for any number of deployments; rows that no deployment has are left out. */
export function compareRows(evaluations: readonly Evaluation[]): readonly ComparedRow[] {
  const all = evaluations.map(figuresOf);
  return ROWS.flatMap(({ label, better, figure, text }) => {
    const figures = all.map(figure);
    if (figures.every((each) => each === undefined)) return [];
    const values = figures.map((each) => each?.value);
    const differs = new Set(values).size > 1;
    const known = values.filter((value) => value !== undefined);
    const bestValue = better === 'more' ? Math.max(...known) : Math.min(...known);
    const best = better && differs ? values.flatMap((value, index) => (value === bestValue ? [index] : [])) : [];
    const texts = evaluations.map((evaluation, index) => {
      const own = figures[index];
      return own ? (text?.(evaluation) ?? formatFigure(own)) : '-';
    });
    return [{ label, figures, texts, best, differs }];
  });
}

/** The improvement of each deployment over the first, as the analysis states it: `3.75x`; nothing where one has no throughput. */
export function speedups(evaluations: readonly Evaluation[]): readonly (number | undefined)[] {
  const rates = evaluations.map((each) => figuresOf(each).throughput?.value);
  const [base] = rates;
  return rates.map((rate) => (base === undefined || rate === undefined ? undefined : rate / base));
}

/** A claim of a `compare` statement, checked; `subject` names what is compared: `baseline to proposed`. */
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
