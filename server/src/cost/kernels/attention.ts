import { DECODE_RAMP_BYTES, DECODE_RAMP_FACTOR, DECODE_START, PREFILL_START } from '../constants/attention.ts';
import type { Hardware } from '../hardware.ts';
import { boundOf, type Cost } from './primitive.ts';

/** Sum over `queries` new positions behind `prefix` of the keys each attends to, capped at `cap` keys. */
export function attendedPairs(queries: number, prefix: number, cap: number): number {
  const full = Math.min(queries, Math.max(0, cap - prefix));
  const capped = queries - full;
  const first = full * prefix + (full * (full + 1)) / 2;
  // An unlimited cap leaves nothing capped, and 0 x Infinity is no number.
  return capped > 0 ? first + capped * cap : first;
}

/**
 * Attention of a prefill or training forward: `FLOP = 2 n_h (d_qk + d_v) pairs`, at
 * `eta(s) = eta_inf s / (s + s_half)` of the bf16 peak for sequences of s tokens.
 */
export function prefillAttention(
  hardware: Hardware,
  latent: boolean,
  heads: number,
  widths: number,
  sequences: number,
  pairs: number,
  length: number,
  bytes: number,
): Cost {
  const { attention, gpu } = hardware;
  const flop = 2 * heads * widths * sequences * pairs;
  const limit = latent ? attention.latentPrefill : attention.prefill;
  const half = latent ? attention.latentPrefillHalf : attention.prefillHalf;
  const compute = flop / (((limit * length) / (length + half)) * gpu.peak.bf16);
  const memory = bytes / (0.8 * gpu.memoryBandwidth);
  return {
    flop,
    bytes,
    seconds: PREFILL_START + Math.max(compute, memory),
    bound: boundOf(PREFILL_START, compute, memory),
    formula: 'attention-prefill',
  };
}

/**
 * Attention of a decode step: `t = 11 us + max((B + min(50 MB, 2.5 B)) / (eta BW), FLOP / (eta_f P))`, B being the
 * bytes of cache read.
 */
export function decodeAttention(hardware: Hardware, narrowCache: boolean, bytes: number, flop: number): Cost {
  const { attention, gpu } = hardware;
  const efficiency = narrowCache ? attention.decode8 : attention.decode16;
  const ramp = Math.min(DECODE_RAMP_BYTES, DECODE_RAMP_FACTOR * bytes);
  const memory = (bytes + ramp) / (efficiency * gpu.memoryBandwidth);
  const compute = flop / (attention.decodeCompute * gpu.peak.bf16);
  return {
    flop,
    bytes,
    seconds: DECODE_START + Math.max(memory, compute),
    bound: boundOf(DECODE_START, compute, memory),
    formula: 'attention-decode',
  };
}
