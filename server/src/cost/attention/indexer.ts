import type { Indexer } from '../../plan/attention.ts';
import { typeOfPart } from '../../plan/model.ts';
import { attendedPairs, indexerScores } from '../kernels/attention.ts';
import { elementwise } from '../kernels/elementwise.ts';
import { type Cost, unmeasured } from '../kernels/primitive.ts';
import { type LayerContext, sumOf } from '../layers/context.ts';
import { product } from '../layers/products.ts';
import { matrix, moduleMatrix, type Tensor, vector } from '../parameters/tensor.ts';
import { type CacheForm, kvHeadsOnGpu, type LayerCache } from './profile.ts';

/**
 * The indexer of sparse attention, which chooses the keys to attend to one by one (DeepSeek-V3.2) or in blocks (MiniMax-M3:
 * `MiniMaxM3Attention` in SGLang; an indexer head for each key/value head, and no weights between them). Any class may have one.
 */

/** The indexer's tensors. Its queries are made from `queryInput` columns. */
export function indexerTensors(indexer: Indexer | undefined, hidden: number, queryInput: number): Tensor[] {
  if (!indexer || indexer.reused) return [];
  const { heads, headSize, block } = indexer;
  if (block !== undefined)
    return [
      moduleMatrix('index-q', 'attention', 'attention', 'kv-heads', queryInput, heads * headSize, heads),
      moduleMatrix('index-k', 'attention', 'attention', 'none', hidden, headSize),
      vector('norms', 'none', 2 * headSize),
    ];
  return [
    moduleMatrix('index-q', 'attention', 'attention', 'none', queryInput, heads * headSize),
    moduleMatrix('index-k', 'attention', 'attention', 'none', hidden, headSize),
    vector('norms', 'none', 2 * headSize),
    matrix('attention', 'wide', 'none', hidden, heads),
  ];
}

/**
 * Kernels of an indexer: three projections, norm, positions, rotations and quantisation of queries and keys, the write of keys, scores
 * and their plan, the choice and its translation to places (SGLang `nsa_indexer.py`, vLLM `sparse_attn_indexer`).
 */
const INDEXER_KERNELS = 16;

export function indexerKernels(indexer: Indexer | undefined): number {
  return !indexer || indexer.reused ? 0 : INDEXER_KERNELS;
}

/** Kernels beside products and scores, where they are fused with one another: norm, positions and quantisation, and the choice. */
const FUSED_KERNELS = 4;

/**
 * Scores of every key up to the causal limit: `2 n_i d_i` per pair. Those of blocks are made in 16 bits and were not measured. Where
 * keys are chosen one by one, with what makes queries (from `queryInput` columns), keys and weights, and with the choice.
 */
export function indexerCost(context: LayerContext, indexer: Indexer | undefined, queryInput: number): Cost | undefined {
  if (!indexer || indexer.reused) return undefined;
  const { work, hardware, tokens, parallel } = context;
  const decode = work.phase === 'decode';
  const perSequence = decode
    ? work.length * work.prefix
    : attendedPairs(work.length, work.prefix, Number.POSITIVE_INFINITY);
  const pairs = (work.sequences * perSequence) / parallel.cp;
  const keys = decode ? (work.sequences * work.prefix) / parallel.cp : tokens;
  if (indexer.block !== undefined) {
    const heads = kvHeadsOnGpu(indexer.heads, parallel.tp);
    const scores = indexerScores(hardware, 2 * heads * indexer.headSize * pairs, keys * indexer.headSize * 2, false);
    return unmeasured(scores);
  }
  const flop = 2 * indexer.heads * indexer.headSize * pairs;
  const bytes = keys * (indexer.headSize + 4);
  return sumOf(indexerScores(hardware, flop, bytes), ...indexerInputs(context, indexer, queryInput, pairs));
}

/** Every tp rank makes all queries and keys, norms and quantises them, and chooses among the scores, which are fp32. */
function indexerInputs(context: LayerContext, { heads, headSize }: Indexer, queryInput: number, pairs: number): Cost[] {
  const { hardware, model, tokens, activationBytes } = context;
  const type = typeOfPart(model, 'index-q', 'attention');
  const kernels = hardware.kernels.eager ? INDEXER_KERNELS - 4 : FUSED_KERNELS;
  const elements = (heads + 1) * headSize * tokens;
  const moved = (2 * elements * activationBytes + 2 * 4 * pairs) / kernels;
  return [
    product(context, tokens, heads * headSize, queryInput, type),
    product(context, tokens, headSize + heads, model.hidden, type),
    ...Array.from({ length: kernels }, () => elementwise(hardware, moved, elements / kernels)),
  ];
}

export function withIndexer(cost: Cost, indexer: Cost | undefined): Cost {
  return indexer ? sumOf(cost, indexer) : cost;
}

/**
 * One byte per element and one fp32 scale per token, whatever the cache's type (DeepSeek-V3.2); 16 bits per element where whole
 * blocks are chosen (`MiniMaxSparseKVPool` in SGLang, and vLLM's default). Every tp rank holds the same.
 */
export function indexerCaches(indexer: Indexer | undefined, form: CacheForm): readonly LayerCache[] {
  if (!indexer || (indexer.reused && !form.indexesEveryLayer)) return [];
  const { headSize, block } = indexer;
  return [{ kind: 'indexer', bytesPerToken: block === undefined ? headSize + 4 : 2 * headSize, bytesPerSequence: 0 }];
}
