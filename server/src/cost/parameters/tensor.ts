import type { ModulePart } from '../../plan/model.ts';
import type { ParameterCounts } from '../evaluation.ts';

/**
 * The tensors of a model in one inventory. Parameter counts, bytes and shards are all taken from it, so they cannot
 * disagree. Shapes are [rows, columns] as stored, and vectors have one row.
 */

export type Bucket = keyof ParameterCounts;

/**
 * The class of number type that a tensor is stored in; `wide` tensors (norms, biases, router) are never quantised, and those
 * of `fp32` have 32 bits in any model.
 */
export type TensorClass = 'weights' | 'experts' | 'attention' | 'embedding' | 'wide' | 'fp32';

/**
 * How a tensor is laid out over the GPUs of a stage: whole on each of them (`none`), columns or rows over tp, key/value
 * heads over tp (a head is replicated when tp exceeds their number), or columns or rows of an expert over etp.
 */
export type Split = 'none' | 'tp-columns' | 'tp-rows' | 'kv-heads' | 'etp-columns' | 'etp-rows';

export interface Tensor {
  readonly bucket: Bucket;
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
  readonly type: TensorClass;
  readonly split: Split;
  /** Only for `kv-heads`: number of heads over which the columns are divided. */
  readonly heads?: number;
  /** The module, where a checkpoint may store it in another type than its class. */
  readonly part?: ModulePart;
}

/** A matrix of [rows, columns]. `heads` is needed for a split by key/value heads. */
export function matrix(
  bucket: Bucket,
  type: TensorClass,
  split: Split,
  rows: number,
  columns: number,
  heads?: number,
): Tensor {
  return { bucket, rows, columns, count: 1, type, split, ...(heads === undefined ? {} : { heads }) };
}

/** A vector of `columns` elements, never quantised. */
export function vector(bucket: Bucket, split: Split, columns: number, heads?: number): Tensor {
  return matrix(bucket, 'wide', split, 1, columns, heads);
}

/** A matrix as a module that may have a type of its own. */
export function moduleMatrix(
  part: ModulePart,
  bucket: Bucket,
  type: TensorClass,
  split: Split,
  rows: number,
  columns: number,
  heads?: number,
): Tensor {
  return { ...matrix(bucket, type, split, rows, columns, heads), part };
}
