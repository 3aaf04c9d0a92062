import type { Bound } from '../operation.ts';

/** What a kernel or a transfer costs on one GPU. */
export interface Cost {
  readonly flop: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly bound: Bound;
  readonly formula: string;
}

/**
 * The one primitive of every kernel: `start + (compute^p + memory^p)^(1/p)`, all in seconds. Large `power` is a sharp
 * roofline (`max`), 1 a plain sum.
 */
export function joined(start: number, compute: number, memory: number, power: number): number {
  const larger = Math.max(compute, memory);
  if (larger === 0) return start;
  const ratio = Math.min(compute, memory) / larger;
  return start + larger * (1 + ratio ** power) ** (1 / power);
}

export function boundOf(start: number, compute: number, memory: number): Bound {
  if (start > compute && start > memory) return 'latency';
  return compute > memory ? 'compute' : 'memory';
}
