import type { Family } from './family.ts';

/** Start-up in seconds and share of the unidirectional link bandwidth of one collective inside a scale-up domain. */
export interface Link {
  readonly start: number;
  readonly efficiency: number;
  /** Message size at which half of the bandwidth is reached, bytes. */
  readonly half: number;
}

export interface CollectiveConstants {
  readonly allReduce: Link;
  /** All-gather and reduce-scatter. */
  readonly gather: Link;
  readonly allToAll: Link;
  /** Start-up of the engines' own one-shot and two-shot all-reduce, seconds. */
  readonly oneShotStart: number;
  readonly residual: number;
}

function link(startMicroseconds: number, efficiency: number, halfMegabytes = 0): Link {
  return { start: startMicroseconds * 1e-6, efficiency, half: halfMegabytes * 1e6 };
}

/** Source: aiconfigurator's NCCL 2.27-2.29 tables at eight GPUs (four on GB200), and its custom all-reduce tables. */
const HOPPER: CollectiveConstants = {
  allReduce: link(16, 1, 17),
  gather: link(11, 0.75, 4),
  allToAll: link(10, 0.7, 8),
  oneShotStart: 4e-6,
  residual: 0.1,
};

const TABLE: Readonly<Record<Family, CollectiveConstants>> = {
  ampere: {
    allReduce: link(23, 0.74, 8),
    gather: link(16, 0.7, 4),
    allToAll: link(16, 0.68, 8),
    oneShotStart: 5e-6,
    residual: 0.1,
  },
  hopper: HOPPER,
  'hopper-200': HOPPER,
  ada: {
    allReduce: link(23, 0.6, 4),
    gather: link(16, 0.6, 4),
    allToAll: link(16, 0.6, 4),
    oneShotStart: 8e-6,
    residual: 0.3,
  },
  blackwell: {
    allReduce: link(25, 0.78, 17),
    gather: link(16, 0.68, 4),
    allToAll: link(10.7, 0.63, 8),
    oneShotStart: 5.6e-6,
    residual: 0.12,
  },
  'blackwell-rack': {
    allReduce: link(16, 0.7, 17),
    gather: link(16, 0.68, 4),
    allToAll: link(11, 0.54, 8),
    oneShotStart: 5.6e-6,
    residual: 0.15,
  },
  generic: {
    allReduce: link(20, 0.75, 8),
    gather: link(14, 0.7, 4),
    allToAll: link(12, 0.65, 8),
    oneShotStart: 5e-6,
    residual: 0.3,
  },
};

export function collectiveConstants(family: Family): CollectiveConstants {
  return TABLE[family];
}

/** Between scale-up domains: start-up per doubling of the domains, and the share of the network's bandwidth. */
export const SCALE_OUT_START = 12e-6;
export const SCALE_OUT_EFFICIENCY = 0.85;

/** Overlap of the two levels of a hierarchical collective: `0.9 min(1, chunk / 32 MB)` (AMD Primus, projection model). */
export const LEVEL_OVERLAP = 0.9;
export const LEVEL_OVERLAP_BYTES = 32e6;

/** Two-shot all-reduce: share of the link bandwidth (fit to the custom all-reduce tables at 1-16 MB). */
export const TWO_SHOT_EFFICIENCY = 0.85;
export const TWO_SHOT_BARRIER = 3e-6;

/**
 * DeepEP. Normal kernels: aiconfigurator's sweeps on 2 and 4 nodes (24 multiprocessors, 50 GB/s) and DeepEP's README.
 * Low latency: fit to the same tables, 2-5 % for 16 tokens and more; start-ups at 2, 4 and 8 nodes.
 */
export const DEEPEP = {
  normalStart: 25e-6,
  networkEfficiency: 0.94,
  networkHalfTokens: 170,
  linkEfficiency: 0.6,
  linkHalfTokens: 600,
  multiprocessors: 20,
  lowLatencyEfficiency: 0.93,
  lowLatencyDispatchStart: 22e-6,
  lowLatencyCombineStart: 26e-6,
  /** Inside one scale-up domain: seconds of start-up and share of the link bandwidth, dispatch and combine. */
  localDispatchStart: 14e-6,
  localCombineStart: 8e-6,
  localDispatchEfficiency: 0.54,
  localCombineEfficiency: 0.44,
  residual: 0.05,
  normalResidual: 0.1,
} as const;
