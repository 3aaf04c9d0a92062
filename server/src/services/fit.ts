import type { GpuMemory, PoolMemory } from '../cost/evaluation.ts';
import { formatBytes } from '../cost/format.ts';

/** `61.2 of 80 GiB`: what the fullest of these GPUs holds and its capacity. Undefined without GPUs. */
export function fullestOf(
  classes: readonly GpuMemory[],
): { readonly text: string; readonly fits: boolean } | undefined {
  const [first, ...others] = classes;
  if (!first) return undefined;
  const { totalBytes, capacityBytes, freeBytes } = others.reduce(
    (fullest, memory) => (memory.freeBytes < fullest.freeBytes ? memory : fullest),
    first,
  );
  return { text: ofCapacity(totalBytes, capacityBytes), fits: freeBytes >= 0 };
}

/** Writes the unit once when both amounts have the same. */
function ofCapacity(held: number, capacity: number): string {
  const [left, right] = [formatBytes(held), formatBytes(capacity)];
  const [number, unit] = left.split(' ');
  return right.endsWith(` ${unit}`) ? `${number} of ${right}` : `${left} of ${right}`;
}

/** Whether every GPU of every pool holds what it is given. */
export function fitsAll(memory: readonly PoolMemory[]): boolean {
  return memory.every(({ classes }) => classes.every(({ freeBytes }) => freeBytes >= 0));
}
