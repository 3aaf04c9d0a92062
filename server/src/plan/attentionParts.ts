import type { Entity } from '../language/entity.ts';
import { childOf, flagOf, numberOf, wordOf } from './values.ts';

/** What all classes of attention have in common: data, the shape that plans ask for, and how a block states it. */

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
  | 'o-a'
  | 'index-q'
  | 'index-k'
  | 'state-in'
  | 'state-out';

export interface Indexer {
  readonly heads: number;
  readonly headSize: number;
  /** Keys attended to per query. */
  readonly topK: number;
  /** Keys are chosen in whole blocks of so many tokens, by the highest score in a block (MiniMax-M3). */
  readonly block?: number;
  /** The keys are those that the indexer of an earlier layer chose: it has neither tensors nor a cache of its own. */
  readonly reused?: boolean;
}

export interface AttentionCommon {
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
  /** Keys and values are those of an earlier layer: neither projections nor a cache of its own. */
  readonly reusesKv?: boolean;
  readonly sinks: boolean;
  /** A gate of the output's width on it. */
  readonly outputGate: boolean;
  /** A gate of one number per head on the output. */
  readonly headGate?: boolean;
  readonly indexer?: Indexer;
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
  /** Columns of the latent of a token, with its positions, where an indexer chooses which tokens are read. */
  readonly chosenWidth: number | undefined;
  /** Tokens that one entry of its cache stands for. */
  readonly compression: number | undefined;
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

/** Projections that any class may have beside its own. */
export function partsBeside({ outputGate, headGate, indexer }: AttentionCommon): readonly AttentionPart[] {
  return [
    ...(outputGate || headGate ? (['gate'] as const) : []),
    ...(indexer && !indexer.reused ? (['index-q', 'index-k'] as const) : []),
  ];
}

export function indexerSizes(indexer: Indexer | undefined): readonly ConfigSize[] {
  if (!indexer) return [];
  return [
    ['indexer', 'heads', indexer.heads, 'index_n_heads'],
    ['indexer', 'head-size', indexer.headSize, 'index_head_dim'],
    ['indexer', 'top-k', indexer.topK, 'index_topk'],
  ];
}

/** What a block states whatever its class of attention. */
export function commonOf(block: Entity): AttentionCommon {
  const indexer = childOf(block, 'indexer');
  const bias = flagOf(block, 'bias') ?? false;
  const qkNorm = wordOf(block, 'qk-norm');
  const outputGate = wordOf(block, 'output-gate');
  const keyBlock = numberOf(indexer, 'block');
  return {
    name: block.name ?? 'attention',
    heads: numberOf(block, 'heads') ?? 1,
    bias,
    outputBias: flagOf(block, 'output-bias') ?? bias,
    qkNorm: qkNorm === 'true' || qkNorm === 'all-heads',
    ...(qkNorm === 'all-heads' && { wideQkNorm: true }),
    ...(flagOf(block, 'shared-kv') && { sharedKv: true }),
    sinks: flagOf(block, 'sinks') ?? false,
    outputGate: outputGate === 'true',
    ...(outputGate === 'per-head' && { headGate: true }),
    ...(indexer && {
      indexer: {
        heads: numberOf(indexer, 'heads') ?? 1,
        headSize: numberOf(indexer, 'head-size') ?? 1,
        topK: numberOf(indexer, 'top-k') ?? 1,
        ...(keyBlock !== undefined && { block: keyBlock }),
        ...(flagOf(indexer, 'reused') && { reused: true }),
      },
    }),
  };
}
