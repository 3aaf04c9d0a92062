import type { Experts, NumberType } from '../../plan/model.ts';
import type { DecodeConstants } from '../constants/attention.ts';
import { gemmConstants } from '../constants/gemm.ts';
import { groupedConstants } from '../constants/grouped.ts';
import type { Hardware } from '../hardware.ts';
import { precisionOf } from '../hardware.ts';
import { gemm } from '../kernels/gemm.ts';
import { groupedGemm } from '../kernels/grouped.ts';
import type { Cost } from '../kernels/primitive.ts';
import type { LayerContext } from './context.ts';

/** A matrix product of [m, k] by [k, n] as it shows in its layer. Arguments as for `gemm`. */
export function product(context: LayerContext, m: number, n: number, k: number, type: NumberType): Cost {
  const { hardware, startShare } = context;
  const cost = gemm(hardware, m, n, k, type);
  if (startShare === 1) return cost;
  const { start } = gemmConstants(hardware.family, precisionOf(hardware.gpu, type), hardware.engineName);
  return { ...cost, seconds: cost.seconds - (1 - startShare) * start };
}

/** The routed experts of one GPU as they show in their layer. Arguments as for `groupedGemm`. */
export function expertProduct(
  context: LayerContext,
  experts: Experts,
  width: number,
  ffn: number,
  assignments: number,
  active: number,
): Cost {
  const { hardware, startShare, model } = context;
  const type = model.types.experts;
  const cost = groupedGemm(hardware, experts, width, ffn, assignments, active, type);
  if (startShare === 1 || cost.seconds === 0) return cost;
  const { start } = groupedConstants(hardware.family, precisionOf(hardware.gpu, type), hardware.engineName);
  return { ...cost, seconds: cost.seconds - (1 - hardware.engine.graphExpertStart) * start };
}

/** Attention and element-wise kernels with what their start-ups still show in a captured graph. */
export function capturedHardware(hardware: Hardware): Hardware {
  const { engine, attention } = hardware;
  const shown = (decode: DecodeConstants) => ({ ...decode, start: decode.start * engine.graphStart });
  return {
    ...hardware,
    engine: { ...engine, elementwiseStart: engine.elementwiseStart * engine.graphStart },
    attention: {
      ...attention,
      decode16: shown(attention.decode16),
      decode8: shown(attention.decode8),
      latentDecode16: shown(attention.latentDecode16),
      latentDecode8: shown(attention.latentDecode8),
    },
  };
}
