import type { RequestPartKind } from '../../cost/breakdown/request.ts';
import type { PartKind } from '../../cost/breakdown/step.ts';

/** Where the time of a deployment goes: of a request from end to end, and of each step of each pool. */
export type TimeKind = PartKind | RequestPartKind;

export interface PreviewTime {
  readonly bars: readonly TimeBar[];
}

/** One stacked bar. Its parts add up to it. */
export interface TimeBar {
  /** `request`, or `0/decode`: number of the pool and phase, as timelines have it. */
  readonly id: string;
  /** `One request`, `Decode step of pool decode`. */
  readonly label: string;
  readonly seconds: number;
  readonly text: string;
  readonly band?: string;
  readonly tooltip: string;
  /** `2.47 % of its capacity`: what the pool does, where pools are apart. */
  readonly load?: string;
  /** Whether it is the step that limits the deployment, or the request where that waits for long. */
  readonly isLimiting: boolean;
  /** The largest first. */
  readonly parts: readonly TimePart[];
}

export interface TimePart {
  readonly kind: TimeKind;
  readonly label: string;
  readonly seconds: number;
  readonly text: string;
  readonly share: string;
  /** What it waits for: `memory bandwidth`. */
  readonly bound: string;
  /** The operations in it, the largest first. Empty where nothing runs. */
  readonly operations: readonly TimeOperation[];
}

export interface TimeOperation {
  /** Unique in its bar. */
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly share: string;
  readonly bound: string;
  /** The id, in `sources`, of its place in the text. Absent for what is no operation. */
  readonly source?: string;
  /** Its first node in each picture. */
  readonly nodes: readonly string[];
}

/** What is asked of a deployment's time beyond its bars: how each operation is computed, and what changes would bring. */
export interface TimeDetails {
  readonly deployment: string;
  /** By the bar's and the operation's ids: `0/decode experts`. */
  readonly derivations: Readonly<Record<string, Derivation>>;
  readonly marks: readonly TimeMark[];
}

/** A figure to be checked by hand. */
export interface Derivation {
  readonly formula: string;
  readonly source: string;
  /** `t0 = 2.1 us`, with what the name means. */
  readonly lines: readonly DerivationLine[];
}

export interface DerivationLine {
  readonly name: string;
  readonly value: string;
  readonly meaning?: string;
}

/** One change, tried on the plan's specification. */
export interface TimeMark {
  /** The kinds of parts that it is about. */
  readonly kinds: readonly TimeKind[];
  /** The pool that it changes, by number; all where absent. */
  readonly pool?: number;
  /** `fp8 KV cache`. */
  readonly label: string;
  /** `−12 %`: how the time changes that matters most. Empty where it does not. */
  readonly change: string;
  /** `latency 18.2 ms, was 20.6 ms`. */
  readonly text: string;
  readonly verdict: 'better' | 'worse' | 'unfit';
}
