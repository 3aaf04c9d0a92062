import type { Evaluation } from '../cost/evaluation.ts';
import type { Figure } from '../cost/figures/figure.ts';
import { labelOf, stepQuantity } from '../cost/figures/quantities.ts';
import { formatFigure } from '../cost/format.ts';
import type { Phase, Step } from '../cost/operation.ts';
import type { Pool } from '../plan/deployment.ts';

/** What is drawn of a step. */
const PHASES: Readonly<Record<Phase, string>> = {
  forward: 'Forward pass',
  prefill: 'Prefill',
  decode: 'Decode step',
  training: 'Training step',
};

/** The name of a step where its pool is named beside: `Decode step`. */
export function stepName({ phase }: Pick<Step, 'phase'>): string {
  return PHASES[phase];
}

/** The name of a step in a choice of several: `Decode step of pool decode`. */
export function stepLabel({ deployment }: Evaluation, pool: Pool, { phase }: Pick<Step, 'phase'>): string {
  return deployment.pools.length > 1 ? `${PHASES[phase]} of pool ${pool.name}` : PHASES[phase];
}

/** The word for the time of the step that stands for a deployment: `Decode step`. */
export function stepWord({ deployment: { workload } }: Evaluation): string {
  const { kind } = workload;
  return labelOf(stepQuantity(kind === 'batch' ? 'forward' : kind === 'serving' ? 'decode' : 'training'));
}

/** `decode step 23.8 ms`, where there is little room. */
export function stepInWords(evaluation: Evaluation, step: Figure): string {
  return `${stepWord(evaluation).toLowerCase()} ${formatFigure(step)}`;
}
