import type { Family } from './family.ts';

/**
 * One collective of the library inside a scale-up domain, for n GPUs and a message of S bytes of which V cross each link:
 * `start + perGpu (n - 2) + V / (efficiency (1 - pair / n) BW) (1 + slow / (1 + S / turn))`. Small messages run at
 * `1 / (1 + slow)` of the bandwidth; `turn` is where that changes.
 */
export interface Link {
  readonly start: number;
  readonly perGpu: number;
  readonly efficiency: number;
  readonly pair: number;
  readonly slow: number;
  readonly turn: number;
}

/** An engine's own all-reduce: `start + perGpu n + V / (efficiency BW)`. */
export interface Shot {
  readonly start: number;
  readonly perGpu: number;
  readonly efficiency: number;
}

export interface CollectiveConstants {
  readonly allReduce: Link;
  /** All-gather and reduce-scatter. */
  readonly gather: Link;
  readonly allToAll: Link;
  readonly oneShot: Shot;
  readonly twoShot: Shot;
  readonly residual: number;
}

function link(
  startMicroseconds: number,
  perGpuMicroseconds: number,
  efficiency: number,
  pair: number,
  slow: number,
  turnMegabytes: number,
): Link {
  return {
    start: startMicroseconds * 1e-6,
    perGpu: perGpuMicroseconds * 1e-6,
    efficiency,
    pair,
    slow,
    turn: turnMegabytes * 1e6,
  };
}

function shot(startMicroseconds: number, perGpuMicroseconds: number, efficiency: number): Shot {
  return { start: startMicroseconds * 1e-6, perGpu: perGpuMicroseconds * 1e-6, efficiency };
}

/**
 * Source: least-squares fits to aiconfigurator's NCCL 2.27-2.29 tables (2, 4 and 8 GPUs; 256 B to 512 MB) and its tables of
 * TensorRT-LLM's custom all-reduce; mean absolute percentage errors 5-8 %, all-to-all on Hopper 10 %.
 */
const HOPPER: CollectiveConstants = {
  allReduce: link(6.55, 1.72, 1.024, 0.643, 1.6, 6.04),
  gather: link(5.64, 0.93, 0.862, 0.736, 1.72, 5.81),
  allToAll: link(6.96, 0.1, 0.719, 0.437, 30, 0.088),
  oneShot: shot(2.6, 0.08, 0.639),
  twoShot: shot(22.7, 0.49, 0.779),
  residual: 0.07,
};

const AMPERE: CollectiveConstants = {
  allReduce: link(11.1, 1.85, 0.82, 0.472, 1.9, 4.49),
  gather: link(10.1, 0.88, 0.773, 0.62, 2.76, 4.15),
  allToAll: link(11.8, 0.34, 0.736, 0.533, 2.8, 2.81),
  oneShot: shot(4, 0.08, 0.6),
  twoShot: shot(25, 0.5, 0.7),
  residual: 0.08,
};

const BLACKWELL: CollectiveConstants = {
  allReduce: link(10.3, 2.54, 0.845, 0.37, 1.82, 14.6),
  gather: link(8.98, 1.31, 0.802, 0.619, 2.29, 11.9),
  allToAll: link(9.49, 0.28, 0.678, 0.9, 30, 0.164),
  oneShot: shot(4.63, 0.08, 0.603),
  twoShot: shot(28, 0.33, 0.667),
  residual: 0.07,
};

const BLACKWELL_RACK: CollectiveConstants = {
  allReduce: link(10.5, 2.61, 0.838, 0.408, 1.99, 10.4),
  gather: link(9.27, 1.31, 0.794, 0.68, 2.44, 7.54),
  allToAll: link(10.4, 0.11, 0.687, 0.9, 30, 0.152),
  oneShot: shot(3.48, 0.29, 0.56),
  twoShot: shot(29.7, 0, 0.641),
  residual: 0.07,
};

/** Between the families, for fabrics without a table; the band is wide. */
const GENERIC: CollectiveConstants = { ...AMPERE, residual: 0.3 };

const TABLE: Readonly<Record<Family, CollectiveConstants>> = {
  ampere: AMPERE,
  hopper: HOPPER,
  'hopper-20': HOPPER,
  'hopper-200': HOPPER,
  ada: GENERIC,
  blackwell: BLACKWELL,
  'blackwell-rack': BLACKWELL_RACK,
  generic: GENERIC,
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
