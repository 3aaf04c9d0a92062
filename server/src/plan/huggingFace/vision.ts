import { ConfigReader } from './configReader.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Parameters of the vision tower and its projector into a text model of width `hidden`, by the wrapper's `model_type`.
 * Undefined when the tower is not known or a size is missing. The tests hold each formula to a published total.
 */
export function visionParameters(
  type: string,
  config: Json | undefined,
  outer: Json,
  hidden: number,
): number | undefined {
  const read = new ConfigReader(config ?? {});
  const whole = new ConfigReader(outer);
  switch (type) {
    case 'llama4':
      return llama4(read, hidden);
    case 'gemma3':
      return config && siglip(read, hidden);
    case 'mistral3':
      return config && pixtral(read, whole, hidden);
    case 'qwen3_5':
    case 'qwen3_5_moe':
    case 'qwen3_vl':
    case 'qwen3_vl_moe':
      return config && qwen3(read);
    default:
      return undefined;
  }
}

function linear(from: number, to: number): number {
  return from * to + to;
}

/** A pre-norm transformer layer with biases everywhere and a network of two matrices. */
function plainLayer(width: number, ffn: number): number {
  return 4 * linear(width, width) + linear(width, ffn) + linear(ffn, width) + 4 * width;
}

/** Llama 4: sizes of the released tower where the config leaves it out, a pixel shuffle by 2, no biases around it. */
function llama4(read: ConfigReader, hidden: number): number {
  const width = read.integerOr('hidden_size', 1408);
  const ffn = read.integerOr('intermediate_size', 5632);
  const patch = read.integerOr('patch_size', 14);
  const side = Math.floor(read.integerOr('image_size', 336) / patch);
  const input = read.integerOr('projector_input_dim', 4096);
  const output = read.integerOr('projector_output_dim', 4096);
  const layers = read.integerOr('num_hidden_layers', 34);
  const embedding = read.integerOr('num_channels', 3) * patch * patch * width + width + (side * side + 1) * width;
  const adapter = ffn * input + input * output;
  return embedding + 4 * width + layers * plainLayer(width, ffn) + adapter + output * hidden;
}

/** SigLIP behind Gemma 3: a norm and one matrix project its tokens. */
function siglip(read: ConfigReader, hidden: number): number | undefined {
  const width = read.optional('hidden_size');
  const ffn = read.optional('intermediate_size');
  const layers = read.optional('num_hidden_layers');
  const patch = read.optional('patch_size');
  const image = read.optional('image_size');
  if (!width || !ffn || !layers || !patch || !image || read.flag('vision_use_head')) return undefined;
  const embedding = linear(3 * patch * patch, width) + Math.floor(image / patch) ** 2 * width;
  return embedding + layers * plainLayer(width, ffn) + 2 * width + width + width * hidden;
}

/** Pixtral behind Mistral Small 3.1: rotary positions, gated networks, no biases; patches are merged before two matrices. */
function pixtral(read: ConfigReader, whole: ConfigReader, hidden: number): number | undefined {
  const width = read.optional('hidden_size');
  const ffn = read.optional('intermediate_size');
  const layers = read.optional('num_hidden_layers');
  const patch = read.optional('patch_size');
  if (!width || !ffn || !layers || !patch || whole.flag('multimodal_projector_bias')) return undefined;
  const merged = whole.integerOr('spatial_merge_size', 2) ** 2 * width;
  const tower = 3 * patch * patch * width + width + layers * (4 * width * width + 3 * width * ffn + 2 * width);
  return tower + width + merged * width + width * hidden + hidden * hidden;
}

/** Qwen3-VL and Qwen3.5: a merger of 2 x 2 patches at the end, and one for each deep layer that feeds the text model. */
function qwen3(read: ConfigReader): number | undefined {
  const width = read.optional('hidden_size');
  const ffn = read.optional('intermediate_size');
  const layers = read.optional('depth');
  const patch = read.optional('patch_size');
  const frames = read.optional('temporal_patch_size');
  const positions = read.optional('num_position_embeddings');
  const merge = read.optional('spatial_merge_size');
  const output = read.optional('out_hidden_size');
  if (!width || !ffn || !layers || !patch || !frames || !positions || !merge || !output) return undefined;
  const merged = merge * merge * width;
  const projection = linear(merged, merged) + linear(merged, output);
  const embedding = linear(read.integerOr('in_channels', 3) * frames * patch * patch, width) + positions * width;
  const deep = read.integers('deepstack_visual_indexes').length * (2 * merged + projection);
  return embedding + layers * plainLayer(width, ffn) + 2 * width + projection + deep;
}
