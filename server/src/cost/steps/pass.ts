import type { Work } from '../layers/context.ts';
import type { Phase } from '../operation.ts';

/** One micro-batch through one stage in numbers, of one GPU: what a search needs of the operations of a `StageRun`. */
export interface StagePass {
  /** Without the transfer to the next stage. */
  readonly seconds: number;
  /** Of the transfer to the next stage; absent behind the last. */
  readonly sent?: number;
  readonly exposedCommunicationSeconds: number;
  /** Of the attention kernels, all layers together, and FLOP of everything else. */
  readonly attentionSeconds: number;
  readonly otherFlop: number;
}

/** One micro-batch through all stages of a pool. */
export type Pass = readonly StagePass[];

/** A pass as it was timed, with what it was timed from. */
export interface TimedPass<Costs> {
  readonly pass: Pass;
  readonly costs: Costs;
}

/**
 * The passes through a pool that are timed already, by their work: one prediction asks for the same several times, a search
 * very often. What they were timed from is kept only where it is going to be drawn: it is a thousand times as large.
 */
export class Passes<Costs extends object> {
  private readonly passes = new Map<Phase, Map<number, Map<number, Map<number, Pass>>>>();
  private readonly drawn: WeakMap<Pass, Costs> | undefined;

  constructor({ isDrawn }: { readonly isDrawn: boolean }) {
    this.drawn = isDrawn ? new WeakMap() : undefined;
  }

  of(work: Work, time: () => TimedPass<Costs>): Pass {
    const byPrefix = within(this.passes, work.phase);
    const byLength = within(byPrefix, work.prefix);
    const bySequences = within(byLength, work.length);
    const cachedPass = bySequences.get(work.sequences);
    if (cachedPass) return cachedPass;
    const { pass, costs } = time();
    bySequences.set(work.sequences, pass);
    this.drawn?.set(pass, costs);
    return pass;
  }

  /** What a pass was timed from, where it is kept. */
  costsOf(pass: Pass): Costs | undefined {
    return this.drawn?.get(pass);
  }
}

function within<Key, Inner, Value>(outer: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
  const innerMap = outer.get(key);
  if (innerMap) return innerMap;
  const fresh = new Map<Inner, Value>();
  outer.set(key, fresh);
  return fresh;
}
