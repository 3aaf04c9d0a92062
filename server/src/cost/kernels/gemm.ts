import type { NumberType } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import { type GemmConstants, gemmConstants } from '../constants/gemm.ts';
import type { Hardware } from '../hardware.ts';
import { peakOf, precisionOf } from '../hardware.ts';
import { boundOf, type Cost, joined, only } from './primitive.ts';
import { tileRows, wholeTiles, wholeWaves } from './tiles.ts';

const OUTPUT_BYTES = 2;

/** A matrix product of [m, k] by [k, n], m being tokens and [k, n] weights of `type`. */
export function gemm(hardware: Hardware, m: number, n: number, k: number, type: NumberType): Cost {
  const { family, gpu, engineName } = hardware;
  return gemmWith(hardware, gemmConstants(family, precisionOf(gpu, type), engineName), m, n, k, type);
}

/**
 * The same with constants of the caller's choice.
 *
 * `start = t0 + d k`, `compute = 2 ceil(m/t) t n (k + k_h) / (eta_c P) Q^a`, `memory = (n k b_w + m k b_a + 2 m n) / (eta_m BW)` where t is
 * the tile (64 or 128 rows) and `Q = ceil(W)/W` the quantisation of `W = ceil(m/t) ceil(n/128) / SMs` waves.
 */
export function gemmWith(
  hardware: Hardware,
  constants: GemmConstants,
  m: number,
  n: number,
  k: number,
  type: NumberType,
): Cost {
  const { gpu } = hardware;
  const precision = precisionOf(gpu, type);
  const flop = 2 * m * n * k;
  const activation = precision === 'bf16' || precision === 'weight-only' ? 2 : BYTES_PER_ELEMENT[type];
  const bytes = n * k * BYTES_PER_ELEMENT[type] + m * k * activation + m * n * OUTPUT_BYTES;
  const tile = tileRows(m);
  const tiles = wholeTiles(m, tile);
  const waves = (tiles * Math.ceil(n / 128)) / gpu.multiprocessors;
  const quantised = wholeWaves(waves) / waves;
  const padded = 2 * tiles * tile * n * (k + constants.prologue);
  const compute = (padded / (constants.compute * peakOf(gpu, type))) * quantised ** constants.wave;
  const memory = bytes / (constants.memory * gpu.memoryBandwidth);
  const start = constants.start + constants.depth * k;
  return {
    flop,
    bytes,
    seconds: joined(start, compute, memory, constants.power),
    bound: boundOf(start, compute, memory),
    formula: 'gemm',
    constants: only(constants),
  };
}
