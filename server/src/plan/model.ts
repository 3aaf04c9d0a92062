import { Memo } from '../language/memo.ts';
import type { Attention, AttentionPart } from './attention.ts';
import type { DrawnLayer } from './drawnLayer.ts';

/**
 * The model as plain data, which `plan/` resolves from a `model` block or a Hugging Face config. It has no text positions.
 */

export type NumberType =
  | 'fp32'
  | 'bf16'
  | 'fp16'
  | 'fp8'
  | 'fp8-block'
  | 'fp8-channel'
  | 'mxfp8'
  | 'int8'
  | 'int4'
  | 'int4-64'
  | 'int4-128'
  | 'mxfp4'
  | 'nvfp4';

/**
 * Modules that a checkpoint may store in another type than the rest of their class. Those of a feed-forward network are told
 * apart by which way they lead; a gate counts with the projection beside it.
 */
export type ModulePart =
  | AttentionPart
  | 'ffn-up'
  | 'ffn-down'
  | 'shared-up'
  | 'shared-down'
  | 'latent'
  | 'expert-up'
  | 'expert-down'
  | 'head';

export type TypesByPart = Readonly<Partial<Record<ModulePart, NumberType>>>;

/** Number types by class of tensor. */
export interface TensorTypes {
  readonly weights: NumberType;
  readonly experts: NumberType;
  readonly attention: NumberType;
  readonly embedding: NumberType;
  readonly kv: NumberType;
  readonly activations: NumberType;
  /** Modules that are stored in another type than their class, as a quantised checkpoint may have them. */
  readonly parts?: TypesByPart;
  /**
   * Zero points of half a byte beside the scales of int4 groups: `loaded` where they take memory too, `stored` where the files have
   * them and an engine drops them, as it does with those of a symmetric GPTQ.
   */
  readonly zeroPoints?: 'loaded' | 'stored';
  /**
   * Training: `compute` is the arithmetic of the matrix products where it differs from the type of the weights; `gradients`,
   * `main` and `moments` are the types of the gradients, of the optimizer's own copy of the weights and of its moments, each of
   * which may have one apart. All fp32 unless said.
   */
  readonly compute?: NumberType;
  readonly gradients?: NumberType;
  readonly main?: NumberType;
  readonly moments?: NumberType;
  readonly firstMoment?: NumberType;
  readonly secondMoment?: NumberType;
}

/** What a text may state of types: classes of tensors. Only a checkpoint has types of single modules. */
export type StatedTypes = Partial<Omit<TensorTypes, 'parts' | 'zeroPoints'>>;

export type Popularity =
  | { readonly kind: 'uniform' }
  | { readonly kind: 'zipf'; readonly exponent: number }
  /** Relative counts, one per expert. */
  | { readonly kind: 'counts'; readonly counts: readonly number[] };

export interface Experts {
  readonly kind: 'moe';
  readonly count: number;
  readonly topK: number;
  /** Inner width of one routed expert. */
  readonly ffn: number;
  readonly gated: boolean;
  readonly bias: boolean;
  readonly shared: number;
  /** Inner width of all shared experts together; 0 when there are none. */
  readonly sharedFfn: number;
  readonly sharedGate: boolean;
  readonly latent?: number;
  /** A norm on what comes back from the experts in the latent width. */
  readonly latentNorm?: boolean;
  /** A table of token ids chooses the experts (DeepSeek-V4). */
  readonly hashed?: boolean;
  readonly parallelFfn?: number;
  /** Inner width of the experts that tokens of pictures visit instead: as many as the others, with a router of their own. */
  readonly visionFfn?: number;
  readonly zero: number;
  readonly groups: number;
  readonly topGroups: number;
  readonly routerBias: boolean;
  readonly popularity: Popularity;
}

/** Experts that a table of token ids chooses: their router has no correction bias. */
export function hashedExperts(experts: Experts): Experts {
  return { ...experts, hashed: true, routerBias: false };
}

export interface DenseFeedForward {
  readonly kind: 'dense';
  readonly ffn: number;
  readonly gated: boolean;
  readonly bias: boolean;
}

export interface NoFeedForward {
  readonly kind: 'none';
}

export type FeedForward = Experts | DenseFeedForward | NoFeedForward;

/** A layer without a feed-forward network has this object. All share it, for the same reason as `NO_ATTENTION`. */
export const NO_FEED_FORWARD: NoFeedForward = { kind: 'none' };

/** Types of the tensors of one layer, in place of the model's. */
export type LayerTypes = Pick<TensorTypes, 'weights' | 'experts' | 'attention'> & { readonly parts: TypesByPart };

/** A class of layers. Layers of one class are computed once, however many there are. */
export interface LayerClass {
  /** Shown to users: `dense`, `moe`, `local + moe`. */
  readonly name: string;
  readonly attention: Attention;
  readonly feedForward: FeedForward;
  /** Norm vectors of the hidden width. A norm with a bias counts as two. */
  readonly norms: number;
  /**
   * Width of the vector of each token that the layer mixes in behind its network, from a table with one vector for every
   * layer (per-layer embeddings, Gemma 3n and 4).
   */
  readonly tokenWidth?: number;
  /** One learned number scales the output of the layer. */
  readonly isScaled?: boolean;
  /** Types of its tensors where they are others than the model's. */
  readonly types?: LayerTypes;
  /** Set for a layer that is drawn by hand: its operators replace the usual sequence. */
  readonly drawn?: DrawnLayer;
}

/**
 * A residual stream that is more than one sum. Parallel streams are mixed before and after each half of a layer (hyper-connections,
 * DeepSeek-V4's report, 2.2; `DeepseekV4HyperConnection` in transformers). With attention residuals each half weighs the sums of
 * all blocks of `layers` layers before it (`AttnResidual` in SGLang's Kimi-K3).
 */
export type Residual =
  | { readonly kind: 'streams'; readonly streams: number }
  | { readonly kind: 'blocks'; readonly layers: number };

/** What a published checkpoint holds beside the parameters that take part in computation. */
export interface CheckpointExtras {
  /** Further copies of the token embedding and of the output head, each of vocabulary x hidden, in the prediction modules. */
  readonly copiedTables: number;
  /** Prediction modules that files may hold although the config names none. Engines that read the config leave them out. */
  readonly unstatedModules?: number;
  /** Rotary frequencies that are stored as tensors. */
  readonly rotaryFrequencies: number;
  /** Parameters of modules that a server of text does not load, such as those that make speech of its answers. */
  readonly apart?: number;
  /** Tensors of the shapes of the model's own that nothing reads. */
  readonly unused?: number;
}

export interface Model {
  readonly name: string;
  readonly hidden: number;
  readonly classes: readonly LayerClass[];
  /** For each layer the index of its class. */
  readonly layers: readonly number[];
  /** Rows of the token embedding; 0 when the model has none. */
  readonly vocabulary: number;
  readonly tied: boolean;
  /** A bias on the output head. */
  readonly headBias?: boolean;
  /** Rows of a learned position embedding. */
  readonly positions?: number;
  /** Rows of the table that the layers with a `tokenWidth` take their vectors from. */
  readonly tokenRows?: number;
  /** Norm vectors after the last layer. 1 by default. */
  readonly finalNorms?: number;
  readonly residual?: Residual;
  readonly mtpModules: number;
  /** Norm vectors of a prediction module beside its layer. 3 by default: of the token, of the hidden state, before the head. */
  readonly mtpNorms?: number;
  /** The layer of a prediction module when it differs from the model's last layer. */
  readonly mtpLayer?: LayerClass;
  readonly checkpoint?: CheckpointExtras;
  readonly visionBytes: number;
  /** Tokens of the longest sequence that the model is made for. */
  readonly context?: number;
  readonly types: TensorTypes;
}

/** The class of a layer. A layer that the model does not have is a programming error and throws a RangeError. */
export function layerClass(model: Model, layer: number): LayerClass {
  const classOfLayer = model.classes[model.layers[layer] ?? -1];
  if (!classOfLayer) throw new RangeError(`model ${model.name} has no layer ${layer}`);
  return classOfLayer;
}

/** Columns of the table of per-layer embeddings: a vector for each layer that takes one. */
export function tokenColumns({ classes, layers }: Pick<Model, 'classes' | 'layers'>): number {
  return layers.reduce((sum, index) => sum + (classes[index]?.tokenWidth ?? 0), 0);
}

const typedModels = new Memo<Model, Map<LayerTypes, Model>>();

/** The model with the types of a layer. Returns the same object for the same layer. */
export function modelOfLayer(model: Model, { types }: LayerClass): Model {
  if (!types) return model;
  const ofModel = typedModels.get(model) ?? new Map<LayerTypes, Model>();
  typedModels.set(model, ofModel);
  const typedModel = ofModel.get(types) ?? { ...model, types: { ...model.types, ...types } };
  ofModel.set(types, typedModel);
  return typedModel;
}

/** The type of a module: its own, or that of its class. */
export function typeOfPart(
  { types }: Pick<Model, 'types'>,
  part: ModulePart,
  classOfPart: 'weights' | 'experts' | 'attention' | 'embedding',
): NumberType {
  return types.parts?.[part] ?? types[classOfPart];
}

/** The layer of a multi-token-prediction module; nothing for a model without layers. */
export function mtpLayerOf(model: Model): LayerClass | undefined {
  return model.mtpLayer ?? model.classes[model.layers.at(-1) ?? 0];
}

/**
 * Stored bytes per element with the scales that belong to it (fp8-block: one fp32 per 128x128 block; int4: one
 * 16-bit scale per 32, 64 or 128; mxfp8 and mxfp4: one byte per 32; nvfp4: one byte per 16). The scales of fp8-channel depend on
 * the shape of the matrix: see `matrixBytes`.
 */
export const BYTES_PER_ELEMENT: Readonly<Record<NumberType, number>> = {
  fp32: 4,
  bf16: 2,
  fp16: 2,
  fp8: 1,
  'fp8-block': 1 + 4 / (128 * 128),
  'fp8-channel': 1,
  mxfp8: 1 + 1 / 32,
  int8: 1,
  int4: 0.5 + 2 / 32,
  'int4-64': 0.5 + 2 / 64,
  'int4-128': 0.5 + 2 / 128,
  mxfp4: 0.5 + 1 / 32,
  nvfp4: 0.5 + 1 / 16,
};

export function isNumberType(value: unknown): value is NumberType {
  return typeof value === 'string' && Object.hasOwn(BYTES_PER_ELEMENT, value);
}
