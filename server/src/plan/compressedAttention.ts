import type { Entity } from '../language/entity.ts';
import { type AttentionCommon, type AttentionShape, indexerSizes } from './attentionParts.ts';
import { numberOf } from './values.ts';

/**
 * Attention of DeepSeek-V4 (technical report, section 2.3; `DeepseekV4Attention` in transformers): all heads share one vector per
 * token, which is key and value at once. A query sees a window of tokens and, behind `compress`, entries that stand for so many
 * tokens each: all of them (heavily compressed attention), or those that an indexer chooses (compressed sparse attention). The
 * output projection has a low rank for each group of heads.
 */
export interface CompressedAttention extends AttentionCommon {
  readonly kind: 'compressed';
  readonly headSize: number;
  /** Part of a head with rotary position. */
  readonly ropeSize: number;
  readonly queryRank: number;
  readonly outputGroups: number;
  readonly outputRank: number;
  readonly window: number;
  /** Tokens of one compressed entry. Without them the layer sees its window alone. */
  readonly compress?: number;
}

/** The properties that only this class has. */
const OWN = ['output-rank', 'output-groups', 'compress'] as const;

export function isCompressed({ properties }: Entity): boolean {
  return OWN.some((name) => properties.has(name));
}

/** Names of the properties that such a block needs and lacks. */
export function compressedLacks({ properties }: Entity): readonly string[] {
  const wanted = ['heads', 'head-size', 'rope-size', 'query-rank', 'output-rank', 'window'];
  return wanted.filter((name) => !properties.has(name));
}

export function resolveCompressed(block: Entity, common: AttentionCommon): CompressedAttention {
  const headSize = numberOf(block, 'head-size') ?? 1;
  const compress = numberOf(block, 'compress');
  return {
    ...common,
    kind: 'compressed',
    headSize,
    ropeSize: Math.min(headSize, numberOf(block, 'rope-size') ?? 0),
    queryRank: numberOf(block, 'query-rank') ?? 1,
    outputGroups: numberOf(block, 'output-groups') ?? 1,
    outputRank: numberOf(block, 'output-rank') ?? 1,
    window: numberOf(block, 'window') ?? 1,
    ...(compress !== undefined && { compress }),
  };
}

export function compressedShape(attention: CompressedAttention): AttentionShape {
  const { heads, headSize, ropeSize, queryRank, outputGroups, outputRank, window, compress, bias } = attention;
  return {
    heads,
    isSplitByHeads: true,
    queryWidth: headSize,
    kvHeads: undefined,
    isLatent: true,
    chosenWidth: undefined,
    compression: compress,
    scaled: { name: 'output-groups x output-rank', width: outputGroups * outputRank },
    letter: '*',
    parts: ['q-a', 'q-b', 'kv-a', 'o-a', 'o', ...(attention.indexer ? (['index-q'] as const) : [])],
    hasUncountedBias: bias,
    configSizes: () => [
      ['attention', 'heads', heads, 'num_attention_heads'],
      ['attention', 'head-size', headSize, 'head_dim'],
      ['attention', 'rope-size', ropeSize, 'qk_rope_head_dim'],
      ['attention', 'query-rank', queryRank, 'q_lora_rank'],
      ['attention', 'output-groups', outputGroups, 'o_groups'],
      ['attention', 'output-rank', outputRank, 'o_lora_rank'],
      ['attention', 'window', window, 'sliding_window'],
      ['attention', 'compress', compress, 'compress_ratios'],
      ...indexerSizes(attention.indexer),
    ],
  };
}
