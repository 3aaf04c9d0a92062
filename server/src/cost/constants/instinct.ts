import type { ShotConstants } from './collectives.ts';
import type { GemmConstants } from './gemm.ts';
import type { GroupedConstants } from './grouped.ts';

/**
 * AMD's CDNA 3 and 4, from public figures of single kernels. Residuals are mean errors on shapes that were held out.
 *
 * Products: ROCm aiter's tuned tables (aiter/configs, 118ba06: `a8w8_blockscale_tuned_gemm.csv` of MI300X, 45 shapes of DeepSeek's widths,
 * 16 to 16,384 rows; 032c54e: `bf16_tuned_gemm.csv` of MI355X, 44 shapes, 1 to 4,096 rows). Block-scaled tiles walk along the inner
 * dimension at 1.9 ns per element however few rows there are. A kernel of its own narrows the activations first: 4.5 us.
 */
const PRODUCT: GemmConstants = {
  start: 4.8e-6,
  depth: 0.1e-9,
  compute: 0.48,
  memory: 0.62,
  power: 2.4,
  wave: 0.49,
  prologue: 600,
  residual: 0.15,
};

const NARROWING = 4.5e-6;

export const INSTINCT_GEMM: Readonly<Record<string, GemmConstants>> = {
  'cdna bf16': PRODUCT,
  'cdna fp8-block': {
    start: 2.5e-6 + NARROWING,
    depth: 1.9e-9,
    compute: 0.28,
    memory: 0.89,
    power: 5.8,
    wave: 0,
    prologue: 294,
    residual: 0.085,
  },
};

/** Sorting of tokens and the narrowing of their activations before each product, which aiter's times of experts leave out. */
const SORTING = 15e-6;

/**
 * Experts: aiter's tuned tables (model_configs, 0b1924d: `a8w8_blockscale_tuned_fmoe_ds_v3.csv`, 6c7555b: `..._qwen3_235b.csv`; 52 rows of
 * MI300X and MI355X, 1 to 32,768 tokens, 10 % on its own rows). Those of 16 bits were not measured: they begin as on
 * other GPUs, with nothing to narrow.
 */
const EXPERTS: GroupedConstants = {
  start: 37e-6 + SORTING,
  perExpert: 0.106e-6,
  perCopy: 11,
  perToken: 0,
  compute: 0.45,
  memory: 0.925,
  power: 3.7,
  wave: 1,
  partial: 0.46,
  depth: 0,
  residual: 0.25,
};

export const INSTINCT_GROUPED: Readonly<Record<string, GroupedConstants>> = {
  'cdna fp8-block cutlass': EXPERTS,
  'cdna bf16 cutlass': { ...EXPERTS, start: 25e-6, perExpert: 0.05e-6, residual: 0.3 },
};

/**
 * All-reduces of vLLM on MI355X, 8 GPUs, 24 KB to 1.5 MB (vllm-project/vllm pull request 39080, the column before its change): 4 % off.
 */
export const INSTINCT_SHOTS: ShotConstants = {
  oneStart: 5.1e-6,
  onePerGpu: 0.1e-6,
  oneEfficiency: 0.74,
  twoStart: 8.4e-6,
  twoPerGpu: 0.12e-6,
  twoEfficiency: 0.35,
  residual: 0.15,
};

/**
 * Share of xGMI's 64 GB/s a link that transfers reach: 48 GB/s, less what checksums and protocol take (AMD, Understanding RCCL Bandwidth and
 * xGMI Performance on MI300X, 2025).
 */
export const XGMI_EFFICIENCY = 0.75;
