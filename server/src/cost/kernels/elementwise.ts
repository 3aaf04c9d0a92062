import { ELEMENTWISE_EFFICIENCY } from '../constants/engines.ts';
import type { Hardware } from '../hardware.ts';
import { boundOf, type Cost } from './primitive.ts';

/** Norms, residual sums, activations, gathers: `bytes / (0.8 BW) + start`. A fused kernel has no start of its own. */
export function elementwise(hardware: Hardware, bytes: number, flop: number, fused = false): Cost {
  const start = fused ? 0 : hardware.engine.elementwiseStart;
  const memory = bytes / (ELEMENTWISE_EFFICIENCY * hardware.gpu.memoryBandwidth);
  return { flop, bytes, seconds: start + memory, bound: boundOf(start, 0, memory), formula: 'elementwise' };
}
