import type { ConfigReader } from '../configReader.ts';
import type { AttentionParts, Families, Family, LayerKinds } from '../family.ts';
import { kindsBy } from '../layers.ts';
import { gatedDelta } from '../linear.ts';
import { linear, plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

const WINDOWS: Family = { windowsFlagged: true, windowsLast: true, defaults: { max_window_layers: 28 } };

const QWEN3_5: Family = { qkNorm: 'head', outputGate: true, sharedGate: true, linear: gatedDelta };

export const families: Families = {
  // `layer_types` of Qwen2Config and Qwen3Config: the window begins with layer `max_window_layers`, 28 by default.
  qwen2: { ...WINDOWS, qkvBias: true, outputBias: false },
  qwen2_moe: {
    windowsFlagged: true,
    kinds: alternating,
    defaults: { qkv_bias: true },
    outputBias: false,
    sharedGate: true,
  },
  qwen3: { ...WINDOWS, qkNorm: 'head', defaults: { ...WINDOWS.defaults, head_dim: 128 } },
  qwen3_moe: { qkNorm: 'head', windowsFlagged: true, irrelevant: 'max_window_layers' },
  qwen3_next: { ...QWEN3_5, unstatedMtp: 1 },
  qwen3_5_text: QWEN3_5,
  qwen3_5_moe_text: QWEN3_5,
  qwen3_vl_text: { qkNorm: 'head' },
  qwen3_vl_moe_text: { qkNorm: 'head' },
  qwen3_5: textAndVision(qwen3Tower),
  qwen3_5_moe: textAndVision(qwen3Tower),
  qwen3_vl: textAndVision(qwen3Tower),
  qwen3_vl_moe: textAndVision(qwen3Tower),
};

/** `layer_types` of Qwen2MoeConfig: every other layer below `max_window_layers` has the window, beginning with the first. */
function alternating(read: ConfigReader, count: number, parts: AttentionParts): LayerKinds | undefined {
  const end = read.integerOr('max_window_layers', 28);
  if (read.texts('layer_types').length > 0 || !parts.local) return undefined;
  return kindsBy(count, (layer) => (layer % 2 === 0 && layer < end ? 'local' : 'full'));
}

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
