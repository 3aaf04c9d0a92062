import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import type { Gpu } from '../../plan/cluster.ts';

/** What an engine adds to its kernels; each says its own in `../engines/`. */
export interface EngineConstants {
  /** Per element-wise kernel, seconds. */
  readonly elementwiseStart: number;
  /** Per layer, beyond its kernels. */
  readonly perLayer: number;
  /** Per step: scheduling, sampling, detokenisation that is not hidden. */
  readonly perStep: number;
  /** Per sequence and step: what the host does for each (scheduling, sampling, streaming) and does not hide. */
  readonly perSequence: number;
  /** Between two kernels replayed from a captured graph, at most; what their start-ups take elsewhere. */
  readonly graphGap: number;
  /** Per layer of experts whose type the GPU has no units for: other kernels sort their tokens and widen their weights. */
  readonly widening: number;
  /** Share of the bf16 peak that such experts reach at most. */
  readonly widenedCompute: number;
  /** Per operation that the host launches: prefill, and decode without captured graphs. */
  readonly launch: number;
  /** Prompts join decode steps; otherwise all waiting prompts are read before decode goes on. */
  readonly mixed: boolean;
  /** Part of a decode step outside attention that a prompt in the same step hides. */
  readonly hidden: number;
  /** Tokens of a step when the text does not say. */
  readonly stepTokens: number;
  /** Per request, before its prefill and behind it: HTTP, tokenising, hand-over between processes. */
  readonly perRequest: number;
  /** Prompts whose reading a request waits for where equal lengths keep requests in step. */
  readonly ahead: number;
  /** Steps for which an attention data parallel rank holds a prompt back, so that ranks read theirs together. */
  readonly rankWait: number;
  /** The cache of a request grows as it generates; otherwise room for its full length is kept from the start. */
  readonly growing: boolean;
  /** Where growing requests find no page, the youngest give theirs back and are computed again later. */
  readonly preempts: boolean;
  /** Share of GPU memory used when the text does not say. */
  readonly memoryFraction: number;
  /** Runtime context, graphs and libraries, bytes. */
  readonly reserveBytes: number;
  /**
   * What the engine adds to the errors of a prediction's parts, of the time per token, of the time to the first token and
   * of the rate: with it 80 % of the measurements of models that a fit did not see lie in the band.
   */
  readonly residual: number;
  readonly firstResidual: number;
  readonly rateResidual: number;
}

/**
 * What `npm run fit` chooses: `fitted/engines.ts`, for each engine by itself over published serving measurements and full-load
 * runs. Gaps and what a layer takes beyond them stand in for each other in part: of two fits equally good on rows that
 * neither saw, the one with gaps is kept.
 */
export type FittedServing = Pick<
  EngineConstants,
  | 'perLayer'
  | 'perStep'
  | 'perSequence'
  | 'graphGap'
  | 'widening'
  | 'widenedCompute'
  | 'launch'
  | 'hidden'
  | 'perRequest'
  | 'ahead'
  | 'rankWait'
  | 'residual'
  | 'firstResidual'
  | 'rateResidual'
>;

/** Share of memory bandwidth that an element-wise kernel reaches (aiconfigurator). */
export const ELEMENTWISE_EFFICIENCY = 0.8;

/**
 * What work of the host takes on machines whose processors are slower than those of the x86 servers that engines are fitted
 * on: Grace. Set by hand: TensorRT-LLM's full-load runs of Qwen3-30B-A3B, which is over before the next kernel is launched,
 * on B200 and on GB200 (20 pairs); other models show nothing of it.
 */
const GRACE = 1.4;
const HOST_TIME: Partial<Record<GpuFamily, number>> = { 'grace-blackwell': GRACE, 'grace-blackwell-ultra': GRACE };

export function hostTime({ family }: Pick<Gpu, 'family'>): number {
  return HOST_TIME[family] ?? 1;
}
