import type { ScoredRow } from './rows.ts';

/** Every row of the folder's serving measurements beside its prediction; nothing when the folder has none. */
export function scoreServing(_folder: string): readonly ScoredRow[] | undefined {
  return undefined;
}
