import type { AttentionPart, CompressedAttention } from '../../plan/attention.ts';
import { BYTES_PER_ELEMENT, typeOfPart } from '../../plan/model.ts';
import {
  attendedPairs,
  compressedPairs,
  decodeAttention,
  indexerScores,
  prefillAttention,
} from '../kernels/attention.ts';
import { elementwise } from '../kernels/elementwise.ts';
import { type Cost, unmeasured } from '../kernels/primitive.ts';
import { axis, gatheredShape, type LayerContext, operation, sumOf } from '../layers/context.ts';
import { product } from '../layers/products.ts';
import type { Operation, Shape } from '../operation.ts';
import { matrix, moduleMatrix, type Tensor, vector } from '../parameters/tensor.ts';
import { closeHalf, contextExchange, openHalf, outputShape } from './half.ts';
import { withIndexer } from './indexer.ts';
import { type AttentionProfile, headsOnGpu, type LayerCache } from './profile.ts';

/** Elements of a cache of 8 bits that share a byte of scale, and what fills each entry up (SGLang, vLLM: 584 bytes). */
const SCALED = 64;
const PADDING = 1;

/**
 * Attention of DeepSeek-V4 over a window and compressed entries. Tensors and sums as in transformers' `modeling_deepseek_v4.py`,
 * caches as SGLang (`DeepSeekV4SingleKVPool`, `DSV4PoolConfigurator`) and vLLM (models/deepseek_v4) lay them out. None of its
 * kernels was measured: those of latent attention over chosen keys stand in, and its band is at least that of a guess.
 */
export class Compressed implements AttentionProfile {
  static readonly projections: Readonly<Record<string, number>> = {
    'shared-down': 3,
    'shared-up': 4,
    'output-down': 2,
  };
  readonly unshapedParameters = 0;
  private readonly attention: CompressedAttention;

  constructor(attention: CompressedAttention) {
    this.attention = attention;
  }

  tensors(hidden: number): Tensor[] {
    const { heads, headSize, queryRank, outputGroups, outputRank, compress, indexer, sinks } = this.attention;
    const columns = outputGroups * outputRank;
    const tensors: Tensor[] = [
      moduleMatrix('q-a', 'attention', 'attention', 'none', hidden, queryRank),
      vector('norms', 'none', queryRank),
      moduleMatrix('q-b', 'attention', 'attention', 'tp-columns', queryRank, heads * headSize),
      moduleMatrix('kv-a', 'attention', 'attention', 'none', hidden, headSize),
      vector('norms', 'none', headSize),
      moduleMatrix('o-a', 'attention', 'attention', 'tp-columns', (heads * headSize) / outputGroups, columns),
      moduleMatrix('o', 'attention', 'attention', 'tp-rows', columns, hidden),
    ];
    if (sinks) tensors.push(vector('attention', 'tp-columns', heads));
    if (compress === undefined) return tensors;
    tensors.push(...compressorTensors(hidden, compress, this.series, headSize));
    if (!indexer) return tensors;
    return [
      ...tensors,
      moduleMatrix('index-q', 'attention', 'attention', 'none', queryRank, indexer.heads * indexer.headSize),
      matrix('attention', 'wide', 'none', hidden, indexer.heads),
      ...compressorTensors(hidden, compress, this.series, indexer.headSize),
    ];
  }

  operations(context: LayerContext): Operation[] {
    const { model, tokens, work, parallel } = context;
    const { headSize, queryRank, outputGroups, outputRank, indexer } = this.attention;
    const heads = headsOnGpu(this.attention.heads, parallel.tp);
    const groups = headsOnGpu(outputGroups, parallel.tp);
    const typeOf = (part: AttentionPart) => typeOfPart(model, part, 'attention');
    const operations: Operation[] = [];
    const from = openHalf(context, operations);
    const down = queryRank + headSize;
    const compressed = this.compressorColumns;
    const shape = (name: string, columns: number): Shape => [
      axis('batch', work.sequences),
      axis('seq', context.seq),
      axis(name, columns),
    ];
    const lower = shape('latent', down + compressed);
    const compressing =
      compressed > 0
        ? [
            product(context, tokens, compressed, model.hidden, 'bf16'),
            elementwise(context.hardware, 2 * 4 * tokens * compressed, 4 * tokens * compressed),
          ]
        : [];
    operations.push(
      operation(
        'shared-down',
        compressed > 0 ? 'query, shared key/value, compressor' : 'query, shared key/value',
        'compute',
        'gpu',
        [from],
        gatheredShape(context),
        lower,
        sumOf(product(context, tokens, down, model.hidden, typeOf('kv-a')), ...compressing),
      ),
    );
    const indexQueries = indexer ? indexer.heads * indexer.headSize : 0;
    const queries = shape('columns', heads * headSize + indexQueries);
    const ups = [product(context, tokens, heads * headSize, queryRank, typeOf('q-b'))];
    if (indexer) ups.push(product(context, tokens, indexQueries, queryRank, typeOf('index-q')));
    operations.push(
      operation('shared-up', 'query up-projection', 'compute', 'gpu', ['shared-down'], lower, queries, sumOf(...ups)),
    );
    const before = contextExchange(context, operations, 'shared-up', queries, headSize);
    const output = outputShape(context, heads, headSize);
    const cost = this.cost(context, heads);
    operations.push(operation('attention', this.label, 'compute', 'gpu', [before], queries, output, cost));
    const columns = groups * outputRank;
    const perGroup = product(context, tokens, outputRank, (heads * headSize) / groups, typeOf('o-a'));
    const grouped = { ...perGroup, flop: groups * perGroup.flop, bytes: groups * perGroup.bytes };
    operations.push(
      operation(
        'output-down',
        'output by groups of heads',
        'compute',
        'gpu',
        ['attention'],
        output,
        shape('columns', columns),
        {
          ...grouped,
          seconds: product(context, tokens, columns, (heads * headSize) / groups, typeOf('o-a')).seconds,
        },
      ),
    );
    return closeHalf(context, operations, shape('columns', columns), columns, 'output-down');
  }

  /** `4 n_h d` per pair of a query and a token of the window or a compressed entry: keys are values. */
  pairFlop(length: number, prefix: number): number {
    return 4 * this.attention.heads * this.attention.headSize * this.pairs(length, prefix);
  }

  /**
   * One vector per token of the window and one per compressed entry; in 8 bits the part without position has a byte of scale for
   * 64 elements, and the part with position keeps 16 bits. The indexer's keys have 8 bits and a scale of 32. What waits to be
   * compressed is kept in fp32 with its weights, over two entries where they overlap. Every tp rank holds the same.
   */
  caches(elementBytes: number): readonly LayerCache[] {
    const { window, compress, indexer, headSize } = this.attention;
    const entry = this.entryBytes(elementBytes);
    const caches: LayerCache[] = [{ kind: 'window', bytesPerToken: entry, keptTokens: window, bytesPerSequence: 0 }];
    if (compress === undefined) return caches;
    caches.push({ kind: 'compressed', bytesPerToken: entry / compress, bytesPerSequence: 0 });
    if (indexer)
      caches.push({ kind: 'indexer', bytesPerToken: (indexer.headSize + 4) / compress, bytesPerSequence: 0 });
    for (const size of indexer ? [headSize, indexer.headSize] : [headSize]) {
      const stateTokens = this.series * compress;
      const bytesPerSequence = stateTokens * 2 * this.series * size * 4;
      caches.push({ kind: 'compressor state', bytesPerToken: 0, bytesPerSequence, stateTokens });
    }
    return caches;
  }

  liveElements(tokens: number, tp: number): number {
    const { queryRank, headSize, outputGroups, outputRank } = this.attention;
    const perHead = 2 * headsOnGpu(this.attention.heads, tp) * headSize;
    const output = headsOnGpu(outputGroups, tp) * outputRank;
    return tokens * (queryRank + headSize + this.compressorColumns + perHead + output);
  }

  savedBytes({ parallel, tokens, activationBytes }: LayerContext, operandBytes: number): number {
    const { queryRank, headSize, outputGroups, outputRank } = this.attention;
    const queries = headsOnGpu(this.attention.heads, parallel.tp) * headSize;
    const latents = queryRank + headSize;
    const before = (latents + this.compressorColumns + queries) * activationBytes + latents * operandBytes;
    return tokens * (before + (queries + headsOnGpu(outputGroups, parallel.tp) * outputRank) * operandBytes);
  }

  softmaxHeads(tp: number): number {
    return headsOnGpu(this.attention.heads, tp);
  }

  /** Nothing is published for this class, so twice the residual stream is assumed. */
  selectivelySavedElements({ residualTokens, model }: LayerContext): number {
    return 2 * residualTokens * model.hidden;
  }

  absorbedElements(): number {
    return 0;
  }

  /** Entries that overlap are made of two series, so that each token belongs to two of them. */
  private get series(): number {
    return this.attention.indexer ? 2 : 1;
  }

  /** Columns of the projections that are compressed, with as many of their weights. */
  private get compressorColumns(): number {
    const { compress, headSize, indexer } = this.attention;
    return compress === undefined ? 0 : 2 * this.series * (headSize + (indexer?.headSize ?? 0));
  }

  private get label(): string {
    const { compress, indexer } = this.attention;
    if (compress === undefined) return 'window attention';
    return indexer ? 'compressed sparse attention' : 'heavily compressed attention';
  }

  private entryBytes(elementBytes: number): number {
    const { headSize, ropeSize } = this.attention;
    if (elementBytes >= 2) return headSize * elementBytes;
    const nope = headSize - ropeSize;
    return nope + 2 * ropeSize + nope / SCALED + PADDING;
  }

  /** Tokens and entries that the queries of one sequence meet. */
  private pairs(length: number, prefix: number): number {
    const { window, compress, indexer } = this.attention;
    const near = attendedPairs(length, prefix, window);
    if (compress === undefined) return near;
    return near + compressedPairs(length, prefix, compress, indexer?.topK ?? Number.POSITIVE_INFINITY);
  }

  private cost(context: LayerContext, heads: number): Cost {
    const { work, hardware, model, parallel } = context;
    const { headSize, window, compress, indexer } = this.attention;
    if (work.phase === 'decode') {
      const elementBytes = BYTES_PER_ELEMENT[model.types.kv];
      const seen = work.prefix / parallel.cp;
      const entries = compress === undefined ? 0 : Math.min(indexer?.topK ?? seen, seen / compress);
      const keys = work.sequences * (Math.min(window, seen) + entries);
      const bytes = (keys * this.entryBytes(elementBytes)) / (parallel.dcp ?? 1);
      const flop = 4 * heads * headSize * keys * work.length;
      const cost = decodeAttention(hardware, true, elementBytes < 2, bytes, flop, true);
      return unmeasured(withIndexer(cost, this.indexerCost(context)));
    }
    const pairs = this.pairs(work.length, work.prefix) / parallel.cp;
    const bytes = work.sequences * context.seq * (2 * heads + 1) * headSize * context.activationBytes;
    const widths = 2 * headSize;
    const cost = prefillAttention(
      hardware,
      true,
      false,
      heads,
      widths,
      work.sequences,
      pairs,
      work.length,
      bytes,
      true,
    );
    return unmeasured(withIndexer(cost, this.indexerCost(context)));
  }

  /** Scores of every compressed key up to the causal limit. */
  private indexerCost({ work, hardware, parallel }: LayerContext): Cost | undefined {
    const { compress, indexer } = this.attention;
    if (!indexer || compress === undefined) return undefined;
    const decode = work.phase === 'decode';
    const all = Number.POSITIVE_INFINITY;
    const perSequence = decode
      ? (work.length * work.prefix) / compress
      : compressedPairs(work.length, work.prefix, compress, all);
    const pairs = (work.sequences * perSequence) / parallel.cp;
    const keys = (work.sequences * (decode ? work.prefix : work.prefix + work.length)) / compress / parallel.cp;
    const flop = 2 * indexer.heads * indexer.headSize * pairs;
    return indexerScores(hardware, flop, keys * (indexer.headSize + 4));
  }
}

/** The projections of what is compressed and of its weights, a bias of the weights by position in fp32, and a norm. */
function compressorTensors(hidden: number, compress: number, series: number, size: number): Tensor[] {
  const projection = matrix('attention', 'wide', 'none', hidden, series * size);
  return [projection, projection, vector('attention', 'none', compress * series * size), vector('norms', 'none', size)];
}
