import type { Work } from '../layers/context.ts';
import type { Phase } from '../operation.ts';

/** One micro-batch through one stage in numbers, for one GPU: what a search needs of the operations of a `StageRun`. */
export interface StagePass {
  /** Seconds without the transfer to the next stage. */
  readonly seconds: number;
  /** Seconds of the transfer to the next stage. Absent on the last stage. */
  readonly sent?: number;
  readonly exposedCommunicationSeconds: number;
  /** Seconds of the attention kernels over all layers, and FLOP of everything else. */
  readonly attentionSeconds: number;
  readonly otherFlop: number;
}

/** One micro-batch through all stages of a pool. */
export type Pass = readonly StagePass[];

/** A timed pass, with the costs from which it was timed. */
export interface TimedPass<Costs> {
  readonly pass: Pass;
  readonly costs: Costs;
}

/**
 * The timed passes through a pool, by their work. One prediction asks for the same pass several times, and a search very
 * often. The costs behind a pass are kept only when it is going to be drawn, because they are a thousand times as large.
 */
export class Passes<Costs extends object> {
  private readonly passes = new Map<Phase, Map<number, Map<number, Map<number, Pass>>>>();
  private readonly drawn: Map<Pass, Costs> | undefined;

  constructor({ isDrawn }: { readonly isDrawn: boolean }) {
    this.drawn = isDrawn ? new Map() : undefined;
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

  /** The costs behind a pass, if they are kept. */
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
