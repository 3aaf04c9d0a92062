import type { ConfigReader } from '../configReader.ts';
import type { AttentionParts, Families, Family, LayerKinds } from '../family.ts';
import { kindsBy } from '../layers.ts';
import { gatedDelta } from '../linear.ts';
import { linear, plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

const WINDOWS: Family = { windowsFlagged: true, windowsLast: true, defaults: { max_window_layers: 28 } };

// Qwen3.6 and 3.8 have this shape too. `output_gate_type` is the activation of a gate that every one of them has.
const QWEN3_5: Family = {
  qkNorm: 'head',
  outputGate: true,
  sharedGate: true,
  linear: gatedDelta,
  irrelevant: 'output_gate_type mtp_num_steps mlp_only_layers',
};

/** A checkpoint may say that it has left its tower out. */
const SEEING = textAndVision((vision, outer) => (outer.flag('language_model_only') ? 0 : qwen3Tower(vision)));

export const families: Families = {
  // `layer_types` of Qwen2Config and Qwen3Config: the window begins with layer `max_window_layers`, 28 by default.
  qwen2: {
    ...WINDOWS,
    qkvBias: true,
    outputBias: false,
    known: {
      models: 'Qwen 2, 2.5, QwQ',
      published: { model: 'Qwen2.5-72B', total: 72_706_203_648 },
      source: 'transformers, models/qwen2',
    },
  },
  qwen2_moe: {
    known: {
      models: 'Qwen 1.5 and 2 MoE',
      published: { model: 'Qwen1.5-MoE-A2.7B', total: 14_315_784_192 },
      source: 'transformers, models/qwen2_moe',
    },
    windowsFlagged: true,
    kinds: alternating,
    defaults: { qkv_bias: true },
    outputBias: false,
    sharedGate: true,
  },
  qwen3: {
    ...WINDOWS,
    qkNorm: 'head',
    defaults: { ...WINDOWS.defaults, head_dim: 128 },
    known: {
      models: 'Qwen 3',
      published: { model: 'Qwen3-32B', total: 32_762_123_264 },
      source: 'transformers, models/qwen3',
    },
  },
  qwen3_moe: {
    qkNorm: 'head',
    windowsFlagged: true,
    irrelevant: 'max_window_layers',
    known: {
      models: 'Qwen 3 MoE, Qwen3-Coder',
      published: { model: 'Qwen3-Coder-480B-A35B', total: 480_154_875_392 },
      source: 'transformers, models/qwen3_moe',
    },
  },
  qwen3_next: {
    ...QWEN3_5,
    unstatedMtp: 1,
    known: {
      models: 'Qwen3-Next, Qwen3-Coder-Next',
      published: { model: 'Qwen3-Next-80B-A3B', total: 81_324_862_720 },
      source: 'transformers, models/qwen3_next',
    },
  },
  qwen3_5_text: {
    ...QWEN3_5,
    known: {
      models: 'the text model of Qwen 3.5, 3.6 and 3.8',
      published: { model: 'Qwen3.5-27B', total: 27_781_427_952 },
      source: 'transformers, models/qwen3_5',
    },
  },
  qwen3_5_moe_text: {
    ...QWEN3_5,
    known: {
      models: 'the text model of Qwen 3.5 and 3.6 MoE; Qwen3.8-2.4T-A95B',
      published: { model: 'Qwen3.5-35B-A3B', total: 35_951_822_704 },
      source: 'transformers, models/qwen3_5_moe',
    },
  },
  qwen3_vl_text: {
    qkNorm: 'head',
    known: {
      models: 'the text model of Qwen3-VL',
      published: { model: 'Qwen3-VL-8B', total: 8_767_123_696 },
      source: 'transformers, models/qwen3_vl',
    },
  },
  qwen3_vl_moe_text: {
    qkNorm: 'head',
    known: {
      models: 'the text model of Qwen3-VL MoE',
      published: { model: 'Qwen3-VL-30B-A3B', total: 31_070_754_032 },
      source: 'transformers, models/qwen3_vl_moe',
    },
  },
  qwen3_5: {
    ...SEEING,
    known: {
      models: 'Qwen 3.5, 3.6 and 3.8',
      published: { model: 'Qwen3.5-27B', total: 27_781_427_952 },
      source: 'transformers, models/qwen3_5',
    },
  },
  qwen3_5_moe: {
    ...SEEING,
    known: {
      models: 'Qwen 3.5, 3.6 and 3.8 MoE',
      published: { model: 'Qwen3.5-35B-A3B', total: 35_951_822_704 },
      source: 'transformers, models/qwen3_5_moe',
    },
  },
  qwen3_vl: {
    ...SEEING,
    known: {
      models: 'Qwen3-VL',
      published: { model: 'Qwen3-VL-8B', total: 8_767_123_696 },
      source: 'transformers, models/qwen3_vl',
    },
  },
  qwen3_vl_moe: {
    ...SEEING,
    known: {
      models: 'Qwen3-VL MoE',
      published: { model: 'Qwen3-VL-30B-A3B', total: 31_070_754_032 },
      source: 'transformers, models/qwen3_vl_moe',
    },
  },
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
