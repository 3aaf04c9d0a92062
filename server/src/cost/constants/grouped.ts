import type { BlockScaledKernel, PlainKernel } from '../../engines/constants.ts';
import type { EngineKernels } from '../../engines/profile.ts';
import type { Family } from './family.ts';
import { FITTED_GROUPED } from './fitted/grouped.ts';
import type { Precision } from './gemm.ts';
import { INSTINCT_GROUPED } from './instinct.ts';
import { type Constants, fittedRow } from './row.ts';

/** Constants of the grouped matrix products of routed experts. */
export interface GroupedConstants extends Constants {
  /** Start-up of the whole sequence of expert kernels, seconds. */
  readonly start: number;
  /** Seconds per expert that has any token. */
  readonly perExpert: number;
  /** Passes over memory, in bytes per element: for a token copy (permutation, sum), and for a token in and out. */
  readonly perCopy: number;
  readonly perToken: number;
  readonly compute: number;
  readonly memory: number;
  /** Exponent that joins compute and memory time. */
  readonly power: number;
  /** Exponent of wave quantisation. */
  readonly wave: number;
  /** Mean part of a tile that an expert leaves empty. */
  readonly partial: number;
  /** Seconds per element of the inner dimension. Every tile walks along it, however many tiles there are. */
  readonly depth: number;
}

/** A library's kernels for experts, as the tables distinguish them. */
export type GroupedKernel = BlockScaledKernel | PlainKernel | 'min-latency';

/** Values between the 16-bit fits, for GPUs without a table. The band is the spread between families. */
const GENERIC: GroupedConstants = {
  start: 25e-6,
  perExpert: 0.05e-6,
  perCopy: 12,
  perToken: 8,
  compute: 0.8,
  memory: 0.85,
  power: 2,
  wave: 0.9,
  partial: 0.5,
  depth: 0.5e-9,
  residual: 0.35,
};

/**
 * Triton's kernels for 16-bit experts on Blackwell, for which SGLang has hardly any tuned shapes (`fused_moe_triton/configs`, 2026): weights
 * come at two thirds of the rate of CUTLASS. Chosen over 13 public runs of five models on B200 (sgl-cookbook): with any one of
 * them left out 0.5 to 0.75 fits the others best, and a model left out is off by 19 % in the time per token in place of 23 %.
 * Counted: a copy is no copy until the second product writes it. Its 2 bytes an element are gathered by index, written, and read by the sum, which
 * writes 2 for each token.
 */
const TRITON = { memory: 0.65, perCopy: 6, perToken: 2, residual: 0.3 };

function triton(products: GroupedConstants): GroupedConstants {
  return { ...products, ...TRITON, memory: products.memory * TRITON.memory };
}

const TABLE: Readonly<Record<string, GroupedConstants>> = {
  ...FITTED_GROUPED,
  ...INSTINCT_GROUPED,
  'blackwell bf16 triton': triton(FITTED_GROUPED['blackwell bf16 cutlass'] ?? GENERIC),
};

/** Seconds of an activation kernel between the two products. */
const ACTIVATION = 6e-6;

/**
 * Completes DeepGEMM's own tables, which hold the products alone: permutation comes from the other kernels, and the
 * activation is added.
 */
function completed(products: GroupedConstants): GroupedConstants {
  const { perCopy, perToken } = FITTED_GROUPED['hopper fp8-block cutlass'] ?? GENERIC;
  return { ...products, start: products.start + ACTIVATION, perCopy, perToken };
}

export function groupedSet(family: Family, precision: Precision, kernel: GroupedKernel): string {
  // Experts on A100 have no table, so those of the successor architecture are used.
  return `${family === 'ampere' ? 'hopper' : family} ${precision} ${kernel}`;
}

/** The libraries of an engine's experts. */
type ExpertKernels = Pick<EngineKernels, 'blockScaled' | 'plainExperts'>;

/** The kernels that an engine chooses among. On H20 block-scaled experts were measured with DeepGEMM alone. */
function kernelsOf(
  family: Family,
  precision: Precision,
  { blockScaled, plainExperts }: ExpertKernels,
): readonly GroupedKernel[] {
  if (family === 'blackwell' && precision === 'bf16') return [plainExperts];
  if (family === 'blackwell' && precision === 'fp8-block') return ['deepgemm'];
  if (family === 'blackwell' && precision === 'fp4') return ['cutlass', 'min-latency'];
  if (family === 'hopper-20' && precision === 'fp8-block') return ['deepgemm'];
  return family === 'hopper' && precision === 'fp8-block' ? [blockScaled] : ['cutlass'];
}

const kernelsByKey = new Map<string, readonly GroupedConstants[]>();

/**
 * Constants of the kernels that an engine has for experts; the engine runs the fastest. On Hopper engines differ in the
 * library for block-scaled experts; Blackwell has kernels made for few tokens.
 */
export function groupedConstants(
  family: Family,
  precision: Precision,
  engine: ExpertKernels,
): readonly GroupedConstants[] {
  const key = `${family} ${precision} ${engine.blockScaled} ${engine.plainExperts}`;
  const cachedKernels = kernelsByKey.get(key);
  if (cachedKernels) return cachedKernels;
  const kernels = kernelsOf(family, precision, engine).map((kernel) => constantsOf(family, precision, kernel));
  kernelsByKey.set(key, kernels);
  return kernels;
}

/** Constants of one kernel, or of the nearest kernel that has a table, with a wide residual. */
export function constantsOf(family: Family, precision: Precision, kernel: GroupedKernel): GroupedConstants {
  const row = groupedSet(family, precision, kernel);
  return fittedRow('grouped', TABLE, row, valuesOf(family, precision, kernel));
}

function valuesOf(family: Family, precision: Precision, kernel: GroupedKernel): GroupedConstants {
  const exact = TABLE[groupedSet(family, precision, kernel)];
  if (exact) {
    if (kernel === 'deepgemm' && family.startsWith('hopper')) return completed(exact);
    return family === 'ampere' ? { ...exact, residual: 0.3 } : exact;
  }
  const near = TABLE[groupedSet(family, precision, 'cutlass')] ?? TABLE[groupedSet(family, 'bf16', 'cutlass')];
  const other = near ?? (family === 'hopper-20' ? TABLE[`hopper ${precision} cutlass`] : undefined);
  return other ? { ...other, residual: 0.3 } : GENERIC;
}
