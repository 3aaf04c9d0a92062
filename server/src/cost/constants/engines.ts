import type { EngineName } from '../../plan/deployment.ts';

/** What an engine adds to its kernels. */
export interface EngineConstants {
  /** Per element-wise kernel, seconds. */
  readonly elementwiseStart: number;
  /** Per layer, beyond its kernels. */
  readonly perLayer: number;
  /** Per step: scheduling, sampling, detokenisation that is not hidden. */
  readonly perStep: number;
  /** Per kernel when decode does not run from captured graphs. */
  readonly launch: number;
  /** Share of GPU memory used when the text does not say. */
  readonly memoryFraction: number;
  /** Runtime context, graphs and libraries, bytes. */
  readonly reserveBytes: number;
  readonly residual: number;
}

const TRAINING: EngineConstants = {
  elementwiseStart: 3e-6,
  perLayer: 0,
  perStep: 0,
  launch: 0,
  memoryFraction: 1,
  reserveBytes: 0,
  residual: 0.06,
};

/**
 * Sources: element-wise kernels 3 us and 80 % of memory bandwidth (aiconfigurator); per-layer and per-step residuals from
 * a first fit to published vLLM, SGLang and TensorRT-LLM serving measurements; memory fractions are the engines' own
 * defaults (vLLM 0.9 `gpu_memory_utilization`, SGLang about 0.88 `mem_fraction_static`, TensorRT-LLM 0.9).
 */
const ENGINES: Readonly<Record<EngineName, EngineConstants>> = {
  ideal: {
    elementwiseStart: 3e-6,
    perLayer: 0,
    perStep: 0,
    launch: 0,
    memoryFraction: 1,
    reserveBytes: 0,
    residual: 0,
  },
  vllm: {
    elementwiseStart: 3e-6,
    perLayer: 12e-6,
    perStep: 1e-3,
    launch: 5e-6,
    memoryFraction: 0.9,
    reserveBytes: 2 * 2 ** 30,
    residual: 0.15,
  },
  sglang: {
    elementwiseStart: 3e-6,
    perLayer: 6.5e-6,
    perStep: 1e-3,
    launch: 5e-6,
    memoryFraction: 0.88,
    reserveBytes: 2 * 2 ** 30,
    residual: 0.15,
  },
  'trt-llm': {
    elementwiseStart: 3e-6,
    perLayer: 2e-6,
    perStep: 0.8e-3,
    launch: 5e-6,
    memoryFraction: 0.9,
    reserveBytes: 2 * 2 ** 30,
    residual: 0.15,
  },
  // Training: what these add is in constants/training.ts.
  megatron: TRAINING,
  torchtitan: TRAINING,
};

export function engineConstants(engine: EngineName): EngineConstants {
  return ENGINES[engine];
}

/** Share of memory bandwidth that an element-wise kernel reaches (aiconfigurator). */
export const ELEMENTWISE_EFFICIENCY = 0.8;
