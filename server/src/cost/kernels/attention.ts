import type { DecodeConstants, PrefillConstants } from '../constants/attention.ts';
import { INDEXER, LINEAR, SCORES_PER_MULTIPROCESSOR, SPARSE } from '../constants/attention.ts';
import { ELEMENTWISE_EFFICIENCY } from '../constants/host.ts';
import type { Hardware } from '../hardware.ts';
import { linearConstants } from './elementwise.ts';
import { boundOf, type Cost, joined, only } from './primitive.ts';
import { wholeWaves } from './tiles.ts';

/** Sum over `queries` new positions after `prefix` of the keys that each attends to, at most `cap` keys. */
export function attendedPairs(queries: number, prefix: number, cap: number): number {
  const full = Math.min(queries, Math.max(0, cap - prefix));
  const capped = queries - full;
  const first = full * prefix + (full * (full + 1)) / 2;
  // With an unlimited cap nothing is capped, and 0 x Infinity is not a number.
  return capped > 0 ? first + capped * cap : first;
}

/**
 * The same over compressed entries of `size` tokens: after `t` tokens there are `floor(t / size)`, of which a query meets at most
 * `cap`.
 */
export function compressedPairs(queries: number, prefix: number, size: number, cap: number): number {
  return entriesUpTo(prefix + queries, size, cap) - entriesUpTo(prefix, size, cap);
}

/** Sum of `min(floor(t / size), cap)` over the first tokens. */
function entriesUpTo(tokens: number, size: number, cap: number): number {
  const full = cap * size;
  if (tokens >= full) return entriesUpTo(full - 1, size, Number.POSITIVE_INFINITY) + (tokens - full + 1) * cap;
  const entries = Math.max(0, Math.floor(tokens / size));
  return (size * entries * (entries - 1)) / 2 + entries * (tokens - entries * size + 1);
}

/** Rows of queries that a block of threads takes. */
const QUERY_TILE = 128;

/**
 * Attention of a prefill or training forward pass over `pairs` pairs of a query and a key in each of `sequences` sequences
 * of `length` queries. `widths` is d_qk + d_v. `sparse`: an indexer chose the keys of each query.
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
  sparse = false,
): Cost {
  const { attention } = hardware;
  const { prefill16, prefill8, latentPrefill, latentPrefill8 } = attention;
  const [wide, narrow] = latent ? [latentPrefill, latentPrefill8] : [prefill16, prefill8];
  const constants = narrowCache ? narrow : wide;
  const chosen = sparse ? { ...constants, compute: Math.min(constants.compute, SPARSE.prefill) } : constants;
  return prefillWith(hardware, chosen, heads, widths, sequences, pairs, length, bytes);
}

/**
 * The same with given constants: `FLOP = 2 n_h (d_qk + d_v) pairs` and one exponential per pair, at `start + n_h (pairs +
 * c_q queries) (2 (d_qk + d_v) / (eta P) + 1 / (SMs r)) Q^a` for `Q = ceil(W)/W` and `W = sequences n_h ceil(length/128) /
 * SMs` waves, with queries filled up to whole tiles of 128. `c_q` keys per query are what a tile loses at its ends.
 */
export function prefillWith(
  hardware: Hardware,
  constants: PrefillConstants,
  heads: number,
  widths: number,
  sequences: number,
  pairs: number,
  length: number,
  bytes: number,
): Cost {
  const { gpu } = hardware;
  const flop = 2 * heads * widths * sequences * pairs;
  const tiles = Math.max(1, Math.ceil(length / QUERY_TILE));
  const waves = (sequences * heads * tiles) / gpu.multiprocessors;
  const quantised = (wholeWaves(waves) / waves) ** constants.wave;
  const perPair = (2 * widths) / (constants.compute * gpu.peak.bf16);
  const perScore = 1 / (gpu.multiprocessors * SCORES_PER_MULTIPROCESSOR);
  const padded = ((pairs + constants.perQuery * length) * tiles * QUERY_TILE) / Math.max(1, length);
  const compute = heads * sequences * padded * (perPair + perScore) * quantised;
  const memory = bytes / (0.8 * gpu.memoryBandwidth);
  return {
    flop,
    bytes,
    seconds: constants.start + Math.max(compute, memory),
    bound: boundOf(constants.start, compute, memory),
    formula: 'attention-prefill',
    constants: only(constants),
  };
}

/** Attention of a decode step that reads `bytes` of cache. `sparse`: an indexer chose its keys. */
export function decodeAttention(
  hardware: Hardware,
  latent: boolean,
  narrowCache: boolean,
  bytes: number,
  flop: number,
  sparse = false,
): Cost {
  const { attention } = hardware;
  const wide = latent ? attention.latentDecode16 : attention.decode16;
  const narrow = latent ? attention.latentDecode8 : attention.decode8;
  const constants = narrowCache ? narrow : wide;
  const chosen = sparse ? { ...constants, compute: Math.min(constants.compute, SPARSE.decode) } : constants;
  return decodeWith(hardware, chosen, bytes, flop);
}

/**
 * The same with given constants: the primitive over `max(FLOP, i B) / (eta_f P)` (few heads leave most of a tensor-core
 * tile empty) and `(B + min(ramp, r B)) / (eta BW)` for B bytes of cache read.
 */
export function decodeWith(hardware: Hardware, constants: DecodeConstants, bytes: number, flop: number): Cost {
  const { gpu } = hardware;
  const ramp = Math.min(constants.ramp, constants.rampFactor * bytes);
  const memory = (bytes + ramp) / (constants.bandwidth * gpu.memoryBandwidth);
  const compute = Math.max(flop, constants.intensity * bytes) / (constants.compute * gpu.peak.bf16);
  return {
    flop,
    bytes,
    seconds: joined(constants.start, compute, memory, constants.power),
    bound: boundOf(constants.start, compute, memory),
    formula: 'attention-decode',
    constants: only(constants),
  };
}

/** Scores of sparse attention's indexer, in 8 or 16 bits: `start + max(FLOP / (eta_c P), bytes / (eta_m BW))`. */
export function indexerScores(hardware: Hardware, flop: number, bytes: number, narrow = true): Cost {
  const { gpu } = hardware;
  const compute = flop / (INDEXER.compute * ((narrow ? gpu.peak.fp8 : undefined) ?? gpu.peak.bf16));
  const memory = bytes / (INDEXER.memory * gpu.memoryBandwidth);
  return {
    flop,
    bytes,
    seconds: INDEXER.start + Math.max(compute, memory),
    bound: boundOf(INDEXER.start, compute, memory),
    formula: 'indexer',
    constants: only(INDEXER),
  };
}

/** Linear attention or a state-space layer: `start + max(FLOP / (eta P), bytes / (0.8 BW))`. */
export function linearAttention(hardware: Hardware, flop: number, bytes: number): Cost {
  const { gpu, engine, engineName } = hardware;
  const compute = flop / (LINEAR.compute * gpu.peak.bf16);
  const memory = bytes / (ELEMENTWISE_EFFICIENCY * gpu.memoryBandwidth);
  const start = engine.elementwiseStart;
  return {
    flop,
    bytes,
    seconds: start + Math.max(compute, memory),
    bound: boundOf(start, compute, memory),
    formula: 'linear-attention',
    constants: only(linearConstants(engineName)),
  };
}
