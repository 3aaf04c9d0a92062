import type { ConfigReader } from '../configReader.ts';
import type { Families, Family } from '../family.ts';
import { gatedDelta } from '../linear.ts';
import { linear, plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

// Qwen3.6 and 3.8 have this shape too. `output_gate_type` is the activation of a gate that every one of them has.
const QWEN3_5: Family = {
  qkNorm: 'head',
  outputGate: true,
  sharedGate: true,
  linear: gatedDelta,
  irrelevant: 'output_gate_type mtp_num_steps mlp_only_layers',
};

export const families: Families = {
  qwen2: { qkvBias: true, outputBias: false },
  qwen2_moe: { qkvBias: true, outputBias: false, sharedGate: true },
  qwen3: { qkNorm: 'head', defaults: { head_dim: 128 } },
  qwen3_moe: { qkNorm: 'head' },
  qwen3_next: { ...QWEN3_5, mtp: 1 },
  qwen3_5_text: QWEN3_5,
  qwen3_5_moe_text: QWEN3_5,
  qwen3_vl_text: { qkNorm: 'head' },
  qwen3_vl_moe_text: { qkNorm: 'head' },
  qwen3_5: textAndVision(qwen3Tower, 'language_model_only'),
  qwen3_5_moe: textAndVision(qwen3Tower, 'language_model_only'),
  qwen3_vl: textAndVision(qwen3Tower, 'language_model_only'),
  qwen3_vl_moe: textAndVision(qwen3Tower, 'language_model_only'),
};

/** Qwen3-VL and Qwen3.5: a merger of 2 x 2 patches at the end, and one for each deep layer that feeds the text model. */
export function qwen3Tower(read: ConfigReader): number | undefined {
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
