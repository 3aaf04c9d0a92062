import type { EngineName } from '../../plan/deployment.ts';
import type { Family } from './family.ts';

/** How a matrix product runs: the type of its arithmetic, or 16-bit arithmetic on narrow weights (`weight-only`). */
export type Precision = 'bf16' | 'fp8' | 'fp8-block' | 'fp4' | 'weight-only';

/** Constants of the kernel primitive for dense matrix products; `residual` is the mean absolute error of the fit. */
export interface GemmConstants {
  /** Start-up, seconds. */
  readonly start: number;
  readonly compute: number;
  readonly memory: number;
  /** Exponent that joins compute and memory time. */
  readonly power: number;
  /** Exponent of wave quantisation. */
  readonly wave: number;
  /** Extra inner-dimension elements that the prologue costs. */
  readonly prologue: number;
  readonly residual: number;
}

function fitted(
  startMicroseconds: number,
  compute: number,
  memory: number,
  power: number,
  wave: number,
  prologue: number,
  residual: number,
): GemmConstants {
  return { start: startMicroseconds * 1e-6, compute, memory, power, wave, prologue, residual };
}

/**
 * Source: least-squares fits to the GEMM tables of NVIDIA aiconfigurator (TensorRT-LLM, SGLang and vLLM collectors), one
 * fit per GPU, engine and data type; residuals are mean absolute percentage errors over the whole table.
 */
const H200_BF16 = fitted(3.6, 0.83, 0.8, 5.5, 0.11, 98, 0.088);
const H200_FP8 = fitted(13, 0.65, 0.83, 6.2, 0.49, 202, 0.108);
const H200_FP8_BLOCK = fitted(6.4, 0.56, 0.79, 9, 0.53, 207, 0.107);
/** DeepGEMM on H800 (Alibaba InferSim's tables), which SGLang uses on every Hopper; on H20 its own table. */
const HOPPER_FP8_BLOCK_DEEPGEMM = fitted(5.1, 0.757, 0.827, 3, 0.75, 191, 0.106);
const H20_FP8_BLOCK_DEEPGEMM = fitted(3.8, 0.946, 0.959, 2.3, 0.15, 91, 0.037);
const H100_BF16 = fitted(3.6, 0.81, 0.84, 5.5, 0.24, 122, 0.09);
const H100_FP8_BLOCK = fitted(6.5, 0.56, 0.85, 6, 0.55, 240, 0.096);
const B200_BF16 = fitted(2.8, 0.71, 0.76, 3.5, 0.3, 0, 0.109);
const B200_FP8 = fitted(15, 0.56, 0.78, 4.2, 0.74, 160, 0.106);
const B200_FP8_BLOCK = fitted(6, 0.67, 0.86, 2.2, 0.93, 308, 0.12);
/** Wave exponent held at 1: more rows never take less time. */
const B200_FP4 = fitted(10.2, 0.44, 0.98, 1, 1, 0, 0.144);
const GB200_BF16 = fitted(2.7, 0.68, 0.74, 3.6, 0.28, 0, 0.109);
const A100_BF16 = fitted(5.1, 0.86, 0.76, 2.9, 0.2, 127, 0.09);
const L40S_BF16 = fitted(1.7, 0.66, 0.81, 10, 0.17, 152, 0.17);
const L40S_FP8 = fitted(4.4, 0.55, 0.72, 10, 0.6, 998, 0.22);
/** Mean of the fits above, for GPUs without a table; its band is the spread between families. */
const GENERIC = fitted(4, 0.72, 0.8, 3.5, 0.3, 100, 0.3);

const TABLE: Readonly<Record<Family, Partial<Readonly<Record<Precision, GemmConstants>>>>> = {
  ampere: { bf16: A100_BF16 },
  hopper: { bf16: H100_BF16, fp8: H200_FP8, 'fp8-block': H100_FP8_BLOCK },
  'hopper-20': { bf16: H100_BF16, fp8: H200_FP8, 'fp8-block': H20_FP8_BLOCK_DEEPGEMM },
  'hopper-200': { bf16: H200_BF16, fp8: H200_FP8, 'fp8-block': H200_FP8_BLOCK },
  ada: { bf16: L40S_BF16, fp8: L40S_FP8 },
  blackwell: { bf16: B200_BF16, fp8: B200_FP8, 'fp8-block': B200_FP8_BLOCK, fp4: B200_FP4 },
  'blackwell-rack': { bf16: GB200_BF16, fp8: B200_FP8, 'fp8-block': B200_FP8_BLOCK, fp4: B200_FP4 },
  generic: {},
};

export function gemmConstants(family: Family, precision: Precision, engine: EngineName): GemmConstants {
  const deepGemm = engine === 'sglang' || engine === 'ideal';
  if (deepGemm && precision === 'fp8-block' && (family === 'hopper' || family === 'hopper-200')) {
    return HOPPER_FP8_BLOCK_DEEPGEMM;
  }
  const table = TABLE[family];
  return table[precision] ?? table.bf16 ?? GENERIC;
}
