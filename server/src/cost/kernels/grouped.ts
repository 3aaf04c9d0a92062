import type { Experts, NumberType } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import { type GroupedConstants, groupedConstants } from '../constants/grouped.ts';
import type { Hardware } from '../hardware.ts';
import { peakOf, precisionOf } from '../hardware.ts';
import { boundOf, type Cost, joined, NOTHING, only } from './primitive.ts';
import { tileRows, wholeWaves } from './tiles.ts';

/** What the experts of one GPU have to compute. */
export interface ExpertWork {
  /** Token copies, and the number of experts that have any of them. */
  readonly assignments: number;
  readonly active: number;
  /** Tokens in the kernel's input and output: all tokens of the group when it is gathered, otherwise those received. */
  readonly tokens: number;
}

/**
 * The routed experts of one GPU: grouped matrix products over `assignments` token copies on `active` experts of inner width
 * `ffn` (the shard over etp), of `tokens` tokens. By default these are the tokens that the copies belong to.
 */
export function groupedGemm(
  hardware: Hardware,
  experts: Experts,
  width: number,
  ffn: number,
  assignments: number,
  active: number,
  type: NumberType,
  tokens = assignments / Math.max(1, (experts.topK * active) / experts.count),
): Cost {
  const work = { assignments, active, tokens };
  const precision = precisionOf(hardware.gpu, type);
  let best: Cost | undefined;
  for (const constants of groupedConstants(hardware.family, precision, hardware.kernels)) {
    const cost = groupedGemmWith(hardware, constants, experts.gated, width, ffn, work, type);
    if (!best || cost.seconds < best.seconds) best = cost;
  }
  if (!best) throw new RangeError(`no constants for experts on ${hardware.gpu.name}`);
  return best;
}

/**
 * The same with given constants.
 * `t = start + c_e E_a + (c_a A + c_t T) w / BW + up + down`: permutation of A copies of width w, T tokens in and out, and
 * two grouped products.
 */
export function groupedGemmWith(
  hardware: Hardware,
  constants: GroupedConstants,
  gated: boolean,
  width: number,
  ffn: number,
  work: ExpertWork,
  type: NumberType,
): Cost {
  const { assignments, active, tokens } = work;
  if (assignments === 0) return { ...NOTHING, formula: 'grouped-gemm' };
  const up = groupedProduct(hardware, constants, (gated ? 2 : 1) * ffn, width, assignments, active, type);
  const down = groupedProduct(hardware, constants, width, ffn, assignments, active, type);
  const moved = (constants.perCopy * assignments + constants.perToken * tokens) * width;
  const start = constants.start + constants.perExpert * active;
  return {
    flop: up.flop + down.flop,
    bytes: up.bytes + down.bytes,
    seconds: start + moved / hardware.gpu.memoryBandwidth + up.seconds + down.seconds,
    bound: boundOf(start, up.compute + down.compute, up.memory + down.memory),
    formula: 'grouped-gemm',
    constants: only(constants),
    given: {
      A: assignments,
      E_a: active,
      T: tokens,
      w: width,
      't, rows': tileRows(assignments / Math.max(1, active)),
      'n, up': (gated ? 2 : 1) * ffn,
      'k, up': width,
      'n, down': width,
      'k, down': ffn,
      b_w: BYTES_PER_ELEMENT[type],
      b_a: activationBytes(hardware, type),
    },
  };
}

interface Product {
  readonly flop: number;
  readonly bytes: number;
  readonly compute: number;
  readonly memory: number;
  readonly seconds: number;
}

/**
 * One grouped product of [copies, k] by [k, n] for each active expert, without its start-up.
 * `R = max(E_a, A/t + f E_a)` tiles of t = 64 or 128 rows (some are partly filled), `W = R ceil(n/128) / SMs` waves,
 * `compute = 2 R t n k / (eta_c P) (ceil(W)/W)^a`, `memory = (E_a n k b_w + A (k b_a + 2 n)) / (eta_m BW)`, joined by the
 * primitive, after `d k` in which a tile walks along the inner dimension.
 */
export function groupedProduct(
  hardware: Hardware,
  constants: GroupedConstants,
  n: number,
  k: number,
  assignments: number,
  active: number,
  type: NumberType,
): Product {
  const { gpu } = hardware;
  const element = BYTES_PER_ELEMENT[type];
  const awake = Math.max(1, active);
  const tile = tileRows(assignments / awake);
  const tiles = Math.max(awake, assignments / tile + constants.partial * awake);
  const waves = (tiles * Math.ceil(n / 128)) / gpu.multiprocessors;
  const quantised = wholeWaves(waves) / waves;
  const padded = 2 * tiles * tile * n * k;
  const compute = (padded / (constants.compute * peakOf(gpu, type))) * quantised ** constants.wave;
  const activation = activationBytes(hardware, type);
  const bytes = awake * n * k * element + assignments * (k * activation + 2 * n);
  const memory = bytes / (constants.memory * gpu.memoryBandwidth);
  const seconds = joined(constants.depth * k, compute, memory, constants.power);
  return { flop: 2 * assignments * n * k, bytes, compute, memory, seconds };
}

/** Bytes of an element of the kernel's input: weights of few bits alone are widened. */
function activationBytes({ gpu }: Hardware, type: NumberType): number {
  const precision = precisionOf(gpu, type);
  return precision === 'bf16' || precision === 'weight-only' ? 2 : BYTES_PER_ELEMENT[type];
}
