import type { Family } from './family.ts';
import { FITTED_LINKS } from './fitted/links.ts';
import { FITTED_SHOTS } from './fitted/shots.ts';
import { INSTINCT_SHOTS, XGMI_EFFICIENCY } from './instinct.ts';
import { type Constants, fittedRow, ofRow } from './row.ts';

/**
 * One collective of the library inside a scale-up domain, for n GPUs and a message of S bytes of which V cross each link:
 * `start + perGpu (n - 2) + V / (efficiency (1 - pair / n) BW) (1 + slow / (1 + S / turn))`. Small messages run at `1 / (1
 * + slow)` of the bandwidth; `turn` is the size at which that changes.
 */
export interface Link extends Constants {
  readonly start: number;
  readonly perGpu: number;
  readonly efficiency: number;
  readonly pair: number;
  readonly slow: number;
  readonly turn: number;
}

/** An engine's own all-reduces, one-shot and two-shot: `start + perGpu n + V / (efficiency BW)` each. */
export interface ShotConstants extends Constants {
  readonly oneStart: number;
  readonly onePerGpu: number;
  readonly oneEfficiency: number;
  readonly twoStart: number;
  readonly twoPerGpu: number;
  readonly twoEfficiency: number;
}

export interface PairConstants extends Constants {
  readonly efficiency: number;
}

export interface CollectiveConstants {
  readonly allReduce: Link;
  /** All-gather and reduce-scatter. */
  readonly gather: Link;
  readonly allToAll: Link;
  readonly shots: ShotConstants;
  /** One GPU to one other. Nothing was measured, so the widest error of the others is used. */
  readonly pair: PairConstants;
  /** Between scale-up domains. Here too the widest error of the others is used. */
  readonly scaleOut: Constants;
  /** The widest residual of the parts. */
  readonly residual: number;
}

export type LinkKind = 'all-reduce' | 'gather' | 'all-to-all';

/** For fabrics without a table. The band is wide. A100 has no table of an engine's own all-reduce. */
const GENERIC_RESIDUAL = 0.3;
const GENERIC_SHOTS: ShotConstants = {
  oneStart: 4e-6,
  onePerGpu: 0.08e-6,
  oneEfficiency: 0.6,
  twoStart: 25e-6,
  twoPerGpu: 0.5e-6,
  twoEfficiency: 0.7,
  residual: GENERIC_RESIDUAL,
};
const GENERIC_LINK: Link = {
  start: 11e-6,
  perGpu: 1e-6,
  efficiency: 0.77,
  pair: 0.5,
  slow: 2.5,
  turn: 4e6,
  residual: GENERIC_RESIDUAL,
};

const SHOTS: Readonly<Record<string, ShotConstants>> = { ...FITTED_SHOTS, cdna: INSTINCT_SHOTS };

/** Name of the constants of a library collective, and of an engine's own all-reduces. */
export function linkSet(family: Family, kind: LinkKind): string {
  return `${family} ${kind}`;
}

export function shotSet(family: Family): string {
  return family;
}

/** One GPU to one other in a domain: share of the link (a copy between two H200, ml-engineering's network notes). */
const PAIR_EFFICIENCY = 0.85;

const constantsOfFamily = new Map<Family, CollectiveConstants>();

export function collectiveConstants(family: Family): CollectiveConstants {
  const cachedConstants = constantsOfFamily.get(family);
  if (cachedConstants) return cachedConstants;
  // H20 and H800 have Hopper's fabric. A fabric without a table is taken to be like the slowest one with a table.
  const fabric = family.startsWith('hopper') ? 'hopper' : family;
  const link = (kind: LinkKind): Link => {
    const row = linkSet(fabric, kind);
    const exact = FITTED_LINKS[row];
    const near = FITTED_LINKS[linkSet('ampere', kind)] ?? GENERIC_LINK;
    const own = fabric === 'cdna' ? { efficiency: XGMI_EFFICIENCY, pair: 0 } : {};
    return fittedRow('links', FITTED_LINKS, row, exact ?? { ...near, ...own, residual: GENERIC_RESIDUAL });
  };
  const parts = {
    allReduce: link('all-reduce'),
    gather: link('gather'),
    allToAll: link('all-to-all'),
    shots: fittedRow('shots', SHOTS, shotSet(fabric), SHOTS[shotSet(fabric)] ?? GENERIC_SHOTS),
  };
  const links = [parts.allReduce.residual, parts.gather.residual, parts.allToAll.residual];
  const residual = Math.max(...links);
  const constants = {
    ...parts,
    pair: ofRow('links', 'pair', { efficiency: PAIR_EFFICIENCY, residual }),
    scaleOut: ofRow('scaleOut', 'network', { start: SCALE_OUT_START, efficiency: SCALE_OUT_EFFICIENCY, residual }),
    residual,
  };
  constantsOfFamily.set(family, constants);
  return constants;
}

/** Between scale-up domains: start-up per doubling of the domains, and the share of the network's bandwidth. */
export const SCALE_OUT_START = 12e-6;
export const SCALE_OUT_EFFICIENCY = 0.85;

/** Overlap of the two levels of a hierarchical collective: `0.9 min(1, chunk / 32 MB)` (AMD Primus, projection model). */
export const LEVEL_OVERLAP = 0.9;
export const LEVEL_OVERLAP_BYTES = 32e6;
