import type { LayerContext } from '../layers/context.ts';
import type { Operation } from '../operation.ts';
import type { Tensor } from '../parameters/tensor.ts';

/** Kinds of what layers keep of the tokens that they have seen. */
export type CacheKind =
  | 'full'
  | 'window'
  | 'chunked'
  | 'latent'
  | 'compressed'
  | 'linear state'
  | 'compressor state'
  | 'indexer';

/** What an engine decides of a cache. */
export interface CacheForm {
  /** A latent cache in 8 bits beside an indexer has scales. */
  readonly scalesLatent?: boolean | undefined;
  /** Layers that take the choice of an earlier indexer keep its keys too (`EngineMemory.indexesEveryLayer`). */
  readonly indexesEveryLayer?: boolean | undefined;
}

/** What one layer keeps of a sequence. */
export interface LayerCache {
  readonly kind: CacheKind;
  /** Bytes of one more token; 0 for a state. */
  readonly bytesPerToken: number;
  /** Only this many tokens are kept. */
  readonly keptTokens?: number;
  /** Bytes of a sequence of any length, such as a linear layer's state. */
  readonly bytesPerSequence: number;
  /** For a state that holds the last tokens one by one: how many. */
  readonly stateTokens?: number;
}

/**
 * Everything that formulas ask of attention, in one interface that each class implements in a file of its own. A profile is
 * one layer's attention with its formulas. Each GPU has `ceil(heads / tp)` heads.
 */
export interface AttentionProfile {
  /** The tensors, including norms of its own, in a layer of width `hidden`. */
  tensors(hidden: number): Tensor[];

  /** Parameters that each token meets but that no matrix of `tensors` holds, because only their number is known. */
  readonly unshapedParameters: number;

  /**
   * The attention half of a layer, in order: norm, projections, attention, output projection, the sum over the tp group and
   * the residual sum. The last operation is the half's output. Attention itself has the key `attention`; its projections
   * have the keys of the class's `projections`.
   */
  operations(context: LayerContext): Operation[];

  /**
   * Model FLOP of attention between the `length` new tokens of one sequence and all tokens they see, including `prefix`
   * cached ones.
   */
  pairFlop(length: number, prefix: number): number;

  /**
   * What one layer keeps on one GPU of the tp group, with `elementBytes` per element of keys and values. The caller divides the
   * tokens for context parallelism.
   */
  caches(elementBytes: number, tp: number, form?: CacheForm): readonly LayerCache[];

  /** Inference: elements of input projections and output that are live at once on one GPU, for `tokens` tokens. */
  liveElements(tokens: number, tp: number): number;

  /**
   * Training: bytes of projections and output that stay until the backward pass, without statistics and scores. Operands of
   * products take `operandBytes` per element.
   */
  savedBytes(context: LayerContext, operandBytes: number): number;

  /** Heads on one GPU that have a softmax. These keep statistics, and scores where scores are written. */
  softmaxHeads(tp: number): number;

  /** Elements that torchtitan's selective recomputation keeps: the outputs of every second product and of attention. */
  selectivelySavedElements(context: LayerContext): number;

  /**
   * Inference: elements of projections that an engine may keep on each GPU a second time, in the absorbed form; 0 where
   * there are none.
   */
  absorbedElements(tp: number): number;
}

/** A class of attention: how to make the profiles of its layers, and what these have in common. */
export interface AttentionClass<Data> {
  new (attention: Data): AttentionProfile;
  /** Keys of the operations that project into attention, each with its number of kernels. */
  readonly projections: Readonly<Record<string, number>>;
}

/** Whole heads of one GPU. When tp does not divide them, those of the fullest GPU. */
export function headsOnGpu(heads: number, tp: number): number {
  return Math.ceil(heads / tp);
}

/** Key/value heads of one GPU. Each GPU holds at least one: they are repeated when tp exceeds their number. */
export function kvHeadsOnGpu(kvHeads: number, tp: number): number {
  return Math.max(1, Math.ceil(kvHeads / tp));
}
