import type { Entity } from '../language/entity.ts';
import { type AttentionCommon, type AttentionShape, commonOf, indexerSizes, partsBeside } from './attentionParts.ts';
import {
  type CompressedAttention,
  compressedLacks,
  compressedShape,
  isCompressed,
  resolveCompressed,
} from './compressedAttention.ts';
import { numberOf } from './values.ts';

export type { AttentionPart, AttentionShape, ConfigSize, Indexer } from './attentionParts.ts';
export type { CompressedAttention } from './compressedAttention.ts';

/**
 * The classes of attention: the data of each class, the shape that plans ask it for, and how a block states it. What each
 * class costs is in a file of its own in `cost/attention/`.
 */

/** Multi-head (kvHeads = heads), grouped-query or multi-query attention. */
export interface GroupedQueryAttention extends AttentionCommon {
  readonly kind: 'gqa';
  readonly kvHeads: number;
  readonly headSize: number;
  readonly valueHeadSize: number;
  /** Keys farther back are not kept. */
  readonly window?: number;
  readonly chunk?: number;
}

/** Multi-head latent attention (DeepSeek-V2, section 2.1). */
export interface LatentAttention extends AttentionCommon {
  readonly kind: 'mla';
  readonly queryRank?: number;
  readonly kvRank: number;
  readonly nopeSize: number;
  readonly ropeSize: number;
  readonly valueSize: number;
}

/** Linear attention or a state-space layer: a state of fixed size per sequence instead of a KV cache. */
export interface LinearAttention extends AttentionCommon {
  readonly kind: 'linear';
  readonly headSize: number;
  readonly stateBytes: number;
  /** Parameters where they are stated, else the four projections. */
  readonly parameters?: number;
  /**
   * Columns of the input projections and rows of the output projection among these parameters, which a quantiser converts, and
   * the number of the others (convolutions, gates of few columns, decays, norms), which stay 16 bits wide.
   */
  readonly projected?: { readonly input: number; readonly output: number; readonly others: number };
}

/** A layer that is a feed-forward network alone (hybrid models). */
export interface NoAttention {
  readonly kind: 'none';
  readonly name: string;
}

/** Attention and a state-space part that read the same normed stream and are summed (Falcon-H1). Only configs have it. */
export interface ParallelAttention {
  readonly kind: 'parallel';
  readonly name: string;
  readonly attention: GroupedQueryAttention;
  readonly state: LinearAttention;
}

export type Attention =
  | GroupedQueryAttention
  | LatentAttention
  | LinearAttention
  | CompressedAttention
  | ParallelAttention
  | NoAttention;

/**
 * A layer without attention has this object. All share it, because layers are of one class when their parts are the same
 * objects.
 */
export const NO_ATTENTION: NoAttention = { kind: 'none', name: 'none' };

/** False for a layer that is a feed-forward network alone. */
export function isPresent(attention: Attention): boolean {
  return attention.kind !== 'none';
}

/** Nothing for a layer without attention. */
export function shapeOf(attention: Attention): AttentionShape | undefined {
  return attention.kind === 'none' ? undefined : shapeOfPresent(attention);
}

/** Whether `tp` splits the heads of the cache, or repeats each a whole number of times. */
export function keepsKvHeads({ kvHeads }: Pick<AttentionShape, 'kvHeads'>, tp: number): boolean {
  return kvHeads === undefined || kvHeads % tp === 0 || tp % kvHeads === 0;
}

/** Names every class, so that a missing one does not compile. */
function shapeOfPresent(attention: Exclude<Attention, NoAttention>): AttentionShape {
  switch (attention.kind) {
    case 'gqa':
      return groupedQueryShape(attention);
    case 'mla':
      return latentShape(attention);
    case 'linear':
      return linearShape(attention);
    case 'parallel':
      return parallelShape(attention);
    case 'compressed':
      return compressedShape(attention);
  }
}

function groupedQueryShape(attention: GroupedQueryAttention): AttentionShape {
  const { heads, kvHeads, headSize } = attention;
  return {
    heads,
    isSplitByHeads: true,
    queryWidth: headSize,
    kvHeads,
    isLatent: false,
    chosenWidth: undefined,
    compression: undefined,
    scaled: { name: 'heads x head-size', width: heads * headSize },
    letter: '*',
    parts: [
      ...(attention.reusesKv ? (['q', 'o'] as const) : (['q', 'k', 'v', 'o'] as const)),
      ...partsBeside(attention),
    ],
    hasUncountedBias: false,
    configSizes: () => [
      ['attention', 'heads', heads, 'num_attention_heads'],
      ['attention', 'kv-heads', kvHeads, 'num_key_value_heads'],
      ['attention', 'head-size', headSize, 'head_dim'],
      ['attention', 'window', attention.window, 'sliding_window'],
      ['attention', 'chunk', attention.chunk, 'attention_chunk_size'],
      ...indexerSizes(attention.indexer),
    ],
  };
}

function latentShape(attention: LatentAttention): AttentionShape {
  const { heads, nopeSize, ropeSize, valueSize } = attention;
  return {
    heads,
    isSplitByHeads: true,
    queryWidth: nopeSize + ropeSize,
    kvHeads: undefined,
    isLatent: true,
    chosenWidth: attention.indexer && attention.kvRank + ropeSize,
    compression: undefined,
    scaled: { name: 'heads x value-size', width: heads * valueSize },
    letter: '*',
    parts: [
      ...(attention.queryRank === undefined ? (['q'] as const) : (['q-a', 'q-b'] as const)),
      'kv-a',
      'kv-b',
      'o',
      ...partsBeside(attention),
    ],
    hasUncountedBias: attention.bias,
    configSizes: () => [
      ['attention', 'heads', heads, 'num_attention_heads'],
      ['attention', 'query-rank', attention.queryRank, 'q_lora_rank'],
      ['attention', 'kv-rank', attention.kvRank, 'kv_lora_rank'],
      ['attention', 'nope-size', nopeSize, 'qk_nope_head_dim'],
      ['attention', 'rope-size', ropeSize, 'qk_rope_head_dim'],
      ['attention', 'value-size', valueSize, 'v_head_dim'],
      ...indexerSizes(attention.indexer),
    ],
  };
}

function linearShape({ heads, headSize, stateBytes, parameters }: LinearAttention): AttentionShape {
  return {
    heads,
    isSplitByHeads: parameters === undefined || heads !== 1,
    queryWidth: headSize,
    kvHeads: undefined,
    isLatent: false,
    chosenWidth: undefined,
    compression: undefined,
    scaled: undefined,
    letter: 'M',
    parts: parameters === undefined ? ['q', 'k', 'v', 'o'] : ['state-in', 'state-out'],
    hasUncountedBias: false,
    configSizes: () => [
      ['attention', 'heads', heads, 'num_heads'],
      ['attention', 'head-size', headSize, 'head_dim'],
      ['attention', 'state', stateBytes, 'ssm_state_size'],
      ['attention', 'parameters', parameters, 'ssm_state_size'],
    ],
  };
}

function parallelShape({ attention, state }: ParallelAttention): AttentionShape {
  const [byHeads, beside] = [groupedQueryShape(attention), linearShape(state)];
  return {
    ...byHeads,
    parts: [...byHeads.parts, ...beside.parts],
    configSizes: () => [...byHeads.configSizes(), ...beside.configSizes()],
  };
}

/** Names of the properties that an attention block needs and lacks. */
export function attentionLacks(block: Entity): readonly string[] {
  const { properties } = block;
  if (isCompressed(block)) return compressedLacks(block);
  const wanted = properties.has('state') && properties.has('parameters') ? [] : ['heads'];
  if (properties.has('kv-rank')) wanted.push('nope-size', 'rope-size', 'value-size');
  return wanted.filter((name) => !properties.has(name));
}

/**
 * An `attention` block as plain data. Without `heads` it gets one head, so that shapes stay finite. `hidden` in elements.
 */
export function resolveAttention(block: Entity, hidden: number): Attention {
  const common = commonOf(block);
  if (isCompressed(block)) return resolveCompressed(block, common);
  const headSize = numberOf(block, 'head-size') ?? Math.max(1, Math.floor(hidden / common.heads));
  const kvRank = numberOf(block, 'kv-rank');
  if (kvRank !== undefined) {
    const queryRank = numberOf(block, 'query-rank');
    const nopeSize = numberOf(block, 'nope-size') ?? headSize;
    return {
      ...common,
      kind: 'mla',
      ...(queryRank !== undefined && { queryRank }),
      kvRank,
      nopeSize,
      ropeSize: numberOf(block, 'rope-size') ?? 0,
      valueSize: numberOf(block, 'value-size') ?? nopeSize,
    };
  }
  const state = numberOf(block, 'state');
  if (state !== undefined) {
    const parameters = numberOf(block, 'parameters');
    return { ...common, kind: 'linear', headSize, stateBytes: state, ...(parameters !== undefined && { parameters }) };
  }
  const window = numberOf(block, 'window');
  const chunk = numberOf(block, 'chunk');
  return {
    ...common,
    kind: 'gqa',
    kvHeads: numberOf(block, 'kv-heads') ?? common.heads,
    headSize,
    valueHeadSize: numberOf(block, 'value-head-size') ?? headSize,
    ...(window !== undefined && { window }),
    ...(chunk !== undefined && { chunk }),
  };
}
