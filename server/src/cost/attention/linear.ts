import type { LinearAttention } from '../../plan/attention.ts';
import { LINEAR } from '../constants/attention.ts';
import { linearAttention } from '../kernels/attention.ts';
import { elementwise } from '../kernels/elementwise.ts';
import type { Cost } from '../kernels/primitive.ts';
import { type LayerContext, operation } from '../layers/context.ts';
import type { Operation } from '../operation.ts';
import { matrix, moduleMatrix, type Tensor } from '../parameters/tensor.ts';
import { projectByHeads, QUERY_KEY_VALUE, tensorsByHeads } from './byHeads.ts';
import { closeHalf, openHalf, outputShape } from './half.ts';
import { type AttentionProfile, headsOnGpu, type LayerCache } from './profile.ts';

/**
 * Kernels of a chunked scan beside its projections: the parts of the projection taken apart, convolution, gates, norms of queries and
 * keys, sums, products and inverses of chunks, states, outputs, the gated norm, the states read and written (`chunk_gated_delta_rule`
 * and its caller in SGLang).
 */
const SCAN_KERNELS = 17;
/** In decode one kernel updates the state, beside the convolution, the gates and the gated norm. */
const UPDATE_KERNELS = 4;

/** Linear attention and state-space layers: a state of fixed size per sequence replaces keys and values. */
export class Linear implements AttentionProfile {
  static readonly projections = QUERY_KEY_VALUE;
  private readonly attention: LinearAttention;

  constructor(attention: LinearAttention) {
    this.attention = attention;
  }

  /**
   * Parameters that are stated as a number are kept as one vector, because their shapes are not known, apart from projections
   * of known widths.
   */
  tensors(hidden: number): Tensor[] {
    const { heads, headSize, parameters, projected } = this.attention;
    if (parameters === undefined) return tensorsByHeads(this.attention, hidden, heads, headSize);
    if (!projected) return [matrix('attention', 'attention', 'tp-columns', 1, parameters)];
    const { input, output, others } = projected;
    return [
      moduleMatrix('state-in', 'attention', 'attention', 'tp-columns', hidden, input),
      moduleMatrix('state-out', 'attention', 'attention', 'tp-rows', output, hidden),
      matrix('attention', 'wide', 'tp-columns', 1, others),
    ];
  }

  get unshapedParameters(): number {
    const { parameters, projected } = this.attention;
    return projected?.others ?? parameters ?? 0;
  }

  operations(context: LayerContext): Operation[] {
    const { attention } = this;
    const heads = headsOnGpu(attention.heads, context.parallel.tp);
    const valueSize = attention.headSize;
    const operations: Operation[] = [];
    const from = openHalf(context, operations);
    const output = outputShape(context, heads, valueSize);
    const onGpu = { heads, kvHeads: heads, valueSize };
    const { before, projected } = projectByHeads(context, attention, onGpu, from, operations);
    const cost = this.cost(context, heads);
    operations.push({
      ...operation('attention', 'linear attention', 'compute', 'gpu', [before], projected, output, cost),
      eagerKernels: context.work.phase === 'decode' ? UPDATE_KERNELS : SCAN_KERNELS,
    });
    return closeHalf(context, operations, output, heads * valueSize);
  }

  /** 4 FLOP per element of the fp32 state, that is one per byte. No pairs of tokens meet. */
  pairFlop(length: number): number {
    return this.attention.stateBytes * length;
  }

  caches(_elementBytes: number, tp: number): readonly LayerCache[] {
    return [{ kind: 'linear state', bytesPerToken: 0, bytesPerSequence: this.attention.stateBytes / tp }];
  }

  /**
   * Projections, the products of chunks and the states between them. vLLM's start-up logs of Qwen3.5-9B and Qwen3.6-27B have
   * 26 and 22 elements per head column.
   */
  liveElements(tokens: number, tp: number): number {
    return tokens * headsOnGpu(this.attention.heads, tp) * this.attention.headSize * 22;
  }

  /** Input projections (keys, values, gate and state inputs) and the outputs of the convolution and the scan. */
  savedBytes({ parallel, tokens, activationBytes }: LayerContext, operandBytes: number): number {
    const heads = headsOnGpu(this.attention.heads, parallel.tp);
    return tokens * heads * this.attention.headSize * (4 * activationBytes + operandBytes);
  }

  softmaxHeads(): number {
    return 0;
  }

  /** Nothing is published for this class, so twice the residual stream is assumed. */
  selectivelySavedElements({ residualTokens, model }: LayerContext): number {
    return 2 * residualTokens * model.hidden;
  }

  absorbedElements(): number {
    return 0;
  }

  /**
   * 4 FLOP per state element and token; the state is read and written once per sequence and step. Many tokens are read in
   * chunks of c, in which each token meets the others: `2 c n_h (d_k + d_v)` more.
   */
  private cost(context: LayerContext, heads: number): Cost {
    const { work, tokens, hardware, parallel, activationBytes } = context;
    const { headSize, stateBytes } = this.attention;
    const state = stateBytes / parallel.tp;
    const elements = state / 4;
    const keySize = elements / (heads * headSize);
    const inChunk = work.phase === 'decode' ? 0 : 2 * LINEAR.chunk * heads * (keySize + headSize);
    const flop = tokens * (4 * elements + inChunk);
    const bytes = work.sequences * 2 * state + 4 * tokens * heads * headSize * activationBytes;
    // Training has a factor of its own, which is fitted to the time that the bytes take.
    if (work.phase === 'training') return { ...elementwise(hardware, bytes, flop), formula: 'linear-attention' };
    return linearAttention(hardware, flop, bytes);
  }
}
