import type { ScoredRow } from './rows.ts';

/** Every row of the folder's deployments measurements beside its prediction; nothing when the folder has none. */
export function scoreDeployments(_folder: string): readonly ScoredRow[] | undefined {
  return undefined;
}
