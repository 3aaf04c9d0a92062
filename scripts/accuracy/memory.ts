import type { ScoredRow } from './rows.ts';

/** Every row of the folder's memory measurements beside its prediction; nothing when the folder has none. */
export function scoreMemory(_folder: string): readonly ScoredRow[] | undefined {
  return undefined;
}
