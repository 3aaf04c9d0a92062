import type { GroupedQueryAttention } from '../../plan/attention.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import { attendedPairs, decodeAttention, prefillAttention } from '../kernels/attention.ts';
import { type Cost, unmeasured } from '../kernels/primitive.ts';
import { type LayerContext, operation } from '../layers/context.ts';
import type { Operation } from '../operation.ts';
import type { Tensor } from '../parameters/tensor.ts';
import { projectByHeads, QUERY_KEY_VALUE, tensorsByHeads } from './byHeads.ts';
import { closeHalf, openHalf, outputShape } from './half.ts';
import { indexerCaches, indexerCost, indexerKernels, withIndexer } from './indexer.ts';
import { type AttentionProfile, type CacheForm, headsOnGpu, kvHeadsOnGpu, type LayerCache } from './profile.ts';

/** Multi-head, grouped-query and multi-query attention, over all previous tokens or over a window or chunk of them. */
export class GroupedQuery implements AttentionProfile {
  static readonly projections = QUERY_KEY_VALUE;
  readonly unshapedParameters = 0;
  private readonly attention: GroupedQueryAttention;

  constructor(attention: GroupedQueryAttention) {
    this.attention = attention;
  }

  tensors(hidden: number): Tensor[] {
    return tensorsByHeads(this.attention, hidden, this.attention.kvHeads, this.attention.valueHeadSize);
  }

  operations(context: LayerContext): Operation[] {
    const { attention } = this;
    const { tp } = context.parallel;
    const heads = headsOnGpu(attention.heads, tp);
    const kvHeads = kvHeadsOnGpu(attention.kvHeads, tp);
    const valueSize = attention.valueHeadSize;
    const operations: Operation[] = [];
    const from = openHalf(context, operations);
    const output = outputShape(context, heads, valueSize);
    const onGpu = { heads, kvHeads, valueSize };
    const { before, projected } = projectByHeads(context, attention, onGpu, from, operations);
    const cost = this.cost(context, heads, kvHeads);
    // Positions, norms of queries and keys, and the write of the cache.
    const eagerKernels = 2 + (attention.qkNorm ? 2 : 0) + indexerKernels(attention.indexer);
    operations.push({
      ...operation('attention', attention.name, 'compute', 'gpu', [before], projected, output, cost),
      eagerKernels,
    });
    return closeHalf(context, operations, output, heads * valueSize);
  }

  /** `2 n_h (d_qk + d_v)` per attended pair. */
  pairFlop(length: number, prefix: number): number {
    const { heads, headSize, valueHeadSize } = this.attention;
    return 2 * heads * (headSize + valueHeadSize) * attendedPairs(length, prefix, this.keyCap);
  }

  /** `max(1, n_kv / tp) (d + d_v) b_kv` per token: heads are replicated when tp exceeds their number. */
  caches(elementBytes: number, tp: number, form: CacheForm = {}): readonly LayerCache[] {
    const { kvHeads, headSize, valueHeadSize, window, chunk, indexer, reusesKv } = this.attention;
    if (reusesKv) return [];
    const bytesPerToken = kvHeadsOnGpu(kvHeads, tp) * (headSize + valueHeadSize) * elementBytes;
    const keptTokens = window ?? chunk;
    const kind = window !== undefined ? 'window' : chunk !== undefined ? 'chunked' : 'full';
    const cache: LayerCache = {
      kind,
      bytesPerToken,
      bytesPerSequence: 0,
      ...(keptTokens !== undefined && { keptTokens }),
    };
    return [cache, ...indexerCaches(indexer, form)];
  }

  liveElements(tokens: number, tp: number): number {
    const { heads, kvHeads, headSize, valueHeadSize } = this.attention;
    return tokens * (headsOnGpu(heads, tp) + kvHeadsOnGpu(kvHeads, tp)) * (headSize + valueHeadSize);
  }

  /** Queries, keys and values, and the output as an operand. */
  savedBytes({ parallel, tokens, activationBytes }: LayerContext, operandBytes: number): number {
    const { headSize, valueHeadSize } = this.attention;
    const heads = headsOnGpu(this.attention.heads, parallel.tp);
    const kvHeads = kvHeadsOnGpu(this.attention.kvHeads, parallel.tp);
    const projected = tokens * (heads * headSize + kvHeads * (headSize + valueHeadSize)) * activationBytes;
    return projected + tokens * heads * valueHeadSize * operandBytes;
  }

  softmaxHeads(tp: number): number {
    return headsOnGpu(this.attention.heads, tp);
  }

  /** Queries, values and the output. */
  selectivelySavedElements({ parallel, tokens }: LayerContext): number {
    const { headSize, valueHeadSize } = this.attention;
    const heads = headsOnGpu(this.attention.heads, parallel.tp);
    const kvHeads = kvHeadsOnGpu(this.attention.kvHeads, parallel.tp);
    return tokens * (heads * headSize + (heads + kvHeads) * valueHeadSize);
  }

  absorbedElements(): number {
    return 0;
  }

  /** Number of keys that a query may see: the window, the chunk or the indexer's choice. */
  private get keyCap(): number {
    const { window, chunk, indexer } = this.attention;
    const unlimited = Number.POSITIVE_INFINITY;
    return Math.min(window ?? unlimited, chunk ?? unlimited, indexer?.topK ?? unlimited);
  }

  private cost(context: LayerContext, heads: number, kvHeads: number): Cost {
    const { work, hardware, model, parallel } = context;
    const widths = this.attention.headSize + this.attention.valueHeadSize;
    const cacheBytes = BYTES_PER_ELEMENT[model.types.kv];
    const indexer = indexerCost(context, this.attention.indexer, context.model.hidden);
    if (work.phase === 'decode') {
      // The drafted tokens of a sequence share one read of its cache.
      const keys = Math.min(this.keyCap, work.prefix / parallel.cp);
      const bytes = (work.sequences * keys * kvHeads * widths * cacheBytes) / (parallel.dcp ?? 1);
      const flop = 2 * heads * widths * work.sequences * work.length * keys;
      return this.chosen(decodeAttention(hardware, false, cacheBytes < 2, bytes, flop, indexer !== undefined), indexer);
    }
    const pairs = attendedPairs(work.length, work.prefix, this.keyCap) / parallel.cp;
    const bytes = work.sequences * context.seq * (heads + kvHeads) * widths * context.activationBytes;
    const cost = prefillAttention(
      hardware,
      false,
      cacheBytes < 2,
      heads,
      widths,
      work.sequences,
      pairs,
      work.length,
      bytes,
      indexer !== undefined,
    );
    return this.chosen(cost, indexer);
  }

  /** No kernel of grouped-query attention over chosen keys was measured. */
  private chosen(cost: Cost, indexer: Cost | undefined): Cost {
    return this.attention.indexer ? unmeasured(withIndexer(cost, indexer)) : cost;
  }
}
