import type { ScoredRow } from './rows.ts';

/** Every row of the folder's kernels measurements beside its prediction; nothing when the folder has none. */
export function scoreKernels(_folder: string): readonly ScoredRow[] | undefined {
  return undefined;
}
