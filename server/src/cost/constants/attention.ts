import type { EngineName } from '../../plan/deployment.ts';
import type { Family } from './family.ts';

export interface AttentionConstants {
  /** Prefill: share of the bf16 peak reached by long sequences, and the length at which half of it is reached. */
  readonly prefill: number;
  readonly prefillHalf: number;
  /** The same for multi-head latent attention. */
  readonly latentPrefill: number;
  readonly latentPrefillHalf: number;
  /** Decode: share of memory bandwidth with a 16-bit and with an 8-bit cache. */
  readonly decode16: number;
  readonly decode8: number;
  /** Decode: share of the bf16 peak of latent attention. */
  readonly decodeCompute: number;
  readonly residual: number;
}

/** Start-up of an attention kernel, seconds: medians of the shortest rows of aiconfigurator's attention tables. */
export const PREFILL_START = 10e-6;
export const DECODE_START = 11e-6;

/** Bytes of ramp-up that a decode kernel loses before it streams at full rate: `min(50 MB, 2.5 x bytes)`. */
export const DECODE_RAMP_BYTES = 50e6;
export const DECODE_RAMP_FACTOR = 2.5;

/**
 * Source: medians per sequence length of aiconfigurator's context and generation attention tables (TensorRT-LLM on H200
 * and B200, vLLM with FlashAttention 3 on H100, vLLM on A100); about 5 % at 1,024 tokens and more.
 */
const HOPPER: AttentionConstants = {
  prefill: 0.65,
  prefillHalf: 1150,
  latentPrefill: 0.59,
  latentPrefillHalf: 600,
  decode16: 0.9,
  decode8: 0.84,
  decodeCompute: 0.61,
  residual: 0.15,
};

const TABLE: Readonly<Record<Family, AttentionConstants>> = {
  ampere: { ...HOPPER, prefill: 0.59, prefillHalf: 650, decode16: 0.74, decode8: 0.74 },
  hopper: HOPPER,
  'hopper-200': { ...HOPPER, decode16: 0.86, decode8: 0.63 },
  ada: { ...HOPPER, prefill: 0.55, prefillHalf: 650, decode16: 0.75, decode8: 0.7, residual: 0.3 },
  blackwell: {
    ...HOPPER,
    prefill: 0.56,
    prefillHalf: 2300,
    latentPrefill: 0.57,
    latentPrefillHalf: 1100,
    decode16: 0.89,
    decode8: 0.88,
  },
  'blackwell-rack': {
    ...HOPPER,
    prefill: 0.56,
    prefillHalf: 2300,
    latentPrefill: 0.57,
    latentPrefillHalf: 1100,
    decode16: 0.89,
    decode8: 0.88,
  },
  generic: { ...HOPPER, prefill: 0.55, prefillHalf: 1000, decode16: 0.8, decode8: 0.75, residual: 0.3 },
};

export function attentionConstants(family: Family, engine: EngineName): AttentionConstants {
  const constants = TABLE[family];
  if (engine !== 'trt-llm' || !family.startsWith('hopper')) return constants;
  return { ...constants, prefill: 0.57, prefillHalf: 1200 };
}
