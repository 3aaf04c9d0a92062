/** What an engine adds to its kernels. Each engine states its own. */
export interface EngineConstants {
  /** Seconds per element-wise kernel. */
  readonly elementwiseStart: number;
  /** Seconds per layer in addition to its kernels. */
  readonly perLayer: number;
  /** Seconds per step: scheduling, sampling and detokenisation that is not hidden. */
  readonly perStep: number;
  /** Seconds per sequence and step: host work for each sequence (scheduling, sampling, streaming) that is not hidden. */
  readonly perSequence: number;
  /**
   * Most seconds between two kernels that are replayed from a captured graph. Without a graph their start-ups take this
   * place.
   */
  readonly graphGap: number;
  /**
   * Seconds per layer of experts whose type the GPU has no units for: other kernels sort their tokens and widen their
   * weights.
   */
  readonly widening: number;
  /** The largest share of the bf16 peak that such experts reach. */
  readonly widenedCompute: number;
  /** Seconds per operation that the host launches: in prefill, and in decode without captured graphs. */
  readonly launch: number;
  /** Whether prompts join decode steps. Otherwise all waiting prompts are read before decode goes on. */
  readonly mixed: boolean;
  /** Share of a decode step, outside attention, that a prompt in the same step hides. */
  readonly hidden: number;
  /** Seconds per request before and after its prefill: HTTP, tokenising, hand-over between processes. */
  readonly perRequest: number;
  /** Number of prompts that a request waits for when equal lengths keep requests in step. */
  readonly ahead: number;
  /** Steps for which an attention data-parallel rank holds a prompt back, so that ranks read their prompts together. */
  readonly rankWait: number;
  /** Whether the cache of a request grows as it generates. Otherwise room for its full length is kept from the start. */
  readonly growing: boolean;
  /** Whether the youngest requests give up their pages when growing requests find none. They are computed again later. */
  readonly preempts: boolean;
  /**
   * What the engine adds to the errors of a prediction's parts, for the time per token, the time to the first token and the
   * rate. With it the band holds 80 % of the measurements of models that a fit did not see.
   */
  readonly residual: number;
  readonly firstResidual: number;
  readonly rateResidual: number;
}

/** What an engine adds to the errors of a prediction's parts. */
export type Residuals = Pick<EngineConstants, 'residual' | 'firstResidual' | 'rateResidual'>;

/**
 * The same on GPUs on which none of the engine's serving was fitted. Conformal: 80 % quantiles over 48 public runs of SGLang on B200, GB300
 * and MI300X (sgl-cookbook), of what is needed beside the errors of the parts. With each of 15 models left out, what the others say
 * holds 79 to 82 % of its figures.
 */
export const BEYOND: Residuals = { residual: 0.42, firstResidual: 1.39, rateResidual: 0.44 };

/**
 * What `npm run fit` chooses (`fitted.ts`), for each engine separately over published serving measurements and
 * full-load runs. Gaps and the time per layer can partly replace each other: of two fits that are equally good on rows that
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

/** Whose attention kernels an engine runs: TensorRT-LLM's own, or FlashAttention, FlashInfer and FlashMLA. */
export type AttentionKernel = 'trt-llm' | 'flash';

/** Libraries for block-scaled fp8 products on Hopper. */
export type BlockScaledKernel = 'deepgemm' | 'cutlass';

/** A library's products of experts in 16 bits. */
export type PlainKernel = 'cutlass' | 'triton';

/**
 * What training runs on besides kernels: Megatron-Core with Transformer Engine, PyTorch's own kernels behind torch.compile,
 * or nothing that was measured.
 */
export type TrainingSoftware = 'megatron' | 'pytorch' | 'none';
