import type { Gpu } from '../../plan/cluster.ts';
import type { Engine, EngineName } from '../../plan/deployment.ts';
import type { NumberType } from '../../plan/model.ts';
import type { Family } from './family.ts';

/** GPUs that train alike. B300 and GB300 have twice the exponentials of B200, and more power. */
export type TrainingFamily = 'ampere' | 'hopper' | 'blackwell' | 'blackwell-ultra';

export function trainingFamilyOf(gpu: Gpu, family: Family): TrainingFamily {
  if (family === 'ampere' || family === 'ada') return 'ampere';
  if (!family.startsWith('blackwell')) return 'hopper';
  return gpu.lineage.some((name) => /^G?B300/i.test(name)) ? 'blackwell-ultra' : 'blackwell';
}

/** Arithmetic of training recipes: one scale per tensor, one per block (MXFP8, DeepSeek's 128 x 128), four bits. */
export type Recipe = 'bf16' | 'tensor' | 'block' | 'fp4';

export function recipeOf(type: NumberType): Recipe {
  switch (type) {
    case 'fp8':
    case 'int8':
      return 'tensor';
    case 'fp8-block':
      return 'block';
    case 'nvfp4':
    case 'mxfp4':
      return 'fp4';
    default:
      return 'bf16';
  }
}

/**
 * Factors on the time of inference kernels of the same shape: training runs other libraries (cuBLAS through Transformer
 * Engine), at sizes and for durations at which GPUs reach their power limit.
 */
export interface TrainingKernels {
  readonly products: Readonly<Record<Recipe, number>>;
  readonly experts: Readonly<Record<Recipe, number>>;
  readonly attention: number;
}

/**
 * Source: one fit (soft L1 of logarithms, each factor held near 1 as strongly as by one measured row) of these and of the
 * engines' constants below to 278 published step times of Megatron-Core, NeMo, Megatron-Bridge and torchtitan. Mean
 * absolute error 5.9 %, median 3.2 %; with eighths of the rows left out 7.1 % and 4.0 %, with eighths of the models 10.2 %
 * and 7.6 %. There are no tables of training kernels: factors of one recipe take in what lies around its products.
 */
const KERNELS: Readonly<Record<TrainingFamily, TrainingKernels>> = {
  ampere: {
    products: { bf16: 1.13, tensor: 1.13, block: 1.13, fp4: 1.13 },
    experts: { bf16: 0.931, tensor: 0.931, block: 0.931, fp4: 0.931 },
    attention: 1,
  },
  hopper: {
    products: { bf16: 1.15, tensor: 0.781, block: 1.29, fp4: 0.781 },
    experts: { bf16: 0.931, tensor: 1.59, block: 0.374, fp4: 1.59 },
    attention: 1.32,
  },
  blackwell: {
    products: { bf16: 1.25, tensor: 0.746, block: 1.0, fp4: 0.826 },
    experts: { bf16: 1.08, tensor: 0.704, block: 0.704, fp4: 0.704 },
    attention: 1.21,
  },
  'blackwell-ultra': {
    products: { bf16: 0.947, tensor: 0.593, block: 0.769, fp4: 0.86 },
    experts: { bf16: 1.08, tensor: 0.704, block: 0.704, fp4: 0.704 },
    attention: 0.88,
  },
};

/** What an engine adds to its kernels, or hides. Fitted together with the factors above. */
export interface TrainingEngine {
  /** Factor on everything that runs on the GPU. */
  readonly factor: number;
  /** Backward over forward time of attention. */
  readonly attentionBackward: number;
  /** Factor on norms, residual sums, embedding rows; and that of an engine that fuses none of them. */
  readonly elementwise: number;
  readonly unfused: number;
  readonly linear: number;
  /** Passes over the operands of narrow products. */
  readonly operands: number;
  /** Passes over token copies, and over what lies between the products of the experts; with fused kernels a share of it. */
  readonly copies: number;
  readonly inner: number;
  readonly fusedCopies: number;
  readonly fusedExperts: number;
  /** Bytes per element of score matrices that unfused attention moves in a forward pass. */
  readonly scoreBytes: number;
  /** Seconds that the host needs to launch one layer's pass; of a layer with experts behind the library's all-to-all; per expert. */
  readonly hostLayer: number;
  readonly hostExchange: number;
  readonly hostExpert: number;
  /** Factor on the tp group's collectives, and the share that overlapped products hide. */
  readonly tensorParallel: number;
  readonly tensorParallelHidden: number;
  readonly exchange: number;
  /** Share of dispatch and combine that an overlapped schedule hides. */
  readonly exchangeHidden: number;
  /** Factor on the reduction of gradients, and the share of one micro-batch that hides it. */
  readonly dataParallel: number;
  readonly dataParallelWindow: number;
  /** Share of the gathers of sharded weights that computation does not hide. */
  readonly shardedExposed: number;
  readonly optimizer: number;
  readonly perStep: number;
}

const MEGATRON: TrainingEngine = {
  factor: 1,
  attentionBackward: 2.41,
  elementwise: 2.01,
  unfused: 2.85,
  linear: 15.4,
  operands: 2.11,
  copies: 3.5,
  inner: 10.0,
  fusedCopies: 0.466,
  fusedExperts: 0.331,
  scoreBytes: 15.2,
  hostLayer: 0.00106,
  hostExchange: 0.0049,
  hostExpert: 0.000232,
  tensorParallel: 0.896,
  tensorParallelHidden: 0.421,
  exchange: 0.385,
  exchangeHidden: 0.611,
  dataParallel: 1.1,
  dataParallelWindow: 0.449,
  shardedExposed: 0.602,
  optimizer: 0.987,
  perStep: 0.04,
};

/** PyTorch's own kernels behind torch.compile. */
const TORCHTITAN: TrainingEngine = { ...MEGATRON, factor: 1.15 };

/** All that is fitted of training. */
export interface TrainingConstants {
  readonly kernels: Readonly<Record<TrainingFamily, TrainingKernels>>;
  readonly megatron: TrainingEngine;
  readonly torchtitan: TrainingEngine;
  /** FlashAttention 2 on Hopper over version 3 and cuDNN 9 of 2025 (Shah 2024 measures 1.5-2.0). */
  readonly flashAttention2: number;
}

export const TRAINING: TrainingConstants = {
  kernels: KERNELS,
  megatron: MEGATRON,
  torchtitan: TORCHTITAN,
  flashAttention2: 1.5,
};

/** What an engine adds to kernels and links; the ideal one, and engines of inference, add nothing of their own. */
export function trainingEngine(constants: TrainingConstants, engine: EngineName): TrainingEngine {
  if (engine === 'torchtitan' || engine === 'megatron') return constants[engine];
  return { ...constants.megatron, hostLayer: 0, hostExchange: 0, hostExpert: 0, perStep: 0 };
}

export function attentionGeneration(constants: TrainingConstants, family: TrainingFamily, engine: Engine): number {
  return family === 'hopper' && (engine.flashAttention ?? 3) <= 2 ? constants.flashAttention2 : 1;
}

/**
 * Bytes per logit at the peak of the loss, for so many heads one after another (the model's own and those of its prediction
 * modules): in Megatron-Core's vocabulary-parallel loss 16 bits, and fp32 in which the gradient is written later, kept for
 * each head; in torchtitan also the logarithms and their gradient, both fp32, and where tp splits the vocabulary one more
 * (DTensor's loss_parallel adds the exponentials to a gradient of zeros). A fused loss keeps the 16 bits alone, compiled by
 * torch also one fp32 copy.
 */
export function lossBytes({ name, fusedLoss }: Engine, tp: number, heads: number): number {
  if (fusedLoss) return (name === 'torchtitan' ? 6 : 2) * heads;
  if (name !== 'torchtitan') return 2 + 4 * heads;
  return (tp > 1 ? 18 : 14) * heads;
}

/**
 * Workspaces of the libraries (Megatron-Core's functional tests on H100 and GB200: 120-170 MB more than all tensors
 * together, whatever the plan). An ideal engine has none.
 */
export function workspaceBytes(engine: EngineName): number {
  return engine === 'ideal' ? 0 : 0.14e9;
}

/**
 * Transformer Engine's grouped products run on four streams, each with a workspace of 32 MiB. Megatron-Core's plain setting,
 * which gathers all tokens, multiplies experts one after another and has none.
 */
export function groupedWorkspaceBytes({ name, allToAll }: Engine): number {
  return name === 'megatron' && allToAll !== 'gather' ? 4 * 2 ** 25 : 0;
}

/** torchtitan logs what the allocator holds: 7 % more than a step allocates anew (its Llama 3.1 8B runs, met to 2 %). */
export function reservedShare(engine: EngineName): number {
  return engine === 'torchtitan' ? 0.07 : 0;
}
