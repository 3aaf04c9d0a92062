import type { EngineName } from '../../plan/deployment.ts';
import type { Family } from './family.ts';
import type { Precision } from './gemm.ts';

/** Constants of the grouped matrix products of routed experts. */
export interface GroupedConstants {
  /** Start-up of the whole sequence of expert kernels, seconds. */
  readonly start: number;
  /** Seconds per expert that has any token, and per token copy (its permutation and its part of the sum). */
  readonly perExpert: number;
  readonly perCopy: number;
  readonly compute: number;
  readonly memory: number;
  readonly power: number;
  readonly residual: number;
}

function fitted(
  startMicroseconds: number,
  perExpertMicroseconds: number,
  perCopyNanoseconds: number,
  compute: number,
  memory: number,
  power: number,
  residual: number,
): GroupedConstants {
  return {
    start: startMicroseconds * 1e-6,
    perExpert: perExpertMicroseconds * 1e-6,
    perCopy: perCopyNanoseconds * 1e-9,
    compute,
    memory,
    power,
    residual,
  };
}

/**
 * Source: least-squares fits (of logarithms, soft L1) to all balanced rows of aiconfigurator's MoE tables of TensorRT-LLM
 * 1.3 on two GPUs each (H100 and H200, B200 and GB200); residuals are mean absolute percentage errors.
 */
const HOPPER_BF16 = fitted(31.4, 0, 8, 0.832, 0.887, 1.745, 0.132);
const HOPPER_FP8 = fitted(32.5, 0, 10.3, 0.767, 0.875, 1.659, 0.13);
const HOPPER_FP8_BLOCK = fitted(25.9, 0, 20, 0.347, 0.813, 1.981, 0.122);
const BLACKWELL_BF16 = fitted(28.8, 0, 5.5, 0.835, 0.846, 1.537, 0.119);
const BLACKWELL_FP8 = fitted(31.6, 0.009, 8.4, 0.747, 0.853, 1.458, 0.12);
const BLACKWELL_FP8_BLOCK = fitted(31.3, 0.159, 5.6, 0.51, 0.725, 2.391, 0.133);
const BLACKWELL_FP4 = fitted(39.3, 0.129, 10, 0.432, 0.69, 1.361, 0.194);
/**
 * Source: fits to the DeepGEMM grouped tables of Alibaba InferSim, up and down products of one layer added: 71 shapes on
 * H800, 426 on H20. They hold no activation kernel between the two: 6 us are added for it.
 */
const HOPPER_DEEPGEMM = fitted(18 + 6, 2, 0, 0.712, 1, 1.434, 0.062);
const H20_DEEPGEMM = fitted(13.4 + 6, 0.46, 0, 0.816, 0.582, 1.355, 0.117);
/** Values between the 16-bit fits, for GPUs without a table; the band is the spread between families. */
const GENERIC = fitted(30, 0.1, 8, 0.7, 0.8, 1.6, 0.35);

const TABLE: Readonly<Record<Family, Partial<Readonly<Record<Precision, GroupedConstants>>>>> = {
  ampere: { bf16: { ...HOPPER_BF16, residual: 0.3 } },
  hopper: { bf16: HOPPER_BF16, fp8: HOPPER_FP8, 'fp8-block': HOPPER_FP8_BLOCK },
  'hopper-20': { bf16: HOPPER_BF16, fp8: HOPPER_FP8, 'fp8-block': H20_DEEPGEMM },
  'hopper-200': { bf16: HOPPER_BF16, fp8: HOPPER_FP8, 'fp8-block': HOPPER_FP8_BLOCK },
  ada: {},
  blackwell: { bf16: BLACKWELL_BF16, fp8: BLACKWELL_FP8, 'fp8-block': BLACKWELL_FP8_BLOCK, fp4: BLACKWELL_FP4 },
  'blackwell-rack': { bf16: BLACKWELL_BF16, fp8: BLACKWELL_FP8, 'fp8-block': BLACKWELL_FP8_BLOCK, fp4: BLACKWELL_FP4 },
  generic: {},
};

/** SGLang, and an ideal engine, run block-scaled experts on Hopper with DeepGEMM. */
export function groupedConstants(family: Family, precision: Precision, engine: EngineName): GroupedConstants {
  const deepGemm = engine === 'sglang' || engine === 'ideal';
  if (deepGemm && precision === 'fp8-block' && (family === 'hopper' || family === 'hopper-200')) return HOPPER_DEEPGEMM;
  const table = TABLE[family];
  return table[precision] ?? table.bf16 ?? GENERIC;
}
