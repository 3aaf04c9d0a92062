import type { EngineName } from '../../plan/deployment.ts';
import type { Family } from './family.ts';
import type { Precision } from './gemm.ts';

/** Constants of the grouped matrix products of routed experts. */
export interface GroupedConstants {
  /** Start-up of the whole sequence of expert kernels, seconds. */
  readonly start: number;
  /** Seconds per expert that has any token. */
  readonly perExpert: number;
  readonly compute: number;
  /** Fitted together with `power`, not physical: above 1 where `power` is below 1. */
  readonly memory: number;
  readonly power: number;
  readonly residual: number;
}

function fitted(
  startMicroseconds: number,
  perExpertMicroseconds: number,
  compute: number,
  memory: number,
  power: number,
  residual: number,
): GroupedConstants {
  return {
    start: startMicroseconds * 1e-6,
    perExpert: perExpertMicroseconds * 1e-6,
    compute,
    memory,
    power,
    residual,
  };
}

/**
 * Source: least-squares fits to the balanced rows with at least 32 experts of aiconfigurator's MoE tables, one fit per
 * GPU, engine and data type; residuals are mean absolute percentage errors.
 */
const H200_BF16 = fitted(31, 0.19, 0.75, 1, 0.77, 0.2);
const H200_FP8 = fitted(31, 0.27, 0.63, 1.1, 0.59, 0.22);
const H200_FP8_BLOCK = fitted(27, 0.54, 0.16, 1, 1.19, 0.18);
const H200_FP8_BLOCK_VLLM = fitted(36, 0.16, 0.27, 0.88, 1.09, 0.16);
const B200_BF16 = fitted(29, 0.19, 0.6, 1, 0.69, 0.19);
const B200_FP8_BLOCK = fitted(33, 0.53, 0.32, 0.85, 1.16, 0.15);
const B200_FP4 = fitted(40, 0.56, 0.35, 1.25, 0.45, 0.22);
/** Values between the 16-bit fits, for GPUs without a table; the band is the spread between them. */
const GENERIC = fitted(30, 0.2, 0.65, 1, 0.75, 0.35);

const TABLE: Readonly<Record<Family, Partial<Readonly<Record<Precision, GroupedConstants>>>>> = {
  ampere: { bf16: { ...H200_BF16, residual: 0.3 } },
  hopper: { bf16: H200_BF16, fp8: H200_FP8, 'fp8-block': H200_FP8_BLOCK_VLLM },
  'hopper-200': { bf16: H200_BF16, fp8: H200_FP8, 'fp8-block': H200_FP8_BLOCK_VLLM },
  ada: {},
  blackwell: { bf16: B200_BF16, 'fp8-block': B200_FP8_BLOCK, fp4: B200_FP4 },
  'blackwell-rack': { bf16: B200_BF16, 'fp8-block': B200_FP8_BLOCK, fp4: B200_FP4 },
  generic: {},
};

export function groupedConstants(family: Family, precision: Precision, engine: EngineName): GroupedConstants {
  if (engine === 'trt-llm' && precision === 'fp8-block' && family.startsWith('hopper')) return H200_FP8_BLOCK;
  const table = TABLE[family];
  return table[precision] ?? table.bf16 ?? GENERIC;
}
