/** What the GPUs of a pool send each other in one step. */
export interface PreviewTraffic {
  /** `0/decode`: number of the pool and phase. */
  readonly id: string;
  readonly label: string;
  /** A sentence that says which level is busiest, how busy, and with which operation. */
  readonly verdict: string;
  readonly notes: readonly string[];
  readonly levels: readonly TrafficLevel[];
  /** What the times of the operations are. */
  readonly timeLabel: string;
  readonly operations: readonly TrafficOperation[];
  readonly gpus: TrafficGpus;
  readonly stages: readonly { readonly label: string; readonly source: string }[];
  /** Names of this pool, and of those that only receive. Absent when there is one pool. */
  readonly pools?: { readonly own: string; readonly others: string };
  readonly flows: readonly TrafficFlow[];
}

export type LevelName = 'scale-up' | 'scale-out' | 'rack';

/** One kind of link. Bytes are those of all GPUs; shares and `perGpu` are those of the busiest. */
export interface TrafficLevel {
  readonly name: LevelName;
  readonly label: string;
  readonly bytes: number;
  readonly bytesText: string;
  readonly perGpuText: string;
  readonly bandwidthText: string;
  /** Share of the step in which its links work, by the prices of the operations on them, even when other work hides it. */
  readonly busy: number;
  readonly busyText: string;
  /** Share of the step in which its links would work at full bandwidth. */
  readonly wire: number;
  readonly wireText: string;
  /** The operation that occupies it longest. */
  readonly most?: string;
  readonly isSaturated: boolean;
}

/** An operation, over all stages. */
export interface TrafficOperation {
  readonly label: string;
  readonly group: string;
  /** Formatted text of its bytes for each level, in order; empty for none. */
  readonly bytes: readonly string[];
  /** How often it runs in a step, in the stage where it runs most often. */
  readonly times: string;
  /** Its seconds per step in that stage: `timeLabel` says which. */
  readonly time: string;
  readonly source: string;
}

/** Columns of equal length, for GPUs in ascending order. */
export interface TrafficGpus {
  readonly gpu: readonly number[];
  readonly node: readonly number[];
  readonly domain: readonly number[];
  readonly rack: readonly number[];
  /** Index in `stages`; -1 for GPUs of other pools, which only receive. */
  readonly stage: readonly number[];
}

/**
 * How a sender's bytes are distributed over the others of its group. `even`: inside and across, over every GPU. `rail`:
 * crossing bytes go to the GPU at the same place in each other scale-up domain. `pairs`: each sender has one receiver.
 * `all`: over all receivers.
 */
export type TrafficPattern = 'even' | 'rail' | 'pairs' | 'all';

/** One operation on the GPUs of one stage. `inside` and `across` have an entry per group, in bytes per step and sender. */
export interface TrafficFlow {
  readonly label: string;
  readonly pattern: TrafficPattern;
  readonly groups: readonly (readonly number[])[];
  readonly to?: readonly (readonly number[])[];
  /** Bytes to GPUs of the sender's own scale-up domain. `across` has those to other domains. */
  readonly inside: readonly number[];
  readonly across: readonly number[];
}
