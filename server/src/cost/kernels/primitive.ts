import { Memo } from '../../language/memo.ts';
import { type Constants, standIn } from '../constants/row.ts';
import type { Bound } from '../operation.ts';

/** Numbers by the symbols of a formula, which says what they are (`FORMULAS`). Bytes, seconds and bytes/s are plain. */
export type FormulaInputs = Readonly<Record<string, number>>;

/** What a kernel or a transfer costs on one GPU. */
export interface Cost {
  readonly flop: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly bound: Bound;
  readonly formula: string;
  /** The constants behind `seconds`. Empty when nothing runs. */
  readonly constants: readonly Constants[];
  /** What the formula was given beside its constants and the machine. Absent where it says less than all. */
  readonly given?: FormulaInputs;
  /** The parts of an operation that consists of several collectives. */
  readonly parts?: readonly CollectivePart[];
}

/** One of several collectives, over a kind of group. `bytes` are those that one GPU sends. */
export interface CollectivePart extends Pick<Cost, 'bytes' | 'seconds' | 'formula'> {
  readonly group: 'tp' | 'cp' | 'etp' | 'expert-group';
}

/**
 * The one primitive of every kernel: `start + (compute^p + memory^p)^(1/p)`, all in seconds. A large `power` is a sharp
 * roofline (`max`), and 1 a plain sum.
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

/** The cost of doing nothing. */
export const NOTHING: Cost = { flop: 0, bytes: 0, seconds: 0, bound: 'latency', formula: 'nothing', constants: [] };

const alone = new Memo<Constants, readonly [Constants]>();

/**
 * A list of these constants alone. It is the same list each time, because a search computes millions of times with few
 * constants.
 */
export function only(constants: Constants): readonly [Constants] {
  const list = alone.get(constants) ?? ([constants] as const);
  alone.set(constants, list);
  return list;
}

/** The cost of a kernel that no table has: that of its nearest relative, with the band of a guess. */
export function unmeasured(cost: Cost): Cost {
  return { ...cost, constants: cost.constants.map(standIn) };
}

/** The constants of several parts, each once. */
export function constantsOfAll(parts: Iterable<{ readonly constants: readonly Constants[] }>): readonly Constants[] {
  const lists = new Set<readonly Constants[]>();
  for (const { constants } of parts) lists.add(constants);
  const [first = []] = lists;
  if (lists.size <= 1) return first;
  const distinct = new Set<Constants>();
  for (const constants of lists) for (const row of constants) distinct.add(row);
  return [...distinct];
}
