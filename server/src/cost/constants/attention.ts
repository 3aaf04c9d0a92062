import type { AttentionKernel } from '../../engines/constants.ts';
import type { Family } from './family.ts';
import { FITTED_DECODE } from './fitted/decode.ts';
import { FITTED_PREFILL } from './fitted/prefill.ts';
import { type Constants, fittedRow, ofRow } from './row.ts';

export interface PrefillConstants extends Constants {
  /** Start-up, seconds. */
  readonly start: number;
  /** Share of the bf16 peak; above 1 where the arithmetic is in 8 bits. */
  readonly compute: number;
  /** Keys per query that a tile costs in addition to those it attends to. */
  readonly perQuery: number;
  /** Exponent of wave quantisation. */
  readonly wave: number;
}

export interface DecodeConstants extends Constants {
  readonly start: number;
  /** Shares of memory bandwidth and of the bf16 peak. */
  readonly bandwidth: number;
  readonly compute: number;
  /** Bytes that are lost before the kernel streams at full rate: at most `ramp`, and `rampFactor` of the bytes read. */
  readonly ramp: number;
  readonly rampFactor: number;
  /** FLOP per byte of cache that a tile of queries costs at least, even when few heads fill it. */
  readonly intensity: number;
  /** Exponent that joins compute and memory time. */
  readonly power: number;
}

/** Constants by width of the cache, with separate ones for multi-head latent attention. */
export interface AttentionConstants {
  readonly prefill16: PrefillConstants;
  readonly prefill8: PrefillConstants;
  readonly latentPrefill: PrefillConstants;
  /** With a cache of 8 bits: operands are narrowed first, which pays for long prompts alone. */
  readonly latentPrefill8: PrefillConstants;
  readonly decode16: DecodeConstants;
  readonly decode8: DecodeConstants;
  readonly latentDecode16: DecodeConstants;
  readonly latentDecode8: DecodeConstants;
  /** Mean absolute error of prefill on shapes held out. */
  readonly residual: number;
}

/**
 * Exponentials per second and multiprocessor that matrix products do not hide. Source: FlashAttention 3's published rates
 * for heads of 64, 128 and 256: with smaller heads the products shrink and the exponentials do not.
 */
export const SCORES_PER_MULTIPROCESSOR = 50e9;

/**
 * Share of the bf16 peak over keys that an indexer chose, from a grid search over FlashMLA's sparse kernels on H800
 * (Alibaba InferSim): prefill 6 shapes, mean error 10 %; decode 8 shapes, 1 %; random fifths held out the same. One GPU and
 * one model.
 */
export const SPARSE = { prefill: 0.79, decode: 0.48 } as const;

/**
 * DeepGEMM's index scores on H800 (Alibaba InferSim): shares of the fp8 peak and of bandwidth, from a grid search over 28
 * shapes: mean error 5 %, random fifths held out 6 %.
 */
export const INDEXER = ofRow('indexer', 'H800', { start: 6.5e-6, compute: 0.59, memory: 0.8, residual: 0.06 });

/**
 * Linear attention and state-space layers that read many tokens at once: share of the bf16 peak over the FLOP of a scan in
 * chunks. Source: SGLang's gated delta rule on H20, including the convolution, two shapes of 4,096 tokens (Alibaba
 * InferSim); one shape alone gives 0.15 and the other 0.29. Other GPUs and state-space layers were not measured.
 */
export const LINEAR = { compute: 0.2, chunk: 64 } as const;

/** Name of a set of constants. `width` is that of the cache's elements in bits. */
export function prefillSet(family: Family, latent: boolean, width: 8 | 16, kernel: AttentionKernel): string {
  return `${family} ${latent ? `latent${width === 8 ? ' 8' : ''}` : width} ${kernel}`;
}

export function decodeSet(family: Family, latent: boolean, width: 8 | 16, kernel: AttentionKernel): string {
  return `${family} ${latent ? 'latent ' : ''}${width} ${kernel}`;
}

/** Values between the families, for GPUs without a table of their own. The bands are wide. */
const GENERIC_PREFILL: PrefillConstants = { start: 15e-6, compute: 0.65, perQuery: 500, wave: 0.3, residual: 0.3 };
const GENERIC_DECODE: DecodeConstants = {
  start: 12e-6,
  bandwidth: 0.8,
  compute: 0.4,
  ramp: 50e6,
  rampFactor: 0.5,
  intensity: 0,
  power: 3,
  residual: 0.3,
};

/** An earlier fit to aiconfigurator's vLLM tables of A100. */
const AMPERE_PREFILL: PrefillConstants = { start: 10e-6, compute: 0.63, perQuery: 325, wave: 0.1, residual: 0.15 };
const AMPERE_DECODE: DecodeConstants = { ...GENERIC_DECODE, start: 11e-6, bandwidth: 0.74, residual: 0.15 };

/** Constants of one kernel, or of the nearest kernel that has a table, with a wide residual. */
export function prefillConstants(
  family: Family,
  latent: boolean,
  width: 8 | 16,
  kernel: AttentionKernel,
): PrefillConstants {
  const row = prefillSet(family, latent, width, kernel);
  return fittedRow('prefill', FITTED_PREFILL, row, prefillValues(family, latent, width, kernel));
}

export function decodeConstants(
  family: Family,
  latent: boolean,
  width: 8 | 16,
  kernel: AttentionKernel,
): DecodeConstants {
  const row = decodeSet(family, latent, width, kernel);
  return fittedRow('decode', FITTED_DECODE, row, decodeValues(family, latent, width, kernel));
}

function prefillValues(family: Family, latent: boolean, width: 8 | 16, kernel: AttentionKernel): PrefillConstants {
  const exact = FITTED_PREFILL[prefillSet(family, latent, width, kernel)];
  if (exact) return exact;
  // FlashAttention computes in 16 bits whatever the cache holds; on Blackwell latent attention is TensorRT-LLM's in all engines.
  const isFlash = kernel === 'flash' && (!latent || family.startsWith('hopper'));
  const flash = isFlash ? FITTED_PREFILL[prefillSet(family, latent, 16, 'flash')] : undefined;
  const near =
    flash ??
    FITTED_PREFILL[prefillSet(family, latent, isFlash ? 16 : width, 'trt-llm')] ??
    FITTED_PREFILL[prefillSet(family, latent, 16, 'trt-llm')] ??
    FITTED_PREFILL[prefillSet(family, latent, 16, 'flash')] ??
    FITTED_PREFILL[prefillSet(family, false, 16, 'flash')];
  if (near) return { ...near, residual: Math.max(0.15, near.residual) };
  return family === 'ampere' ? AMPERE_PREFILL : GENERIC_PREFILL;
}

function decodeValues(family: Family, latent: boolean, width: 8 | 16, kernel: AttentionKernel): DecodeConstants {
  const exact = FITTED_DECODE[decodeSet(family, latent, width, kernel)];
  if (exact) return exact;
  const near =
    FITTED_DECODE[decodeSet(family, latent, width, 'trt-llm')] ??
    FITTED_DECODE[decodeSet(family, latent, width, 'flash')] ??
    FITTED_DECODE[decodeSet(family, latent, 16, 'flash')];
  if (near) return { ...near, residual: Math.max(0.2, near.residual) };
  return family === 'ampere' && !latent ? AMPERE_DECODE : GENERIC_DECODE;
}

/**
 * FlashInfer's tables were measured launch by launch, so their start-up includes the launch. An engine runs decode from
 * captured graphs, as TensorRT-LLM's tables do, so the start-up of those counts where it is shorter.
 */
function captured(constants: DecodeConstants, family: Family, latent: boolean, width: 8 | 16): DecodeConstants {
  const architecture = family.startsWith('hopper') ? 'hopper' : family;
  const graphs = FITTED_DECODE[decodeSet(architecture, latent, width, 'trt-llm')];
  return graphs && graphs.start < constants.start ? { ...constants, start: graphs.start } : constants;
}

export function attentionConstants(family: Family, kernel: AttentionKernel): AttentionConstants {
  const prefill16 = prefillConstants(family, false, 16, kernel);
  const decode = (latent: boolean, width: 8 | 16) =>
    captured(decodeConstants(family, latent, width, kernel), family, latent, width);
  return {
    prefill16,
    prefill8: prefillConstants(family, false, 8, kernel),
    latentPrefill: prefillConstants(family, true, 16, kernel),
    latentPrefill8: prefillConstants(family, true, 8, kernel),
    decode16: decode(false, 16),
    decode8: decode(false, 8),
    latentDecode16: decode(true, 16),
    latentDecode8: decode(true, 8),
    residual: prefill16.residual,
  };
}
