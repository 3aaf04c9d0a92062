import type { WhatIfChanges } from '../../../server/src/services/preview/messages.ts';

/** Values that the reader tries instead of those of a deployment, by the names of knobs and options. */
export interface Trial {
  readonly deployment: string;
  readonly changes: WhatIfChanges;
}

/** The values that were saved; undefined where the saved text has another form. */
export function readTrial(value: unknown): Trial | undefined {
  if (typeof value !== 'object' || value === null || !('deployment' in value && 'changes' in value)) return undefined;
  const { deployment, changes } = value;
  if (typeof deployment !== 'string' || typeof changes !== 'object' || changes === null) return undefined;
  const values = Object.entries(changes).flatMap(([name, tried]: readonly [string, unknown]) =>
    typeof tried === 'string' || (typeof tried === 'number' && Number.isFinite(tried)) ? [[name, tried] as const] : [],
  );
  return { deployment, changes: Object.fromEntries(values) };
}
