import type { GroupedQueryAttention, LatentAttention, LinearAttention } from '../../plan/attention.ts';
import { typeOfPart } from '../../plan/model.ts';
import { elementwise } from '../kernels/elementwise.ts';
import type { Cost } from '../kernels/primitive.ts';
import { axis, gatheredShape, type LayerContext, operation, sumOf } from '../layers/context.ts';
import { product } from '../layers/products.ts';
import type { Operation, Shape } from '../operation.ts';
import { moduleMatrix, type Tensor, vector } from '../parameters/tensor.ts';
import { contextExchange } from './half.ts';
import { indexerTensors } from './indexer.ts';

/** Classes with one projection for queries, keys and values by heads. They share the functions of this file. */
type ByHeads = GroupedQueryAttention | LinearAttention;

/** The key of that projection, with the number of its kernels. */
export const QUERY_KEY_VALUE: Readonly<Record<string, number>> = { qkv: 1 };

/** Projections of queries, keys and values with their biases and norms, followed by `outputTensors`. */
export function tensorsByHeads(attention: ByHeads, hidden: number, kvHeads: number, valueHeadSize: number): Tensor[] {
  const queryWidth = attention.heads * attention.headSize;
  const keyWidth = kvHeads * attention.headSize;
  const keyValueWidths = keyValueWidthsOf(attention, keyWidth, kvHeads * valueHeadSize);
  const tensors: Tensor[] = [
    moduleMatrix('q', 'attention', 'attention', 'tp-columns', hidden, queryWidth),
    ...keyValueWidths.map((width, index) =>
      moduleMatrix(index === 0 ? 'k' : 'v', 'attention', 'attention', 'kv-heads', hidden, width, kvHeads),
    ),
  ];
  if (attention.bias) {
    tensors.push(
      vector('attention', 'tp-columns', queryWidth),
      ...keyValueWidths.map((width) => vector('attention', 'kv-heads', width, kvHeads)),
    );
  }
  if (attention.wideQkNorm) {
    tensors.push(vector('norms', 'tp-columns', queryWidth), vector('norms', 'kv-heads', keyWidth, kvHeads));
  } else if (attention.qkNorm) {
    tensors.push(vector('norms', 'none', (keyValueWidths.length > 0 ? 2 : 1) * attention.headSize));
  }
  tensors.push(...outputTensors(attention, hidden, attention.heads * valueHeadSize, hidden));
  return tensors;
}

/** Columns of the projections of keys and of values that a layer has. */
function keyValueWidthsOf(attention: ByHeads, keyWidth: number, valueWidth: number): readonly number[] {
  if (attention.reusesKv) return [];
  return attention.sharedKv ? [keyWidth] : [keyWidth, valueWidth];
}

/**
 * Output projection, its bias, the output gate, sinks and the indexer, which makes its queries from `queryInput` columns.
 */
export function outputTensors(
  attention: ByHeads | LatentAttention,
  hidden: number,
  outputWidth: number,
  queryInput: number,
): Tensor[] {
  const tensors: Tensor[] = [moduleMatrix('o', 'attention', 'attention', 'tp-rows', outputWidth, hidden)];
  if (attention.outputBias) tensors.push(vector('attention', 'none', hidden));
  if (attention.outputGate) {
    tensors.push(moduleMatrix('gate', 'attention', 'attention', 'tp-columns', hidden, outputWidth));
  }
  if (attention.headGate) {
    tensors.push(moduleMatrix('gate', 'attention', 'attention', 'tp-columns', hidden, attention.heads));
  }
  if (attention.sinks) tensors.push(vector('attention', 'tp-columns', attention.heads));
  tensors.push(...indexerTensors(attention.indexer, hidden, queryInput));
  return tensors;
}

/** How attention by heads is laid out on a GPU: its heads and key/value heads, and the widths of one head. */
interface HeadsOnGpu {
  readonly heads: number;
  readonly kvHeads: number;
  readonly valueSize: number;
}

/**
 * The projection of queries, keys and values, and the exchange over the cp group. Returns the projected shape and the key
 * of the operation that attention reads.
 */
export function projectByHeads(
  context: LayerContext,
  attention: ByHeads,
  { heads, kvHeads, valueSize }: HeadsOnGpu,
  from: string,
  operations: Operation[],
): { readonly before: string; readonly projected: Shape } {
  const { model, tokens, work } = context;
  const queries = heads * (attention.headSize + (attention.outputGate ? valueSize : 0));
  const columns = queries + (attention.headGate ? heads : 0) + kvHeads * (attention.headSize + valueSize);
  const projected: Shape = [axis('batch', work.sequences), axis('seq', context.seq), axis('columns', columns)];
  const own = columns - kvHeads * (attention.headSize + valueSize);
  const computed = attention.reusesKv ? own : attention.sharedKv ? columns - kvHeads * valueSize : columns;
  operations.push(
    operation(
      'qkv',
      'query, key, value',
      'compute',
      'gpu',
      [from],
      gatheredShape(context),
      projected,
      sumOf(
        product(context, tokens, computed, model.hidden, typeOfPart(model, 'q', 'attention')),
        positioned(context, attention, queries + kvHeads * attention.headSize),
      ),
    ),
  );
  const before = contextExchange(context, operations, 'qkv', projected, kvHeads * (attention.headSize + valueSize));
  return { before, projected };
}

/** Rotary positions, and norms of queries and keys. Each of the two reads and writes them once. */
function positioned(context: LayerContext, attention: ByHeads, columns: number): Cost {
  const elements = context.tokens * columns;
  const once = elementwise(context.hardware, 2 * elements * context.activationBytes, 6 * elements);
  return attention.qkNorm ? sumOf(once, once) : once;
}
