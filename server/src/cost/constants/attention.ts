import type { EngineName } from '../../plan/deployment.ts';
import type { Family } from './family.ts';

/** A decode kernel: `start + max((B + min(ramp, r B)) / (bandwidth BW), FLOP / (compute P))` for B bytes of cache read. */
export interface DecodeConstants {
  readonly start: number;
  /** Share of memory bandwidth, and of the bf16 peak. */
  readonly bandwidth: number;
  readonly compute: number;
  /** Bytes that are lost before the kernel streams at full rate: at most `ramp`, and `rampFactor` of those read. */
  readonly ramp: number;
  readonly rampFactor: number;
  readonly residual: number;
}

export interface AttentionConstants {
  /** Prefill: share of the bf16 peak reached by long sequences, and the length at which half of it is reached. */
  readonly prefill: number;
  readonly prefillHalf: number;
  /** The same where the engine computes attention in 8 bits on an 8-bit cache (TensorRT-LLM). */
  readonly prefill8?: number;
  readonly prefill8Half?: number;
  /** Of multi-head latent attention. */
  readonly latentPrefill: number;
  readonly latentPrefillHalf: number;
  /** Decode with a 16-bit and with an 8-bit cache, and of latent attention. */
  readonly decode16: DecodeConstants;
  readonly decode8: DecodeConstants;
  readonly latentDecode16: DecodeConstants;
  readonly latentDecode8: DecodeConstants;
  /** Of prefill: mean absolute error of the fit. */
  readonly residual: number;
}

/** Start-up of a prefill kernel, seconds: median of the shortest rows of aiconfigurator's context attention tables. */
export const PREFILL_START = 10e-6;

function decode(
  startMicroseconds: number,
  bandwidth: number,
  compute: number,
  rampMegabytes: number,
  rampFactor: number,
  residual: number,
): DecodeConstants {
  return { start: startMicroseconds * 1e-6, bandwidth, compute, ramp: rampMegabytes * 1e6, rampFactor, residual };
}

/**
 * Sources: decode: least-squares fits to aiconfigurator's generation attention tables of TensorRT-LLM 1.3 (H100, H200, and
 * B200 with GB200), residuals are mean absolute percentage errors. Prefill: medians per sequence length of its context
 * attention tables (TensorRT-LLM, vLLM with FlashAttention 3), 5-11 % over all rows. A100: vLLM's tables.
 */
const H100: AttentionConstants = {
  prefill: 0.57,
  prefillHalf: 1200,
  latentPrefill: 0.59,
  latentPrefillHalf: 600,
  decode16: decode(12.8, 0.96, 0.25, 45, 0.335, 0.094),
  decode8: decode(8.7, 0.943, 0.25, 23.2, 0.346, 0.082),
  latentDecode16: decode(18.6, 0.929, 0.591, 25.6, 0.029, 0.067),
  latentDecode8: decode(18.6, 0.861, 0.695, 27.4, 0.071, 0.073),
  residual: 0.066,
};

const H200: AttentionConstants = {
  ...H100,
  decode16: decode(13.2, 0.98, 0.25, 100, 0.747, 0.1),
  decode8: decode(8.6, 0.856, 0.25, 23.2, 0.749, 0.101),
  latentDecode16: decode(18.4, 0.936, 0.618, 34.7, 0.073, 0.058),
  latentDecode8: decode(18.5, 0.639, 0.691, 4.3, 0.014, 0.065),
};

const BLACKWELL: AttentionConstants = {
  prefill: 0.56,
  prefillHalf: 2300,
  latentPrefill: 0.57,
  latentPrefillHalf: 1100,
  decode16: decode(11.7, 0.928, 0.25, 0, 0, 0.087),
  decode8: decode(11.9, 0.924, 0.5, 0, 0, 0.096),
  latentDecode16: decode(11.8, 0.724, 0.669, 32.6, 6.58, 0.089),
  latentDecode8: decode(15.2, 0.844, 1, 0, 0, 0.125),
  residual: 0.1,
};

const AMPERE: AttentionConstants = {
  ...H100,
  prefill: 0.59,
  prefillHalf: 650,
  decode16: decode(11, 0.74, 0.25, 50, 0.5, 0.15),
  decode8: decode(11, 0.74, 0.25, 50, 0.5, 0.2),
  residual: 0.15,
};

const GENERIC: AttentionConstants = {
  prefill: 0.55,
  prefillHalf: 1000,
  latentPrefill: 0.55,
  latentPrefillHalf: 1000,
  decode16: decode(12, 0.8, 0.25, 50, 0.5, 0.3),
  decode8: decode(12, 0.75, 0.25, 50, 0.5, 0.3),
  latentDecode16: decode(15, 0.75, 0.5, 30, 0.1, 0.3),
  latentDecode8: decode(15, 0.7, 0.5, 30, 0.1, 0.3),
  residual: 0.3,
};

const TABLE: Readonly<Record<Family, AttentionConstants>> = {
  ampere: AMPERE,
  hopper: H100,
  'hopper-20': { ...H100, residual: 0.2 },
  'hopper-200': H200,
  ada: GENERIC,
  blackwell: BLACKWELL,
  'blackwell-rack': BLACKWELL,
  generic: GENERIC,
};

/** TensorRT-LLM's attention on an 8-bit cache, from the same tables. */
const TENSORRT_8: Partial<Readonly<Record<Family, { readonly prefill8: number; readonly prefill8Half: number }>>> = {
  hopper: { prefill8: 0.9, prefill8Half: 2200 },
  'hopper-200': { prefill8: 0.9, prefill8Half: 2200 },
  blackwell: { prefill8: 0.74, prefill8Half: 3100 },
  'blackwell-rack': { prefill8: 0.74, prefill8Half: 3100 },
};

/** FlashAttention 3, which engines other than TensorRT-LLM run on Hopper. */
const FLASH_ATTENTION_3 = { prefill: 0.65, prefillHalf: 1150 } as const;

export function attentionConstants(family: Family, engine: EngineName): AttentionConstants {
  const constants = TABLE[family];
  if (engine === 'trt-llm') return { ...constants, ...(TENSORRT_8[family] ?? {}) };
  return family.startsWith('hopper') ? { ...constants, ...FLASH_ATTENTION_3 } : constants;
}
