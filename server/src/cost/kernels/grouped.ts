import type { Experts, NumberType } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import { groupedConstants } from '../constants/grouped.ts';
import type { Hardware } from '../hardware.ts';
import { peakOf, precisionOf } from '../hardware.ts';
import { boundOf, type Cost, joined } from './primitive.ts';

/**
 * The routed experts of one GPU: grouped matrix products over `assignments` token copies on `active` experts of inner
 * width `ffn` (the shard over etp).
 *
 * `t = start + c_e active + c_a A + (compute^p + memory^p)^(1/p)` with `FLOP = 2 m A w I` and
 * `bytes = m active w I b_w + A (2 (w + w) + 2 m I)`, m = 3 matrices where gated and 2 where not.
 */
export function groupedGemm(
  hardware: Hardware,
  experts: Experts,
  width: number,
  ffn: number,
  assignments: number,
  active: number,
  type: NumberType,
): Cost {
  const { gpu } = hardware;
  const constants = groupedConstants(hardware.family, precisionOf(gpu, type), hardware.engineName);
  const matrices = experts.gated ? 3 : 2;
  const flop = 2 * matrices * assignments * width * ffn;
  const weights = matrices * active * width * ffn * BYTES_PER_ELEMENT[type];
  const bytes = weights + assignments * (4 * width + 2 * matrices * ffn);
  const compute = flop / (constants.compute * peakOf(gpu, type));
  const memory = bytes / (constants.memory * gpu.memoryBandwidth);
  const start = constants.start + constants.perExpert * active + constants.perCopy * assignments;
  return {
    flop,
    bytes,
    seconds: assignments === 0 ? 0 : joined(start, compute, memory, constants.power),
    bound: boundOf(start, compute, memory),
    formula: 'grouped-gemm',
  };
}
