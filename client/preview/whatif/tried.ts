import type { WhatIfChanges } from '../../../server/src/services/preview/messages.ts';

/** Values that the reader tries in place of those of a deployment, by the names of knobs. */
export interface Tried {
  readonly deployment: string;
  readonly changes: WhatIfChanges;
}

/** What was kept of it; nothing where that is none of ours. */
export function readTried(value: unknown): Tried | undefined {
  if (typeof value !== 'object' || value === null || !('deployment' in value && 'changes' in value)) return undefined;
  const { deployment, changes } = value;
  if (typeof deployment !== 'string' || typeof changes !== 'object' || changes === null) return undefined;
  const numbers = Object.entries(changes).flatMap(([name, each]: readonly [string, unknown]) =>
    typeof each === 'number' && Number.isFinite(each) ? [[name, each] as const] : [],
  );
  return { deployment, changes: Object.fromEntries(numbers) };
}
