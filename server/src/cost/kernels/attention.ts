import { PREFILL_START } from '../constants/attention.ts';
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
  narrowCache: boolean,
  heads: number,
  widths: number,
  sequences: number,
  pairs: number,
  length: number,
  bytes: number,
): Cost {
  const { attention, gpu } = hardware;
  const flop = 2 * heads * widths * sequences * pairs;
  let limit = latent ? attention.latentPrefill : attention.prefill;
  let half = latent ? attention.latentPrefillHalf : attention.prefillHalf;
  if (!latent && narrowCache && attention.prefill8 !== undefined) {
    limit = attention.prefill8;
    half = attention.prefill8Half ?? half;
  }
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
 * Attention of a decode step: `t = start + max((B + min(ramp, r B)) / (eta BW), FLOP / (eta_f P))`, B being the bytes of
 * cache read.
 */
export function decodeAttention(
  hardware: Hardware,
  latent: boolean,
  narrowCache: boolean,
  bytes: number,
  flop: number,
): Cost {
  const { attention, gpu } = hardware;
  const wide = latent ? attention.latentDecode16 : attention.decode16;
  const narrow = latent ? attention.latentDecode8 : attention.decode8;
  const constants = narrowCache ? narrow : wide;
  const ramp = Math.min(constants.ramp, constants.rampFactor * bytes);
  const memory = (bytes + ramp) / (constants.bandwidth * gpu.memoryBandwidth);
  const compute = flop / (constants.compute * gpu.peak.bf16);
  return {
    flop,
    bytes,
    seconds: constants.start + Math.max(memory, compute),
    bound: boundOf(constants.start, compute, memory),
    formula: 'attention-decode',
  };
}
