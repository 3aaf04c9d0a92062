import type { Entity } from '../language/entity.ts';
import { childOf, flagOf, numberOf, wordOf } from './values.ts';

/**
 * The classes of attention: the data of each class, the shape that plans ask it for, and how a block states it. What each
 * class costs is in a file of its own in `cost/attention/`.
 */

/** Projections of attention by what they do: modules that a checkpoint may store in types of their own. */
export type AttentionPart =
  | 'q'
  | 'k'
  | 'v'
  | 'o'
  | 'gate'
  | 'q-a'
  | 'q-b'
  | 'kv-a'
  | 'kv-b'
  | 'index-q'
  | 'index-k'
  | 'state-in'
  | 'state-out';

export interface Indexer {
  readonly heads: number;
  readonly headSize: number;
  /** Keys attended to per query. */
  readonly topK: number;
  /** The keys are those that the indexer of an earlier layer chose: it has neither tensors nor a cache of its own. */
  readonly reused?: boolean;
}

interface AttentionCommon {
  /** Name of the class: `attention`, or the block's own name. */
  readonly name: string;
  readonly heads: number;
  readonly bias: boolean;
  readonly outputBias: boolean;
  readonly qkNorm: boolean;
  /** The norm of queries and keys spans all heads together instead of each by itself. */
  readonly wideQkNorm?: boolean;
  /** Values are the keys before their norm and positions: one projection makes both, and the cache keeps both. */
  readonly sharedKv?: boolean;
  readonly sinks: boolean;
  readonly outputGate: boolean;
  readonly indexer?: Indexer;
}

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

export type Attention = GroupedQueryAttention | LatentAttention | LinearAttention | NoAttention;

/**
 * A layer without attention has this object. All share it, because layers are of one class when their parts are the same
 * objects.
 */
export const NO_ATTENTION: NoAttention = { kind: 'none', name: 'none' };

/** False for a layer that is a feed-forward network alone. */
export function isPresent(attention: Attention): boolean {
  return attention.kind !== 'none';
}

/** A size from a config: the block and property that would state it in the language, the value, and the config's field. */
export type ConfigSize = readonly [block: string, property: string, value: number | undefined, field: string];

/** What a plan, its rules and its pictures ask of attention, whatever its class. Every class answers all of it. */
export interface AttentionShape {
  /** Query heads. */
  readonly heads: number;
  /** Whether tp has to leave heads whole. A layer that is known by its parameters alone has no heads to split. */
  readonly isSplitByHeads: boolean;
  /** Columns of the query projection for one head. */
  readonly queryWidth: number;
  /** Heads of a cache that is kept by heads. tp splits them, and repeats them when it exceeds their number. */
  readonly kvHeads: number | undefined;
  /** Whether all heads share one latent, from which keys and values are made. */
  readonly isLatent: boolean;
  /** A width that tp splits into columns. A split must not end within a scale block of `fp8-block`. */
  readonly scaled: { readonly name: string; readonly width: number } | undefined;
  /** The letter of a layer pattern: `*` attends to the tokens before, `M` keeps a state that sums them up. */
  readonly letter: '*' | 'M';
  /** Its projections. */
  readonly parts: readonly AttentionPart[];
  /** Whether its projections have a bias that its tensors do not count. */
  readonly hasUncountedBias: boolean;
  /** The sizes that a config gives it. The language has a range for each. */
  readonly configSizes: () => readonly ConfigSize[];
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
    scaled: { name: 'heads x head-size', width: heads * headSize },
    letter: '*',
    parts: ['q', 'k', 'v', 'o', ...partsBeside(attention)],
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

/** Projections that any class may have beside its own. */
function partsBeside({ outputGate, indexer }: AttentionCommon): readonly AttentionPart[] {
  return [
    ...(outputGate ? (['gate'] as const) : []),
    ...(indexer && !indexer.reused ? (['index-q', 'index-k'] as const) : []),
  ];
}

function indexerSizes(indexer: Indexer | undefined): readonly ConfigSize[] {
  if (!indexer) return [];
  return [
    ['indexer', 'heads', indexer.heads, 'index_n_heads'],
    ['indexer', 'head-size', indexer.headSize, 'index_head_dim'],
    ['indexer', 'top-k', indexer.topK, 'index_topk'],
  ];
}

/** Names of the properties that an attention block needs and lacks. */
export function attentionLacks({ properties }: Entity): readonly string[] {
  const wanted = properties.has('state') && properties.has('parameters') ? [] : ['heads'];
  if (properties.has('kv-rank')) wanted.push('nope-size', 'rope-size', 'value-size');
  return wanted.filter((name) => !properties.has(name));
}

/**
 * An `attention` block as plain data. Without `heads` it gets one head, so that shapes stay finite. `hidden` in elements.
 */
export function resolveAttention(block: Entity, hidden: number): Attention {
  const common = commonOf(block);
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

/** What a block states whatever its class of attention. */
function commonOf(block: Entity): AttentionCommon {
  const indexer = childOf(block, 'indexer');
  const bias = flagOf(block, 'bias') ?? false;
  const qkNorm = wordOf(block, 'qk-norm');
  return {
    name: block.name ?? 'attention',
    heads: numberOf(block, 'heads') ?? 1,
    bias,
    outputBias: flagOf(block, 'output-bias') ?? bias,
    qkNorm: qkNorm === 'true' || qkNorm === 'all-heads',
    ...(qkNorm === 'all-heads' && { wideQkNorm: true }),
    ...(flagOf(block, 'shared-kv') && { sharedKv: true }),
    sinks: flagOf(block, 'sinks') ?? false,
    outputGate: flagOf(block, 'output-gate') ?? false,
    ...(indexer && {
      indexer: {
        heads: numberOf(indexer, 'heads') ?? 1,
        headSize: numberOf(indexer, 'head-size') ?? 1,
        topK: numberOf(indexer, 'top-k') ?? 1,
        ...(flagOf(indexer, 'reused') && { reused: true }),
      },
    }),
  };
}
