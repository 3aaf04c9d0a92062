import type { Evaluation } from '../cost/evaluation.ts';
import type { Phase, Step } from '../cost/operation.ts';
import type { Pool } from '../plan/deployment.ts';

const PHASES: Readonly<Record<Phase, string>> = {
  forward: 'Forward pass',
  prefill: 'Prefill',
  decode: 'Decode step',
  training: 'Training step',
};

/** The name of a step in a choice of several: `Decode step of pool decode`. */
export function stepLabel({ deployment }: Evaluation, pool: Pool, { phase }: Pick<Step, 'phase'>): string {
  return deployment.pools.length > 1 ? `${PHASES[phase]} of pool ${pool.name}` : PHASES[phase];
}
