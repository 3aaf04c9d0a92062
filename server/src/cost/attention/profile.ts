import type { LayerContext } from '../layers/context.ts';
import type { Operation } from '../operation.ts';
import type { Tensor } from '../parameters/tensor.ts';

/** What layers keep of the tokens that they have seen. */
export type CacheKind = 'full' | 'window' | 'chunked' | 'latent' | 'linear state' | 'indexer';

/** What one layer keeps of a sequence. */
export interface LayerCache {
  readonly kind: CacheKind;
  /** Bytes of one more token; 0 for a state. */
  readonly bytesPerToken: number;
  /** Tokens beyond this are not kept. */
  readonly keptTokens?: number;
  /** Bytes of a sequence of any length: a linear layer's state. */
  readonly bytesPerSequence: number;
}

/**
 * What a class of attention costs: everything that formulas ask of attention, in one interface that each class implements
 * in a file of its own. A profile is one layer's attention with its formulas; heads on a GPU are `ceil(heads / tp)`.
 */
export interface AttentionProfile {
  /** Its tensors, norms of its own included, in a layer of width `hidden`. */
  tensors(hidden: number): Tensor[];

  /** Parameters that each token meets and that stand in no matrix of `tensors`, for only their number is known. */
  readonly unshapedParameters: number;

  /**
   * The attention half of a layer: norm, projections, attention, output projection, the sum over the tp group and the
   * residual sum. In order; the last is the half's output. Attention itself has the key `attention`, its projections those
   * of the class's `projections`.
   */
  operations(context: LayerContext): Operation[];

  /** Model FLOP of attention between one sequence's `length` new tokens and all they see, `prefix` cached ones included. */
  pairFlop(length: number, prefix: number): number;

  /**
   * What one layer keeps on one GPU of the tp group, `elementBytes` per element of keys and values. What bounds its tokens
   * stands first. Context parallelism, which divides the tokens, is the caller's matter.
   */
  caches(elementBytes: number, tp: number): readonly LayerCache[];

  /** Inference: elements of input projections and output that are live at once on one GPU, for `tokens` tokens. */
  liveElements(tokens: number, tp: number): number;

  /**
   * Training: bytes that projections and output leave until the backward pass, without statistics and scores. What products
   * read is kept with `operandBytes` per element.
   */
  savedBytes(context: LayerContext, operandBytes: number): number;

  /** Heads on one GPU that have a softmax, hence statistics, and scores where these are written. */
  softmaxHeads(tp: number): number;

  /** Elements that torchtitan's selective recomputation keeps of it: outputs of every second product, and of attention. */
  selectivelySavedElements(context: LayerContext): number;

  /**
   * Inference: elements of projections that an engine may keep on each GPU a second time, as an absorbed form reads them;
   * 0 where there is none.
   */
  absorbedElements(tp: number): number;
}

/** A class of attention: what makes profiles of its layers, and what all of these have in common. */
export interface AttentionClass<Data> {
  new (attention: Data): AttentionProfile;
  /** Keys of its projections' operations before attention, each with how many kernels stand behind it. */
  readonly projections: Readonly<Record<string, number>>;
}

/** Whole heads of one GPU, the fullest where tp does not divide them. */
export function headsOnGpu(heads: number, tp: number): number {
  return Math.ceil(heads / tp);
}

/** The same of key/value heads, of which each GPU holds one at least: they are repeated where tp exceeds their number. */
export function kvHeadsOnGpu(kvHeads: number, tp: number): number {
  return Math.max(1, Math.ceil(kvHeads / tp));
}
