/** What the GPUs of a pool send each other in one step. */
export interface PreviewTraffic {
  /** `0/decode`: number of the pool and phase. */
  readonly id: string;
  readonly label: string;
  /** Which level is busiest, how much, and with what, in a sentence. */
  readonly verdict: string;
  readonly notes: readonly string[];
  readonly levels: readonly TrafficLevel[];
  readonly operations: readonly TrafficOperation[];
  readonly gpus: TrafficGpus;
  readonly stages: readonly { readonly label: string; readonly source: string }[];
  /** What this pool, and those that only receive, are called; absent where there is one. */
  readonly pools?: { readonly own: string; readonly others: string };
  readonly flows: readonly TrafficFlow[];
}

export type LevelName = 'scale-up' | 'scale-out' | 'rack';

/** One kind of link. Bytes are of all GPUs; shares and the bytes of one GPU are those of the busiest. */
export interface TrafficLevel {
  readonly name: LevelName;
  readonly label: string;
  readonly bytes: number;
  readonly bytesText: string;
  readonly perGpuText: string;
  readonly bandwidthText: string;
  /** Share of the step in which its links work, as the operations on them are priced; what hides it does not count. */
  readonly busy: number;
  readonly busyText: string;
  /** The same if its links ran at their full bandwidth. */
  readonly wire: number;
  readonly wireText: string;
  /** The operation that keeps it busy longest. */
  readonly most?: string;
  readonly isSaturated: boolean;
}

/** An operation over all stages. */
export interface TrafficOperation {
  readonly label: string;
  readonly group: string;
  /** Ready-made text of its bytes by level, in their order; empty for none. */
  readonly bytes: readonly string[];
  /** How often it runs in a step, in the stage where it runs most. */
  readonly times: string;
  /** Seconds of the step in that stage. */
  readonly time: string;
  readonly source: string;
}

/** Columns of equal length, by GPU in ascending order. */
export interface TrafficGpus {
  readonly gpu: readonly number[];
  readonly node: readonly number[];
  readonly domain: readonly number[];
  readonly rack: readonly number[];
  /** Number in `stages`; -1 for GPUs of other pools, which only receive. */
  readonly stage: readonly number[];
}

/**
 * How a sender's bytes fall on the others of its group. `even`: inside and across on every GPU. `rail`: what crosses on the
 * GPU with the same place in each other scale-up domain. `pairs`: on one receiver each. `all`: on all receivers.
 */
export type TrafficPattern = 'even' | 'rail' | 'pairs' | 'all';

/** One operation on the GPUs of one stage. `inside` and `across` have an entry per group: bytes per step and sender. */
export interface TrafficFlow {
  readonly label: string;
  readonly pattern: TrafficPattern;
  readonly groups: readonly (readonly number[])[];
  readonly to?: readonly (readonly number[])[];
  /** To GPUs of the sender's own scale-up domain, and of others. */
  readonly inside: readonly number[];
  readonly across: readonly number[];
}
