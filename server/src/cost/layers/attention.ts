import type { Attention, GroupedQueryAttention, LatentAttention, LinearAttention } from '../../plan/attention.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import { allGather } from '../collectives/collectives.ts';
import { LINEAR } from '../constants/attention.ts';
import {
  attendedPairs,
  decodeAttention,
  indexerScores,
  linearAttention,
  prefillAttention,
} from '../kernels/attention.ts';
import { elementwise } from '../kernels/elementwise.ts';
import type { Cost } from '../kernels/primitive.ts';
import type { Operation, Shape } from '../operation.ts';
import { axis, gatheredShape, type LayerContext, operation, residualShape, sumOf } from './context.ts';
import { product } from './products.ts';
import { gatherOperation, normOperation, reduceOperation, residualSum } from './residual.ts';

/**
 * The attention half of a layer: norm, projections, attention, output projection, the sum over the tp group and the
 * residual sum. Returns the operations in order; the last is the half's output.
 */
export function attentionOperations(context: LayerContext, attention: Attention): Operation[] {
  if (attention.kind === 'none') return [];
  const { work, seq, tokens } = context;
  const operations: Operation[] = [];
  const residual = residualShape(context);
  const gathered = gatheredShape(context);
  operations.push(normOperation(context, 'input-norm', 'attention norm', 'input'));
  const from = gatherOperation(context, operations, 'attention-gather', 'input-norm');
  const heads = Math.ceil(attention.heads / context.parallel.tp);
  const valueSize =
    attention.kind === 'mla'
      ? attention.valueSize
      : attention.kind === 'gqa'
        ? attention.valueHeadSize
        : attention.headSize;
  const outputShape: Shape = [
    axis('batch', work.sequences),
    axis('seq', seq),
    axis('heads', heads),
    axis('head-size', valueSize),
  ];
  if (attention.kind === 'mla') latentOperations(context, attention, heads, from, outputShape, operations);
  else plainOperations(context, attention, heads, from, outputShape, operations);
  operations.push(
    operation(
      'output-projection',
      'output projection',
      'compute',
      'gpu',
      ['attention'],
      outputShape,
      gathered,
      product(context, tokens, context.model.hidden, heads * valueSize, context.model.types.attention),
    ),
  );
  const last = reduceOperation(context, operations, 'attention', 'output-projection');
  operations.push(residualSum(context, 'attention-add', 'residual sum', ['input', last], residual));
  return operations;
}

function plainOperations(
  context: LayerContext,
  attention: GroupedQueryAttention | LinearAttention,
  heads: number,
  from: string,
  output: Shape,
  operations: Operation[],
): void {
  const { model, tokens, work, parallel } = context;
  const kvHeads = attention.kind === 'gqa' ? Math.max(1, Math.ceil(attention.kvHeads / parallel.tp)) : heads;
  const valueSize = attention.kind === 'gqa' ? attention.valueHeadSize : attention.headSize;
  const queries = heads * attention.headSize * (attention.outputGate ? 2 : 1);
  const columns = queries + kvHeads * (attention.headSize + valueSize);
  const projected: Shape = [axis('batch', work.sequences), axis('seq', context.seq), axis('columns', columns)];
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
        product(context, tokens, columns, model.hidden, model.types.attention),
        positioned(context, attention, queries + kvHeads * attention.headSize),
      ),
    ),
  );
  const before = contextExchange(context, operations, 'qkv', projected, kvHeads * (attention.headSize + valueSize));
  const cost =
    attention.kind === 'linear'
      ? linearCost(context, attention, heads)
      : groupedQueryCost(context, attention, heads, kvHeads);
  const label = attention.kind === 'linear' ? 'linear attention' : attention.name;
  operations.push(operation('attention', label, 'compute', 'gpu', [before], projected, output, cost));
}

/** Rotary positions, and norms of queries and keys: each reads and writes them once. */
function positioned(context: LayerContext, attention: GroupedQueryAttention | LinearAttention, columns: number): Cost {
  const elements = context.tokens * columns;
  const once = elementwise(context.hardware, 2 * elements * context.activationBytes, 6 * elements);
  return attention.qkNorm ? sumOf(once, once) : once;
}

/** Context parallelism: keys and values of the other ranks go round the cp group (ring attention). */
function contextExchange(
  context: LayerContext,
  operations: Operation[],
  after: string,
  shape: Shape,
  elementsPerToken: number,
): string {
  const { parallel, links, hardware, tokens, activationBytes, work } = context;
  if (parallel.cp === 1 || work.phase === 'decode') return after;
  const all = tokens * parallel.cp * elementsPerToken * activationBytes;
  const cost = allGather(links.cp, hardware.collectives, all);
  operations.push(
    operation('context-gather', 'key/value all-gather', 'communication', 'cp', [after], shape, shape, cost),
  );
  return 'context-gather';
}

/** Keys that a query may see: the window, the chunk or the indexer's choice. */
function keyCap(attention: GroupedQueryAttention | LatentAttention): number {
  let cap = Number.POSITIVE_INFINITY;
  if (attention.kind === 'gqa') cap = Math.min(attention.window ?? cap, attention.chunk ?? cap);
  return Math.min(cap, attention.indexer?.topK ?? cap);
}

function groupedQueryCost(
  context: LayerContext,
  attention: GroupedQueryAttention,
  heads: number,
  kvHeads: number,
): Cost {
  const { work, hardware, model, parallel } = context;
  const widths = attention.headSize + attention.valueHeadSize;
  const cacheBytes = BYTES_PER_ELEMENT[model.types.kv];
  const cap = keyCap(attention);
  const indexer = indexerCost(context, attention);
  if (work.phase === 'decode') {
    // Drafted tokens of a sequence share one read of its cache.
    const keys = Math.min(cap, work.prefix / parallel.cp);
    const bytes = work.sequences * keys * kvHeads * widths * cacheBytes;
    const flop = 2 * heads * widths * work.sequences * work.length * keys;
    return withIndexer(decodeAttention(hardware, false, cacheBytes < 2, bytes, flop), indexer);
  }
  const pairs = attendedPairs(work.length, work.prefix, cap) / parallel.cp;
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
  );
  return withIndexer(cost, indexer);
}

function latentOperations(
  context: LayerContext,
  attention: LatentAttention,
  heads: number,
  from: string,
  output: Shape,
  operations: Operation[],
): void {
  const { model, tokens, work } = context;
  const type = model.types.attention;
  const { queryRank, kvRank, nopeSize, ropeSize, valueSize } = attention;
  const queryWidth = nopeSize + ropeSize;
  const down = (queryRank ?? 0) + kvRank + ropeSize;
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
      product(context, tokens, down, model.hidden, type),
    ),
  );
  const query = product(context, tokens, heads * queryWidth, queryRank ?? model.hidden, type);
  const decode = work.phase === 'decode';
  // Decode multiplies queries and outputs with the absorbed up-projections; prefill expands keys and values.
  const expand = decode
    ? absorbed(context, heads, kvRank, nopeSize + valueSize)
    : product(context, tokens, heads * (nopeSize + valueSize), kvRank, type);
  const columns = decode ? heads * (kvRank + ropeSize) : heads * (2 * nopeSize + ropeSize + valueSize + ropeSize);
  const projected: Shape = [axis('batch', work.sequences), axis('seq', context.seq), axis('columns', columns)];
  const label = decode ? 'query up-projection, absorbed' : 'query, key, value up-projections';
  operations.push(
    operation('latent-up', label, 'compute', 'gpu', ['latent-down'], latent, projected, sumOf(query, expand)),
  );
  const before = contextExchange(context, operations, 'latent-up', projected, kvRank + ropeSize);
  operations.push(
    operation(
      'attention',
      'latent attention',
      'compute',
      'gpu',
      [before],
      projected,
      output,
      latentCost(context, attention, heads),
    ),
  );
}

/** Two batched products per head: the query into the latent space and the result out of it. */
function absorbed(context: LayerContext, heads: number, rank: number, widths: number): Cost {
  const one = product(context, context.tokens, widths, rank, context.model.types.attention);
  const { gpu } = context.hardware;
  const flop = one.flop * heads;
  const bytes = one.bytes * heads;
  const start = 2 * context.hardware.engine.elementwiseStart;
  const seconds = start + Math.max(flop / (0.6 * gpu.peak.bf16), bytes / (0.8 * gpu.memoryBandwidth));
  return { ...one, flop, bytes, seconds };
}

function latentCost(context: LayerContext, attention: LatentAttention, heads: number): Cost {
  const { work, hardware, model, parallel } = context;
  const { kvRank, nopeSize, ropeSize, valueSize } = attention;
  const cap = keyCap(attention);
  const indexer = indexerCost(context, attention);
  if (work.phase === 'decode') {
    const cacheBytes = BYTES_PER_ELEMENT[model.types.kv];
    const keys = work.sequences * Math.min(cap, work.prefix / parallel.cp);
    const bytes = keys * (kvRank + ropeSize) * cacheBytes;
    const flop = 2 * heads * (2 * kvRank + ropeSize) * keys * work.length;
    return withIndexer(decodeAttention(hardware, true, cacheBytes < 2, bytes, flop, indexer !== undefined), indexer);
  }
  const widths = nopeSize + ropeSize + valueSize;
  const pairs = attendedPairs(work.length, work.prefix, cap) / parallel.cp;
  const bytes = work.sequences * context.seq * heads * 2 * widths * context.activationBytes;
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
    indexer !== undefined,
  );
  return withIndexer(cost, indexer);
}

/** Sparse attention's indexer scores every key that is not cut off: `2 n_i d_i` per pair. */
function indexerCost(context: LayerContext, attention: GroupedQueryAttention | LatentAttention): Cost | undefined {
  const { indexer } = attention;
  if (!indexer) return undefined;
  const { work, hardware, tokens, parallel } = context;
  const decode = work.phase === 'decode';
  const all = decode ? work.length * work.prefix : attendedPairs(work.length, work.prefix, Number.POSITIVE_INFINITY);
  const pairs = (work.sequences * all) / parallel.cp;
  const flop = 2 * indexer.heads * indexer.headSize * pairs;
  const keys = decode ? (work.sequences * work.prefix) / parallel.cp : tokens;
  const bytes = keys * (indexer.headSize + 4);
  return indexerScores(hardware, flop, bytes);
}

function withIndexer(cost: Cost, indexer: Cost | undefined): Cost {
  return indexer ? sumOf(cost, indexer) : cost;
}

/**
 * Linear attention and state-space layers: 4 FLOP per state element and token, the state read and written once per
 * sequence and step. Many tokens are read in chunks of c, within which each meets the others: `2 c n_h (d_k + d_v)` more.
 */
function linearCost(context: LayerContext, attention: LinearAttention, heads: number): Cost {
  const { work, tokens, hardware, parallel, activationBytes } = context;
  const state = attention.stateBytes / parallel.tp;
  const elements = state / 4;
  const keySize = elements / (heads * attention.headSize);
  const inChunk = work.phase === 'decode' ? 0 : 2 * LINEAR.chunk * heads * (keySize + attention.headSize);
  const flop = tokens * (4 * elements + inChunk);
  const bytes = work.sequences * 2 * state + 4 * tokens * heads * attention.headSize * activationBytes;
  // Training has a factor of its own, fitted over the time of the bytes.
  if (work.phase === 'training') return { ...elementwise(hardware, bytes, flop), formula: 'linear-attention' };
  return linearAttention(hardware, flop, bytes);
}
