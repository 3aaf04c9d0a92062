import type { ScoredRow } from './rows.ts';

/** Every row of the folder's training measurements beside its prediction; nothing when the folder has none. */
export function scoreTraining(_folder: string): readonly ScoredRow[] | undefined {
  return undefined;
}
