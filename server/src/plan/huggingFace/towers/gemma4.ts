import type { ConfigReader } from '../configReader.ts';
import { linear } from '../vision.ts';

/**
 * What turns pictures and sounds into tokens of Gemma 4, in parameters (transformers, models/gemma4 and gemma4_unified). The
 * bounds of clipped matrices are numbers without a shape, which the hub does not count. Towers that are absent count as none.
 */

/** Vision tower with factored positions, gated networks and norms around both halves, and the matrix into the text model. */
export function visionTower(read: ConfigReader, hidden: number): number {
  const width = read.integerOr('hidden_size', 768);
  const ffn = read.integerOr('intermediate_size', 3072);
  const head = read.integerOr('head_dim', 64);
  const heads = read.integerOr('num_attention_heads', 12);
  const kvHeads = read.integerOr('num_key_value_heads', heads);
  const patch = read.integerOr('patch_size', 16);
  const positions = 2 * read.integerOr('position_embedding_size', 10_240) * width;
  const bias = read.flag('attention_bias') ? (heads + 2 * kvHeads) * head + width : 0;
  const attention = 2 * width * (heads + kvHeads) * head + bias + 2 * head;
  const layers = read.integerOr('num_hidden_layers', 16) * (attention + 3 * width * ffn + 4 * width);
  const standardized = read.flag('standardize') ? 2 * width : 0;
  return 3 * patch * patch * width + positions + layers + standardized + width * hidden;
}

/** Conformer with two networks, attention to relative positions and a light convolution in each layer. */
export function audioTower(read: ConfigReader, hidden: number): number {
  const width = read.integerOr('hidden_size', 1024);
  const heads = read.integerOr('num_attention_heads', 8);
  const kernel = read.integerOr('conv_kernel_size', 5);
  const output = read.integerOr('output_proj_dims', 1536);
  const channels = read.integers('subsampling_conv_channels');
  const [first = 128, second = 32] = channels;
  const entry = 9 * first + first + 9 * first * second + second + Math.floor(first / 4) * second * width;
  const network = 8 * width * width + 2 * width;
  const attention = 5 * width * width + Math.floor(width / heads);
  const convolution = 3 * width * width + kernel * width + 2 * width;
  const layers = read.integerOr('num_hidden_layers', 12) * (2 * network + attention + convolution + 3 * width);
  return entry + layers + linear(width, output) + output * hidden;
}

/** The unified model embeds patches without a tower: norms, one matrix, factored positions. */
export function visionEmbedder(read: ConfigReader, hidden: number): number | undefined {
  const width = read.optional('mm_embed_dim');
  const positions = read.optional('mm_posemb_size');
  const pooled = read.optional('patch_size') ?? 16;
  const side = read.optional('model_patch_size') ?? pooled * read.integerOr('pooling_kernel_size', 3);
  const output = read.optional('output_proj_dims') ?? width;
  if (!width || !positions || !output) return undefined;
  const patch = 3 * side * side;
  return 2 * patch + linear(patch, width) + 4 * width + 2 * positions * width + output * hidden;
}

/** The unified model takes frames of sound as they are, through one matrix. */
export function audioEmbedder(read: ConfigReader, hidden: number): number | undefined {
  const frame = read.optional('audio_embed_dim');
  const output = read.optional('output_proj_dims') ?? frame;
  return output === undefined ? undefined : output * hidden;
}
