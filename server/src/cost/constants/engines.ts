import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { EngineName, Parallel } from '../../plan/deployment.ts';
import { FITTED_ENGINES } from './fitted/engines.ts';
import { FITTED_TRAINING } from './fitted/training.ts';

/** What an engine adds to its kernels. */
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
 * Sources: element-wise kernels 3 us and 80 % of memory bandwidth (aiconfigurator); about 1 us between the nodes of a CUDA
 * graph for the ideal engine; memory fractions and the tokens of a step are the engines' own defaults (vLLM
 * `gpu_memory_utilization` 0.9, SGLang about 0.88 `mem_fraction_static`, TensorRT-LLM 0.9).
 *
 * All others: `fitted/engines.ts`, for each engine by itself over published serving measurements and full-load runs. Gaps and
 * what a layer takes beyond them stand in for each other in part: of two fits equally good on rows that neither saw, the one
 * with gaps is kept.
 */
const IDEAL: EngineConstants = {
  elementwiseStart: 3e-6,
  perLayer: 0,
  perStep: 0,
  perSequence: 0,
  graphGap: 1e-6,
  widening: 0,
  widenedCompute: 0.5,
  launch: 0,
  mixed: true,
  hidden: 0,
  stepTokens: 8192,
  perRequest: 0,
  ahead: 0,
  rankWait: 0,
  growing: false,
  preempts: false,
  memoryFraction: 1,
  reserveBytes: 0,
  residual: 0,
  firstResidual: 0.5,
  rateResidual: 0.2,
};

/** What `npm run fit` chooses. */
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

const ENGINES: Readonly<Record<EngineName, EngineConstants>> = {
  ideal: IDEAL,
  vllm: {
    ...FITTED_ENGINES.vllm,
    elementwiseStart: 3e-6,
    mixed: true,
    stepTokens: 8192,
    growing: true,
    preempts: true,
    memoryFraction: 0.9,
    reserveBytes: 2 * 2 ** 30,
  },
  sglang: {
    ...FITTED_ENGINES.sglang,
    elementwiseStart: 3e-6,
    mixed: false,
    stepTokens: 8192,
    growing: true,
    // Lets a request in only when there is room for most of what it may generate.
    preempts: false,
    memoryFraction: 0.88,
    reserveBytes: 2 * 2 ** 30,
  },
  'trt-llm': {
    ...FITTED_ENGINES['trt-llm'],
    elementwiseStart: 3e-6,
    mixed: true,
    stepTokens: 8192,
    growing: false,
    preempts: false,
    memoryFraction: 0.9,
    reserveBytes: 2 * 2 ** 30,
  },
  // Training: what these add is in constants/training.ts.
  megatron: { ...IDEAL, residual: FITTED_TRAINING.residual },
  torchtitan: { ...IDEAL, residual: FITTED_TRAINING.residual },
};

export function engineConstants(engine: EngineName): EngineConstants {
  return ENGINES[engine];
}

/** Engines that serve and engines that train; the ideal one does either. */
const ENGINES_OF = {
  serving: ['vllm', 'sglang', 'trt-llm'],
  training: ['megatron', 'torchtitan'],
} as const satisfies Readonly<Record<string, readonly EngineName[]>>;

export function enginesFor(kind: keyof typeof ENGINES_OF): readonly EngineName[] {
  return ENGINES_OF[kind];
}

const MIB = 2 ** 20;

/**
 * Share of a GPU's memory that an engine uses when the text does not say. SGLang keeps room free for a chunk of the prompt,
 * captured graphs and wide groups (server_args.py of 0.5: 512 MiB, 1.5 MiB per token of a chunk, 2 MiB per sequence of the
 * largest graph, 1 GiB per 8 GPUs).
 */
export function defaultFraction(engine: EngineName, capacityBytes: number, { tp, pp }: Parallel): number {
  const { memoryFraction, stepTokens } = engineConstants(engine);
  if (engine !== 'sglang') return memoryFraction;
  const graph = tp < 4 ? 256 : 512;
  const reserved = (512 + 1.5 * stepTokens + 2 * graph + (1024 * tp * pp) / 8) * MIB;
  return 1 - reserved / capacityBytes;
}

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
