import { ConfigReader } from '../configReader.ts';
import type { AttentionParts, Families, IsSparse, LayerKinds } from '../family.ts';
import { kindsBy, sparseLayers } from '../layers.ts';
import { plainLayer } from '../vision.ts';

export const families: Families = {
  llama: {
    irrelevant: 'rope_type',
    known: {
      models: 'Llama 2, 3, 3.1, 3.2, 3.3',
      published: { model: 'Llama-2-7B', total: 6_738_415_616 },
      source: 'transformers, models/llama',
    },
  },
  // Llama 4's norm of queries and keys has no weights. Every fourth layer attends to everything (Meta's model card).
  llama4_text: {
    known: {
      models: 'the text model of Llama 4',
      published: { model: 'Llama-4-Maverick', total: 401_583_781_376 },
      source: 'transformers, models/llama4',
    },
    expertsUseFfn: true,
    shared: 1,
    fullEvery: 4,
    flaggedQkNorm: 'none',
    names: { dense_intermediate_size: 'intermediate_size_mlp', decoder_sparse_step: 'interleave_moe_layer_step' },
    kinds: unrotatedKinds,
    sparse: listedSparse,
    irrelevant: 'no_rope_layer_interval floor_scale attn_scale attn_temperature_tuning for_llm_compressor',
  },
  llama4: {
    known: {
      models: 'Llama 4, Llama Guard 4',
      published: { model: 'Llama-4-Maverick', total: 401_583_781_376 },
      source: 'transformers, models/llama4',
    },
    text: (outer) => outer.nested('text_config'),
    tower: llama4Tower,
    irrelevant: `multi_modal_projector_bias pixel_shuffle_ratio vision_feature_select_strategy vision_output_dim`,
  },
};

/** Layers without rotary positions attend to everything. A list of layer types says the same. */
function unrotatedKinds(read: ConfigReader, count: number, parts: AttentionParts): LayerKinds | undefined {
  const rotated = read.integers('no_rope_layers');
  if (!parts.local || rotated.length === 0 || read.texts('layer_types').length > 0) return undefined;
  return rotated.length === count ? kindsBy(count, (layer) => (rotated[layer] === 0 ? 'full' : 'local')) : [];
}

function listedSparse(read: ConfigReader, count: number): IsSparse | undefined {
  if (!read.isList('moe_layers')) return sparseLayers(read, count);
  const listed = new Set(read.integers('moe_layers'));
  // The list already says what the step says.
  read.has('decoder_sparse_step');
  return (layer) => listed.has(layer);
}

/** Llama 4: sizes of the released tower where the config leaves it out, a pixel shuffle by 2, no biases around it. */
function llama4Tower(outer: ConfigReader, hidden: number): number {
  const read = outer.nested('vision_config') ?? new ConfigReader({});
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
