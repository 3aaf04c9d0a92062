import type { BlockScaledKernel } from '../../engines/constants.ts';
import type { Family } from './family.ts';
import { FITTED_GEMM } from './fitted/gemm.ts';
import { INSTINCT_GEMM } from './instinct.ts';
import { type Constants, fittedRow } from './row.ts';

/** How a matrix product runs: the type of its arithmetic, or 16-bit arithmetic on narrow weights (`weight-only`). */
export type Precision = 'bf16' | 'fp8' | 'fp8-block' | 'fp4' | 'weight-only';

/** Constants of the kernel primitive for dense matrix products; `residual` is the mean absolute error of the fit. */
export interface GemmConstants extends Constants {
  /** Start-up, seconds. */
  readonly start: number;
  /** Seconds per element of the inner dimension. Every tile walks along it, however many tiles there are. */
  readonly depth: number;
  readonly compute: number;
  readonly memory: number;
  /** Exponent that joins compute and memory time. */
  readonly power: number;
  /** Exponent of wave quantisation. */
  readonly wave: number;
  /** Extra inner-dimension elements that the prologue costs. */
  readonly prologue: number;
}

/** Constants of earlier fits whose tables are not available: aiconfigurator's vLLM collectors. */
const EARLIER: Readonly<Record<string, GemmConstants>> = {
  'ampere bf16': {
    start: 5.1e-6,
    depth: 0,
    compute: 0.86,
    memory: 0.76,
    power: 2.9,
    wave: 0.2,
    prologue: 127,
    residual: 0.09,
  },
  'ada bf16': {
    start: 1.7e-6,
    depth: 0,
    compute: 0.66,
    memory: 0.81,
    power: 10,
    wave: 0.17,
    prologue: 152,
    residual: 0.17,
  },
  'ada fp8': {
    start: 4.4e-6,
    depth: 0,
    compute: 0.55,
    memory: 0.72,
    power: 10,
    wave: 0.6,
    prologue: 998,
    residual: 0.22,
  },
};

/** Mean of the fits, for GPUs without a table. Its band is the spread between families. */
const GENERIC: GemmConstants = {
  start: 4e-6,
  depth: 0,
  compute: 0.72,
  memory: 0.8,
  power: 3.5,
  wave: 0.3,
  prologue: 100,
  residual: 0.3,
};

/** Residual of constants that were fitted to another kernel. */
const NEAR_RESIDUAL = 0.25;

const TABLE: Readonly<Record<string, GemmConstants>> = { ...EARLIER, ...INSTINCT_GEMM, ...FITTED_GEMM };

/**
 * Name of the constants of a kernel. DeepGEMM has a table of its own. The other libraries share one, because they differ
 * less than their shapes do.
 */
export function gemmSet(family: Family, precision: Precision, blockScaled: BlockScaledKernel): string {
  const isDeepGemm = blockScaled === 'deepgemm' && precision === 'fp8-block' && family.startsWith('hopper');
  return `${family} ${precision}${isDeepGemm ? ' deepgemm' : ''}`;
}

const constantsOfSet = new Map<string, GemmConstants>();

/** Constants of a kernel, or of the nearest kernel that has a table, with a wide residual. */
export function gemmConstants(family: Family, precision: Precision, blockScaled: BlockScaledKernel): GemmConstants {
  const set = gemmSet(family, precision, blockScaled);
  const cachedConstants = constantsOfSet.get(set);
  if (cachedConstants) return cachedConstants;
  const constants = fittedRow(
    'gemm',
    { ...FITTED_GEMM, ...INSTINCT_GEMM },
    set,
    TABLE[set] ?? nearest(family, precision),
  );
  constantsOfSet.set(set, constants);
  return constants;
}

/** Tries other scales of the same arithmetic, then another GPU of the architecture, then 16-bit arithmetic. */
function nearest(family: Family, precision: Precision): GemmConstants {
  const kin = family === 'hopper-20' ? 'hopper' : family;
  const types = precision === 'fp8-block' ? [precision, 'fp8', 'bf16'] : [precision, 'bf16'];
  for (const type of types) {
    const near = TABLE[`${family} ${type}`] ?? TABLE[`${kin} ${type}`];
    if (near) return { ...near, residual: Math.max(NEAR_RESIDUAL, near.residual) };
  }
  return GENERIC;
}
