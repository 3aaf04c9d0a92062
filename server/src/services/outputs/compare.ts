import type { Evaluation } from '../../cost/evaluation.ts';
import { type CheckedClaim, claimHolds } from '../../cost/figures/claims.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { compareFigure, type Figures, figuresOf } from '../../cost/figures/figures.ts';
import { formatHeld, mostHeld } from '../../cost/figures/heldExperts.ts';
import { formatFigure } from '../../cost/format.ts';
import { claimsOf } from '../../plan/resolve/claims.ts';
import { type Analysis, evaluationOfEntity } from '../analysis.ts';

/** One line of the comparison: a figure of each deployment, and which are best. */
export interface ComparedRow {
  readonly label: string;
  /** One per deployment. Undefined for a deployment without such a figure. */
  readonly figures: readonly (Figure | undefined)[];
  readonly texts: readonly string[];
  /** Indexes of the best ones. Empty when neither direction is better. */
  readonly best: readonly number[];
  readonly differs: boolean;
}

interface RowSpec {
  readonly label: string;
  readonly better?: 'more' | 'less';
  figure(figures: Figures): Figure | undefined;
  /** Replaces the figure's own text. */
  text?(evaluation: Evaluation): string;
}

const ROWS: readonly RowSpec[] = [
  { label: 'GPUs', figure: (figures) => figures.gpus },
  { label: 'Throughput', better: 'more', figure: (figures) => figures.throughput },
  { label: 'Throughput per GPU', better: 'more', figure: (figures) => figures.throughputPerGpu },
  { label: 'Latency', better: 'less', figure: (figures) => figures.latency },
  { label: 'Time to first token', better: 'less', figure: (figures) => figures.ttft },
  { label: 'Time per output token', better: 'less', figure: (figures) => figures.tpot },
  { label: 'Step', better: 'less', figure: (figures) => figures.step },
  { label: 'Utilisation', better: 'more', figure: (figures) => figures.utilisation },
  { label: 'Pipeline bubble', better: 'less', figure: (figures) => figures.bubble },
  { label: 'Exposed communication', better: 'less', figure: (figures) => figures.exposedCommunication },
  { label: 'Memory of the fullest GPU', better: 'less', figure: (figures) => figures.memoryOfFullestGpu },
  { label: 'Requests that fit', better: 'more', figure: (figures) => figures.requestsThatFit },
  {
    label: 'Experts per GPU',
    figure: (figures) => figures.expertsPerGpu,
    text: (evaluation) => formatHeld(mostHeld(evaluation.memory)),
  },
  { label: 'Expert memory per GPU', figure: (figures) => figures.expertMemoryPerGpu },
  { label: 'Price per hour', better: 'less', figure: (figures) => figures.pricePerHour },
];

/** The table of the analysis for any number of deployments, without rows that no deployment has. */
export function compareRows(evaluations: readonly Evaluation[]): readonly ComparedRow[] {
  const allFigures = evaluations.map(figuresOf);
  return ROWS.flatMap(({ label, better, figure, text }) => {
    const figures = allFigures.map(figure);
    if (figures.every((cell) => cell === undefined)) return [];
    const values = figures.map((cell) => cell?.value);
    const differs = new Set(values).size > 1;
    const numbers = values.filter((value) => value !== undefined);
    const bestValue = better === 'more' ? Math.max(...numbers) : Math.min(...numbers);
    const best = better && differs ? values.flatMap((value, index) => (value === bestValue ? [index] : [])) : [];
    const texts = evaluations.map((evaluation, index) => {
      const ownFigure = figures[index];
      return ownFigure ? (text?.(evaluation) ?? formatFigure(ownFigure)) : '-';
    });
    return [{ label, figures, texts, best, differs }];
  });
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
