import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LeftOut, readLeftOut } from '../accuracy/leftOut.ts';

/** What the page of results leads with (`scripts/accuracy/leftOut.ts`). */
const FILE = join(import.meta.dirname, '../accuracy/leftOut.json');

/** Puts the figures of one fit in the place of those that it had. Other fits keep theirs. */
export function writeLeftOut(fit: string, found: readonly Omit<LeftOut, 'fit'>[]): void {
  const others = readLeftOut().filter((one) => one.fit !== fit);
  const rounded = found.map(({ metric, grouping, groups, rows, mean, median }) => ({
    fit,
    metric,
    grouping,
    groups,
    rows,
    mean: round(mean),
    median: round(median),
  }));
  writeFileSync(FILE, `${JSON.stringify([...others, ...rounded], undefined, 2)}\n`);
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
