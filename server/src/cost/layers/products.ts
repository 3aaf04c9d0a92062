import { Memo } from '../../language/memo.ts';
import type { Experts, NumberType } from '../../plan/model.ts';
import type { DecodeConstants } from '../constants/attention.ts';
import type { Hardware } from '../hardware.ts';
import { precisionOf } from '../hardware.ts';
import { gemm, gemmSetting } from '../kernels/gemm.ts';
import { groupedGemm } from '../kernels/grouped.ts';
import type { Cost } from '../kernels/primitive.ts';
import type { LayerContext } from './context.ts';

/** A matrix product of [m, k] by [k, n] as its layer shows it. Arguments as for `gemm`. */
export function product(context: LayerContext, m: number, n: number, k: number, type: NumberType): Cost {
  const { hardware, isCaptured } = context;
  const cost = gemm(hardware, m, n, k, type);
  // Times of AMD's products are those of the kernel alone.
  if (!isCaptured || hardware.family === 'cdna') return cost;
  const { start, depth } = gemmSetting(hardware, type).constants;
  return { ...cost, seconds: cost.seconds - Math.max(0, start + depth * k - hardware.engine.graphGap) };
}

/** The routed experts of one GPU, including the cost of widening their weights. Arguments as for `groupedGemm`. */
export function expertProduct(
  context: LayerContext,
  experts: Experts,
  width: number,
  ffn: number,
  assignments: number,
  active: number,
  tokens?: number,
): Cost {
  const { hardware, model } = context;
  const type = model.types.experts;
  const cost = groupedGemm(hardware, experts, width, ffn, assignments, active, type, tokens);
  if (cost.seconds === 0 || precisionOf(hardware.gpu, type) !== 'weight-only') return cost;
  const compute = cost.flop / (hardware.engine.widenedCompute * hardware.gpu.peak.bf16);
  const { given: _, ...widened } = cost;
  return { ...widened, seconds: hardware.engine.widening + Math.max(cost.seconds, compute) };
}

const captured = new Memo<Hardware, Hardware>();

/**
 * Attention and element-wise kernels with the part of their start-ups that remains in a captured graph. Attention over a
 * long cache is split into parts that a second kernel joins. Returns the same object for the same hardware.
 */
export function capturedHardware(hardware: Hardware): Hardware {
  const cachedHardware = captured.get(hardware);
  if (cachedHardware) return cachedHardware;
  const { engine, attention } = hardware;
  const shown = (decode: DecodeConstants) => ({ ...decode, start: Math.min(decode.start, 2 * engine.graphGap) });
  const changed: Hardware = {
    ...hardware,
    engine: { ...engine, elementwiseStart: Math.min(engine.elementwiseStart, engine.graphGap) },
    attention: {
      ...attention,
      decode16: shown(attention.decode16),
      decode8: shown(attention.decode8),
      latentDecode16: shown(attention.latentDecode16),
      latentDecode8: shown(attention.latentDecode8),
    },
  };
  captured.set(hardware, changed);
  return changed;
}
