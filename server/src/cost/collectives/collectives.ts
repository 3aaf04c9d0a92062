import type { CollectiveConstants, Link } from '../constants/collectives.ts';
import { LEVEL_OVERLAP, LEVEL_OVERLAP_BYTES, SCALE_OUT_EFFICIENCY, SCALE_OUT_START } from '../constants/collectives.ts';
import type { Constants } from '../constants/row.ts';
import { type Cost, type FormulaInputs, NOTHING, only } from '../kernels/primitive.ts';
import type { Spread } from './spread.ts';

/**
 * Collectives, as start-up and volume over bandwidth, level by level. `size` is the full buffer of one GPU in bytes: what
 * all-reduce reduces, what all-gather ends with, what reduce-scatter starts with, and everything that all-to-all sends.
 */

function transfer(
  bytes: number,
  start: number,
  volume: number,
  formula: string,
  constants: readonly Constants[],
  given?: FormulaInputs,
): Cost {
  const bound = start > volume ? 'latency' : 'network';
  return { flop: 0, bytes, seconds: start + volume, bound, formula, constants, ...(given && { given }) };
}

/**
 * Constants of a collective over several domains: those of the network, and those of the links when a domain has several
 * GPUs.
 */
function bothLevels(spread: Spread, link: Link, { scaleOut }: CollectiveConstants): readonly Constants[] {
  return spread.perDomain > 1 ? [link, scaleOut] : only(scaleOut);
}

/** Seconds of `volume` bytes of a message of `size` over the scale-up links. */
function up(spread: Spread, link: Link, volume: number, size: number): number {
  const rate = link.efficiency * (1 - link.pair / Math.max(2, spread.perDomain)) * spread.scaleUp;
  return (volume / rate) * (1 + link.slow / (1 + size / link.turn));
}

function out(spread: Spread, volume: number): number {
  return volume / (SCALE_OUT_EFFICIENCY * spread.scaleOut);
}

/** Start-up inside a domain: as measured for the library, or the hops of a tree where the fabric is slower than that. */
function upStart(spread: Spread, link: Link, rounds: number): number {
  const inside = Math.max(2, spread.perDomain);
  return Math.max(link.start + link.perGpu * (inside - 2), hops(spread, rounds));
}

/** What the hops of a tree take on the fabric of a domain. */
function hops({ perDomain, scaleUpLatency }: Spread, rounds: number): number {
  return rounds * Math.ceil(Math.log2(Math.max(2, perDomain))) * scaleUpLatency;
}

function outStart(spread: Spread, rounds: number): number {
  return rounds * Math.ceil(Math.log2(Math.max(2, spread.domains))) * Math.max(SCALE_OUT_START, spread.scaleOutLatency);
}

/** Two levels run after one another, except for the part that is pipelined in chunks (AMD Primus). */
function levels(inside: number, across: number, size: number): number {
  return Math.max(inside, across) + (1 - overlapOf(size)) * Math.min(inside, across);
}

function overlapOf(size: number): number {
  return LEVEL_OVERLAP * Math.min(1, size / LEVEL_OVERLAP_BYTES);
}

/**
 * All-reduce. Inside a domain it is the best of the library's (`2 S (n-1)/n` over the link), one-shot (`a + (n-1) S / (eta
 * BW)`) and two-shot (`a + 2 S (n-1)/n / (eta BW)`); the last two need `shots`.
 * Across domains: reduce-scatter inside, all-reduce of S/g between, all-gather inside.
 */
export function allReduce(spread: Spread, constants: CollectiveConstants, size: number, shots: boolean): Cost {
  const n = spread.size;
  if (n <= 1 || size === 0) return NOTHING;
  const volume = (2 * size * (n - 1)) / n;
  if (spread.domains === 1) {
    const start = upStart(spread, constants.allReduce, 2);
    const ring = start + up(spread, constants.allReduce, volume, size);
    if (shots) {
      const { oneStart, onePerGpu, oneEfficiency, twoStart, twoPerGpu, twoEfficiency } = constants.shots;
      const oneFirst = Math.max(oneStart + onePerGpu * n, spread.scaleUpLatency);
      const copies = (n - 1) * size;
      const oneShot = copies / (oneEfficiency * spread.scaleUp);
      const twoFirst = Math.max(twoStart + twoPerGpu * n, 2 * spread.scaleUpLatency);
      const twoShots = volume / (twoEfficiency * spread.scaleUp);
      if (oneFirst + oneShot <= Math.min(ring, twoFirst + twoShots))
        return transfer(copies, oneFirst, oneShot, 'all-reduce-one-shot', only(constants.shots), {
          S: size,
          n,
          h: spread.scaleUpLatency,
        });
      if (twoFirst + twoShots <= ring)
        return transfer(volume, twoFirst, twoShots, 'all-reduce-two-shot', only(constants.shots), {
          S: size,
          n,
          h: 2 * spread.scaleUpLatency,
        });
    }
    const given = { S: size, n, h: hops(spread, 2) };
    return transfer(volume, start, ring - start, 'all-reduce', only(constants.allReduce), given);
  }
  const inside = spread.perDomain;
  const part = size / inside;
  const across = out(spread, (2 * part * (spread.domains - 1)) / spread.domains);
  const within = inside > 1 ? up(spread, constants.gather, (2 * size * (inside - 1)) / inside, size) : 0;
  const start = outStart(spread, 2) + (inside > 1 ? 2 * upStart(spread, constants.gather, 1) : 0);
  return transfer(
    volume,
    start,
    levels(within, across, size),
    'all-reduce-hierarchical',
    bothLevels(spread, constants.gather, constants),
    { h: start, t_in: within, t_out: across, o: overlapOf(size) },
  );
}

/** All-gather and reduce-scatter move the same bytes: `S (n-1)/n`, hierarchical across domains. */
function gatherLike(spread: Spread, constants: CollectiveConstants, size: number, formula: string): Cost {
  const n = spread.size;
  if (n <= 1 || size === 0) return NOTHING;
  const volume = (size * (n - 1)) / n;
  if (spread.domains === 1) {
    const seconds = up(spread, constants.gather, volume, size);
    const given = { S: size, n, h: hops(spread, 1) };
    return transfer(volume, upStart(spread, constants.gather, 1), seconds, formula, only(constants.gather), given);
  }
  const inside = spread.perDomain;
  const across = out(spread, ((size / inside) * (spread.domains - 1)) / spread.domains);
  const within = inside > 1 ? up(spread, constants.gather, (size * (inside - 1)) / inside, size) : 0;
  const start = outStart(spread, 1) + (inside > 1 ? upStart(spread, constants.gather, 1) : 0);
  return transfer(
    volume,
    start,
    levels(within, across, size),
    formula,
    bothLevels(spread, constants.gather, constants),
  );
}

export function allGather(spread: Spread, constants: CollectiveConstants, size: number): Cost {
  return gatherLike(spread, constants, size, 'all-gather');
}

export function reduceScatter(spread: Spread, constants: CollectiveConstants, size: number): Cost {
  return gatherLike(spread, constants, size, 'reduce-scatter');
}

/** All-to-all of equal parts. The parts for other domains move at the same time as those for the own domain. */
export function allToAll(spread: Spread, constants: CollectiveConstants, size: number): Cost {
  const n = spread.size;
  if (n <= 1 || size === 0) return NOTHING;
  const inside = spread.perDomain;
  const within = up(spread, constants.allToAll, (size * (inside - 1)) / n, size);
  const across = spread.domains > 1 ? out(spread, (size * (n - inside)) / n) : 0;
  const start = Math.max(upStart(spread, constants.allToAll, 1), spread.domains > 1 ? outStart(spread, 1) : 0);
  const used = spread.domains > 1 ? bothLevels(spread, constants.allToAll, constants) : only(constants.allToAll);
  const given = { S: size, n, g: inside, h: start };
  return transfer((size * (n - 1)) / n, start, Math.max(within, across), 'all-to-all', used, given);
}

/** One GPU sends `size` bytes to another. */
export function pointToPoint(spread: Spread, constants: CollectiveConstants, size: number): Cost {
  if (spread.size <= 1 || size === 0) return NOTHING;
  if (spread.domains > 1) {
    const start = Math.max(SCALE_OUT_START, spread.scaleOutLatency);
    return transfer(size, start, out(spread, size), 'point-to-point', only(constants.scaleOut));
  }
  const start = Math.max(constants.allToAll.start, spread.scaleUpLatency);
  return transfer(
    size,
    start,
    size / (constants.pair.efficiency * spread.scaleUp),
    'point-to-point',
    only(constants.pair),
  );
}
