import type { LatentAttention } from '../../plan/attention.ts';
import { BYTES_PER_ELEMENT, typeOfPart } from '../../plan/model.ts';
import { attendedPairs, decodeAttention, prefillAttention } from '../kernels/attention.ts';
import type { Cost } from '../kernels/primitive.ts';
import { axis, gatheredShape, type LayerContext, operation, sumOf } from '../layers/context.ts';
import { product } from '../layers/products.ts';
import type { Operation, Shape } from '../operation.ts';
import { moduleMatrix, type Tensor, vector } from '../parameters/tensor.ts';
import { outputTensors } from './byHeads.ts';
import { closeHalf, contextExchange, openHalf, outputShape } from './half.ts';
import { indexerCaches, indexerCost, indexerKernels, withIndexer } from './indexer.ts';
import { type AttentionProfile, type CacheForm, headsOnGpu, type LayerCache } from './profile.ts';

/**
 * Multi-head latent attention (DeepSeek-V2, section 2.1): one latent vector per token stands for the keys and values of all
 * heads.
 */
export class Latent implements AttentionProfile {
  /** The up-projections of queries, keys and values include their norms and positions. */
  static readonly projections: Readonly<Record<string, number>> = { 'latent-down': 1, 'latent-up': 5 };
  readonly unshapedParameters = 0;
  private readonly attention: LatentAttention;

  constructor(attention: LatentAttention) {
    this.attention = attention;
  }

  tensors(hidden: number): Tensor[] {
    const { heads, queryRank, kvRank, nopeSize, ropeSize, valueSize } = this.attention;
    const queryWidth = heads * (nopeSize + ropeSize);
    const tensors: Tensor[] = [];
    if (queryRank === undefined) {
      tensors.push(moduleMatrix('q', 'attention', 'attention', 'tp-columns', hidden, queryWidth));
    } else {
      tensors.push(
        moduleMatrix('q-a', 'attention', 'attention', 'none', hidden, queryRank),
        vector('norms', 'none', queryRank),
        moduleMatrix('q-b', 'attention', 'attention', 'tp-columns', queryRank, queryWidth),
      );
    }
    tensors.push(
      moduleMatrix('kv-a', 'attention', 'attention', 'none', hidden, kvRank + ropeSize),
      vector('norms', 'none', kvRank),
      moduleMatrix('kv-b', 'attention', 'attention', 'tp-columns', kvRank, heads * (nopeSize + valueSize)),
      ...outputTensors(this.attention, hidden, heads * valueSize, queryRank ?? hidden),
    );
    return tensors;
  }

  operations(context: LayerContext): Operation[] {
    const { model, tokens, work, parallel } = context;
    const { queryRank, kvRank, nopeSize, ropeSize, valueSize, outputGate, headGate } = this.attention;
    const heads = headsOnGpu(this.attention.heads, parallel.tp);
    const operations: Operation[] = [];
    const from = openHalf(context, operations);
    const output = outputShape(context, heads, valueSize);
    const downType = typeOfPart(model, 'kv-a', 'attention');
    const queryType = typeOfPart(model, queryRank === undefined ? 'q' : 'q-b', 'attention');
    const queryWidth = nopeSize + ropeSize;
    const down = (queryRank ?? 0) + kvRank + ropeSize;
    const gates = heads * ((outputGate ? valueSize : 0) + (headGate ? 1 : 0));
    const gate =
      gates > 0 ? [product(context, tokens, gates, model.hidden, typeOfPart(model, 'gate', 'attention'))] : [];
    const latent: Shape = [axis('batch', work.sequences), axis('seq', context.seq), axis('latent', down)];
    operations.push(
      operation(
        'latent-down',
        'latent down-projections',
        'compute',
        'gpu',
        [from],
        gatheredShape(context),
        latent,
        sumOf(product(context, tokens, down, model.hidden, downType), ...gate),
      ),
    );
    const query = product(context, tokens, heads * queryWidth, queryRank ?? model.hidden, queryType);
    const decode = work.phase === 'decode';
    // Decode multiplies queries and outputs with the absorbed up-projections. Prefill expands keys and values.
    const expand = decode
      ? absorbed(context, heads, kvRank, nopeSize + valueSize)
      : product(context, tokens, heads * (nopeSize + valueSize), kvRank, typeOfPart(model, 'kv-b', 'attention'));
    const columns = decode ? heads * (kvRank + ropeSize) : heads * (2 * nopeSize + ropeSize + valueSize + ropeSize);
    const projected: Shape = [axis('batch', work.sequences), axis('seq', context.seq), axis('columns', columns)];
    const label = decode ? 'query up-projection, absorbed' : 'query, key, value up-projections';
    operations.push(
      operation('latent-up', label, 'compute', 'gpu', ['latent-down'], latent, projected, sumOf(query, expand)),
    );
    const before = contextExchange(context, operations, 'latent-up', projected, kvRank + ropeSize);
    const cost = this.cost(context, heads);
    // The two parts of keys are copied into one, and the cache is written.
    const eagerKernels = 4 + indexerKernels(this.attention.indexer);
    operations.push({
      ...operation('attention', 'latent attention', 'compute', 'gpu', [before], projected, output, cost),
      eagerKernels,
    });
    return closeHalf(context, operations, output, heads * valueSize);
  }

  /** `2 n_h (d_nope + d_rope + d_v)` per attended pair. */
  pairFlop(length: number, prefix: number): number {
    const { heads, nopeSize, ropeSize, valueSize } = this.attention;
    return 2 * heads * (nopeSize + ropeSize + valueSize) * attendedPairs(length, prefix, this.keyCap);
  }

  /**
   * `(kv_rank + d_rope) b_kv` per token. Every tp rank holds the same. Kernels of sparse attention may want latents of 8 bits
   * with a scale of 32 bits for 128 elements, and the rotary part in 16 bits.
   */
  caches(elementBytes: number, _tp: number, form: CacheForm = {}): readonly LayerCache[] {
    const { kvRank, ropeSize, indexer } = this.attention;
    const isScaled = form.scalesLatent === true && indexer !== undefined && elementBytes === 1;
    const cache: LayerCache = {
      kind: 'latent',
      bytesPerToken: isScaled ? kvRank + 4 * (kvRank / 128) + 2 * ropeSize : (kvRank + ropeSize) * elementBytes,
      bytesPerSequence: 0,
    };
    return [cache, ...indexerCaches(indexer, form)];
  }

  liveElements(tokens: number, tp: number): number {
    const { queryRank, kvRank, nopeSize, ropeSize, valueSize } = this.attention;
    const heads = headsOnGpu(this.attention.heads, tp);
    return tokens * ((queryRank ?? 0) + kvRank + ropeSize + heads * (2 * (nopeSize + ropeSize) + 2 * valueSize));
  }

  /**
   * Latents before their norms, and after them as operands; what they are expanded to, where that is kept; and the output.
   */
  savedBytes({ parallel, tokens, activationBytes }: LayerContext, operandBytes: number): number {
    const { queryRank = 0, kvRank, nopeSize, ropeSize, valueSize } = this.attention;
    const heads = headsOnGpu(this.attention.heads, parallel.tp);
    let bytes = tokens * ((queryRank + kvRank + ropeSize) * activationBytes + (queryRank + kvRank) * operandBytes);
    const up = heads * (2 * (nopeSize + ropeSize) + valueSize);
    if (!parallel.recompute.includes('mla-up')) bytes += tokens * up * activationBytes;
    return bytes + tokens * heads * valueSize * operandBytes;
  }

  softmaxHeads(tp: number): number {
    return headsOnGpu(this.attention.heads, tp);
  }

  /** Nothing is published for this class, so twice the residual stream is assumed. */
  selectivelySavedElements({ residualTokens, model }: LayerContext): number {
    return 2 * residualTokens * model.hidden;
  }

  /**
   * The up-projection of keys and values, stored a second time for decode to read (`W_UK_T` and `W_UV`, `w_kc` and `w_vc`).
   */
  absorbedElements(tp: number): number {
    const { heads, kvRank, nopeSize, valueSize } = this.attention;
    return headsOnGpu(heads, tp) * (nopeSize + valueSize) * kvRank;
  }

  /** Number of keys that a query may see: all, or the indexer's choice. */
  private get keyCap(): number {
    return this.attention.indexer?.topK ?? Number.POSITIVE_INFINITY;
  }

  private cost(context: LayerContext, heads: number): Cost {
    const { work, hardware, model, parallel } = context;
    const { kvRank, nopeSize, ropeSize, valueSize } = this.attention;
    const indexer = indexerCost(context, this.attention.indexer, this.attention.queryRank ?? model.hidden);
    const isSparse = this.attention.indexer !== undefined;
    if (work.phase === 'decode') {
      const cacheBytes = BYTES_PER_ELEMENT[model.types.kv];
      const keys = work.sequences * Math.min(this.keyCap, work.prefix / parallel.cp);
      const bytes = (keys * (kvRank + ropeSize) * cacheBytes) / (parallel.dcp ?? 1);
      const flop = 2 * heads * (2 * kvRank + ropeSize) * keys * work.length;
      return withIndexer(decodeAttention(hardware, true, cacheBytes < 2, bytes, flop, isSparse), indexer);
    }
    const widths = nopeSize + ropeSize + valueSize;
    const pairs = attendedPairs(work.length, work.prefix, this.keyCap) / parallel.cp;
    const bytes = work.sequences * context.seq * heads * 2 * widths * context.activationBytes;
    const cost = prefillAttention(
      hardware,
      true,
      !isSparse && work.phase !== 'training' && BYTES_PER_ELEMENT[model.types.kv] < 2,
      heads,
      widths,
      work.sequences,
      pairs,
      work.length,
      bytes,
      isSparse,
    );
    return withIndexer(cost, indexer);
  }
}

/** Two batched products per head: the query into the latent space and the result out of it. */
function absorbed(context: LayerContext, heads: number, rank: number, widths: number): Cost {
  const perHead = product(context, context.tokens, widths, rank, typeOfPart(context.model, 'kv-b', 'attention'));
  const { gpu } = context.hardware;
  const flop = perHead.flop * heads;
  const bytes = perHead.bytes * heads;
  const start = 2 * context.hardware.engine.elementwiseStart;
  const seconds = start + Math.max(flop / (0.6 * gpu.peak.bf16), bytes / (0.8 * gpu.memoryBandwidth));
  return { ...perHead, flop, bytes, seconds };
}
