import type { LinearAttention } from '../../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Families, Family, FeedForwardParts, LayerKinds } from '../family.ts';
import { kindsBy, kindsNamed } from '../layers.ts';
import { NO_EXTRAS, projectedOf } from '../linear.ts';

const LFM2: Family = { tied: true, qkNorm: 'head', linear: shortConvolution, kinds: kindsOfLfm2 };

/** LFM2 of Liquid AI (transformers, models/lfm2 and lfm2_moe): gated short convolutions, and attention in some layers. */
export const families: Families = {
  lfm2: {
    known: {
      models: 'LFM2',
      published: { model: 'LFM2-1.2B', total: 1_170_340_608 },
      source: 'transformers, models/lfm2',
    },
    ...LFM2,
    networks: adjustedWidth,
    names: { intermediate_size: 'block_ff_dim', tie_word_embeddings: 'tie_embedding' },
    refused: otherWidths,
    irrelevant: `block_mlp_init_scale block_norm_eps block_out_init_scale
      block_use_swiglu block_use_xavier_init conv_use_xavier_init use_pos_enc theta num_heads`,
  },
  lfm2_moe: {
    known: {
      models: 'LFM2 MoE',
      published: { model: 'LFM2-8B-A1B', total: 8_339_930_560 },
      source: 'transformers, models/lfm2_moe',
    },
    ...LFM2,
    routerBias: true,
    only: { use_expert_bias: true },
    names: { first_k_dense_replace: 'num_dense_layers', tie_word_embeddings: 'tie_embedding' },
    defaults: { first_k_dense_replace: 2 },
    refused: otherWidths,
    irrelevant: 'use_pos_enc theta num_heads',
  },
};

/** Old configs state the widths of blocks and convolutions apart, and have never had others than the hidden one. */
function otherWidths(read: ConfigReader): string | undefined {
  const hidden = read.optional('hidden_size');
  const other = ['block_dim', 'conv_dim', 'conv_dim_out'].find((field) => read.differs(field, hidden));
  return other && `\`${other}\` is computed as \`hidden_size\` only; write the model out instead`;
}

/**
 * Three streams of the hidden width, a convolution over the product of two of them, and the way back. It keeps the inputs of
 * the convolution that the next token needs, in 16 bits (vLLM, `MambaStateShapeCalculator.short_conv_state_shape`).
 */
function shortConvolution(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const kernel = read.integerOr('conv_L_cache', 3);
  const heads = read.optional('num_attention_heads');
  if (!heads || !kernel) return undefined;
  const bias = read.flag('conv_bias') ? 5 * hidden : 0;
  const parameters = 4 * hidden * hidden + hidden * kernel + bias;
  return {
    ...NO_EXTRAS,
    kind: 'linear',
    name: 'conv',
    // The convolution treats every channel by itself, so tp may split it as it splits heads.
    heads,
    headSize: Math.floor(hidden / heads),
    stateBytes: 2 * hidden * (kernel - 1),
    parameters,
    projected: projectedOf(parameters, hidden, 3 * hidden, hidden),
  };
}

function kindsOfLfm2(read: ConfigReader, count: number): LayerKinds {
  const words = read.texts('layer_types');
  const listed = read.integers('full_attn_idxs');
  if (words.length > 0) return kindsNamed(words, { full_attention: 'full', conv: 'linear', short_conv: 'linear' });
  const full = new Set(listed);
  return kindsBy(count, (layer) => (listed.length === 0 || full.has(layer) ? 'full' : 'linear'));
}

/** The stated width is cut to two thirds and rounded up, unless the config says that it is the width itself. */
function adjustedWidth(read: ConfigReader, { dense }: FeedForwardParts): FeedForwardParts | undefined {
  const isAdjusted = read.flag('block_auto_adjust_ff_dim') ?? true;
  const multiple = Math.max(1, read.integerOr('block_multiple_of', 256));
  const factor = read.positive('block_ffn_dim_multiplier') ?? 1;
  if (!dense || !isAdjusted) return dense && { dense };
  const cut = Math.floor(factor * Math.floor((2 * dense.ffn) / 3));
  return { dense: { ...dense, ffn: multiple * Math.ceil(cut / multiple) } };
}
