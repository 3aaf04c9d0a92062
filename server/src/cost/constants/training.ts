import type { TrainingSoftware } from '../../engines/constants.ts';
import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { Engine } from '../../plan/deployment.ts';
import type { NumberType } from '../../plan/model.ts';

/** GPUs that train alike. B300 and GB300 have twice the exponentials of B200, and more power; AMD's run other libraries. */
export const TRAINING_FAMILIES = ['ampere', 'hopper', 'blackwell', 'blackwell-ultra', 'cdna'] as const;
export type TrainingFamily = (typeof TRAINING_FAMILIES)[number];

const FAMILIES: Readonly<Record<GpuFamily, TrainingFamily>> = {
  ampere: 'ampere',
  ada: 'ampere',
  hopper: 'hopper',
  'hopper-h20': 'hopper',
  blackwell: 'blackwell',
  'blackwell-ultra': 'blackwell-ultra',
  'grace-blackwell': 'blackwell',
  'grace-blackwell-ultra': 'blackwell-ultra',
  'blackwell-rtx': 'hopper',
  cdna3: 'cdna',
  cdna4: 'cdna',
  other: 'hopper',
};

export function trainingFamilyOf({ family }: Pick<Gpu, 'family'>): TrainingFamily {
  return FAMILIES[family];
}

/** Arithmetic of training recipes: one scale per tensor, one per block (MXFP8, DeepSeek's 128 x 128), or four bits. */
export const RECIPES = ['bf16', 'tensor', 'block', 'fp4'] as const;
export type Recipe = (typeof RECIPES)[number];

export function recipeOf(type: NumberType): Recipe {
  switch (type) {
    case 'fp8':
    case 'fp8-channel':
    case 'int8':
      return 'tensor';
    case 'fp8-block':
    case 'mxfp8':
      return 'block';
    case 'nvfp4':
    case 'mxfp4':
      return 'fp4';
    default:
      return 'bf16';
  }
}

/**
 * Factors on the time of inference kernels of the same shape. Training runs other libraries (cuBLAS through Transformer
 * Engine), at sizes and for durations at which GPUs reach their power limit.
 */
export interface TrainingKernels {
  readonly products: Readonly<Record<Recipe, number>>;
  readonly experts: Readonly<Record<Recipe, number>>;
  readonly attention: number;
}

/** What the fit chooses in addition to the kernels: what measured steps can distinguish. */
export interface FittedTraining {
  /** Factor on linear attention and state-space layers. */
  readonly linear: number;
  /** Passes over the data between the products of the experts. */
  readonly inner: number;
  /** Share of the experts' products and passes that remains when they are fused. */
  readonly fused: number;
  /** Factors on the tp group's collectives, on dispatch and combine, and on the reduction of gradients. */
  readonly tensorParallel: number;
  readonly exchange: number;
  /** The same where dispatch and combine leave the scale-up domain: the network's bandwidth, not the kernel, sets the pace. */
  readonly exchangeAcross: number;
  readonly dataParallel: number;
  /** Seconds of the host for a layer's exchange through the library's all-to-all, and for each expert. */
  readonly hostExchange: number;
  readonly hostExpert: number;
}

/** Everything that is fitted for training. */
export interface TrainingConstants {
  readonly kernels: Readonly<Record<TrainingFamily, TrainingKernels>>;
  readonly engine: FittedTraining;
  /** Time of PyTorch's own kernels with torch.compile over Megatron's. */
  readonly torchtitan: number;
  /** Time of FlashAttention 2 on Hopper over that of version 3 and cuDNN 9 of 2025 (Shah 2024 measures 1.5-2.0). */
  readonly flashAttention2: number;
  /** Mean absolute error of a step on models that were held out. */
  readonly residual: number;
}

/** What an engine adds to its kernels, and what it hides. */
export interface TrainingEngine extends FittedTraining {
  /** Factor on everything that runs on the GPU. */
  readonly factor: number;
  /** Backward time over forward time of attention. */
  readonly attentionBackward: number;
  /** Factor on norms, residual sums and embedding rows, and the addition of an engine that fuses none of them. */
  readonly elementwise: number;
  readonly unfused: number;
  /** Passes over the operands of narrow products, and over token copies around the experts. */
  readonly operands: number;
  readonly copies: number;
  /** Bytes per element of score matrices that unfused attention moves in a forward pass. */
  readonly scoreBytes: number;
  /** Seconds that the host needs to launch one layer's pass. */
  readonly hostLayer: number;
  /**
   * Share of the tp group's collectives that overlapped products hide, and of dispatch and combine that an overlapped
   * schedule hides.
   */
  readonly tensorParallelHidden: number;
  readonly exchangeHidden: number;
  /** Share of one micro-batch that hides the reduction of gradients. */
  readonly dataParallelWindow: number;
  /** Share of the gathers of sharded weights that computation does not hide. */
  readonly shardedExposed: number;
  /** Seconds of a step outside its micro-batches, the optimizer and the gradients. */
  readonly perStep: number;
}

/**
 * Not fitted but counted: left free, each but the last changed the error on models that were held out by less than 0.1
 * points or made it worse. Backward attention runs five products for two, at about the rate of its forward pass with what
 * surrounds it. A residual sum and a norm are read and written one and a half times (autograd keeps copies), without fusion
 * twice as often. Operands are quantised along rows and along columns, half of them in a fused pass. Score matrices are
 * written, scaled, masked, softmaxed and read in 16 bits and fp32. A layer launches some fifty kernels of 10 us. Overlap
 * hides one half. A step's norm of gradients, its scaling and its log wait for the host some ten times. Left free, this
 * last one is set to 0.1 s by runs of host-bound experts (Moonlight) and improves models held out by 0.7 points, but that
 * contradicts the shortest steps of dense models (Korthikanti 2022: 1.1 s).
 */
const COUNTED = {
  attentionBackward: 2,
  elementwise: 1.5,
  unfused: 1,
  operands: 1.5,
  copies: 1.5,
  scoreBytes: 12,
  hostLayer: 0.5e-3,
  tensorParallelHidden: 0.5,
  exchangeHidden: 0.5,
  dataParallelWindow: 0.5,
  shardedExposed: 0.5,
  perStep: 0.02,
};

/** What an engine adds to kernels and links in training. Software that was not measured has no time of the host. */
export function trainingEngine(fitted: TrainingConstants, software: TrainingSoftware): TrainingEngine {
  const added = { ...fitted.engine, ...COUNTED, factor: software === 'pytorch' ? fitted.torchtitan : 1 };
  return software === 'none' ? { ...added, hostLayer: 0, hostExchange: 0, hostExpert: 0, perStep: 0 } : added;
}

export function attentionGeneration(constants: TrainingConstants, family: TrainingFamily, engine: Engine): number {
  return family === 'hopper' && (engine.flashAttention ?? 3) <= 2 ? constants.flashAttention2 : 1;
}
