import type { Evaluation } from '../../cost/evaluation.ts';
import { checkClaims } from '../../cost/figures/claims.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { fitsAll } from '../fit.ts';

/** Why a deployment runs nowhere, whatever its figures are: `does not fit`. Undefined for one that runs. */
export function cannotRun({ memory }: Evaluation): string | undefined {
  if (!fitsAll(memory)) return 'does not fit';
  return memory.some(({ startup }) => startup && !startup.start.ok) ? 'will not start' : undefined;
}

/** Why a deployment cannot be the best of several: it does not run, or what the text claims of it does not hold. */
export function cannotWin(resolved: ResolvedDeployment, evaluation: Evaluation): string | undefined {
  const failed = checkClaims(resolved.claims, evaluation).filter(({ holds }) => !holds).length;
  const claims = failed === 0 ? undefined : `${failed} ${failed === 1 ? 'claim fails' : 'claims fail'}`;
  return cannotRun(evaluation) ?? claims;
}
