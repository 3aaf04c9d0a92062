import { Memo } from '../../language/memo.ts';
import type { NumberType } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import { type GemmConstants, gemmConstants } from '../constants/gemm.ts';
import type { Hardware } from '../hardware.ts';
import { peakOf, precisionOf } from '../hardware.ts';
import { boundOf, type Cost, joined, only } from './primitive.ts';
import { tileRows, wholeTiles, wholeWaves } from './tiles.ts';

const OUTPUT_BYTES = 2;

/** Everything that a product's time takes from its hardware and the type of its weights. */
export interface GemmSetting {
  readonly constants: GemmConstants;
  readonly multiprocessors: number;
  /** FLOP/s and bytes/s that the kernel reaches. */
  readonly compute: number;
  readonly memory: number;
  /** Bytes per element of the weights and of the activations. */
  readonly weight: number;
  readonly activation: number;
}

const settingsOfHardware = new Memo<Hardware, Map<NumberType, GemmSetting>>();

/** Returns the same object for the same hardware and type, because a search times millions of products on few of them. */
export function gemmSetting(hardware: Hardware, type: NumberType): GemmSetting {
  const ofHardware = settingsOfHardware.get(hardware) ?? new Map<NumberType, GemmSetting>();
  const cachedSetting = ofHardware.get(type);
  if (cachedSetting) return cachedSetting;
  const { family, gpu, kernels } = hardware;
  const setting = settingWith(hardware, gemmConstants(family, precisionOf(gpu, type), kernels.blockScaled), type);
  settingsOfHardware.set(hardware, ofHardware.set(type, setting));
  return setting;
}

function settingWith({ gpu }: Hardware, constants: GemmConstants, type: NumberType): GemmSetting {
  const precision = precisionOf(gpu, type);
  return {
    constants,
    multiprocessors: gpu.multiprocessors,
    compute: constants.compute * peakOf(gpu, type),
    memory: constants.memory * gpu.memoryBandwidth,
    weight: BYTES_PER_ELEMENT[type],
    activation: precision === 'bf16' || precision === 'weight-only' ? 2 : BYTES_PER_ELEMENT[type],
  };
}

/** A matrix product of [m, k] by [k, n], where m are tokens and [k, n] weights of `type`. */
export function gemm(hardware: Hardware, m: number, n: number, k: number, type: NumberType): Cost {
  return gemmOf(gemmSetting(hardware, type), m, n, k);
}

/** The same with given constants. */
export function gemmWith(
  hardware: Hardware,
  constants: GemmConstants,
  m: number,
  n: number,
  k: number,
  type: NumberType,
): Cost {
  return gemmOf(settingWith(hardware, constants, type), m, n, k);
}

/**
 * `start = t0 + d k`, `compute = 2 ceil(m/t) t n (k + k_h) / (eta_c P) Q^a`, `memory = (n k b_w + m k b_a + 2 m n) / (eta_m BW)` where t is
 * the tile (64 or 128 rows) and `Q = ceil(W)/W` the quantisation of `W = ceil(m/t) ceil(n/128) / SMs` waves.
 */
function gemmOf(setting: GemmSetting, m: number, n: number, k: number): Cost {
  const { constants } = setting;
  const flop = 2 * m * n * k;
  const bytes = n * k * setting.weight + m * k * setting.activation + m * n * OUTPUT_BYTES;
  const tile = tileRows(m);
  const tiles = wholeTiles(m, tile);
  const waves = (tiles * Math.ceil(n / 128)) / setting.multiprocessors;
  const quantised = wholeWaves(waves) / waves;
  const padded = 2 * tiles * tile * n * (k + constants.prologue);
  const compute = (padded / setting.compute) * quantised ** constants.wave;
  const memory = bytes / setting.memory;
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
