import type { ConfigReader } from '../configReader.ts';
import type { Families } from '../family.ts';
import { textAndVision } from '../wrapper.ts';

export const families: Families = {
  mistral: {
    known: {
      models: 'Mistral 7B, Nemo, Large',
      published: { model: 'Mistral-Large-2407', total: 122_610_069_504 },
      source: 'transformers, models/mistral',
    },
  },
  // Ministral 3 scales queries by their position, which has no weights.
  ministral3: {
    known: {
      models: 'Ministral 3, Devstral 2',
      stated: { model: 'Ministral-3-8B', total: '8.4 billion' },
      source: 'transformers, models/ministral3',
    },
  },
  // Latent attention and experts as in DeepSeek-V3, whose router has no bias.
  mistral4: {
    latent: 'plain',
    known: {
      models: 'Mistral Small 4',
      stated: { model: 'Mistral-Small-4', total: '119 billion' },
      source: 'transformers, models/mistral4',
    },
  },
  mixtral: {
    expertsUseFfn: true,
    known: {
      models: 'Mixtral',
      published: { model: 'Mixtral-8x7B', total: 46_702_792_704 },
      source: 'transformers, models/mixtral',
    },
  },
  mistral3: {
    ...textAndVision(pixtral),
    known: {
      models: 'Mistral Small 3.1, 3.2, Ministral 3',
      published: { model: 'Mistral-Small-3.1-24B', total: 24_011_361_280 },
      source: 'transformers, models/mistral3',
    },
  },
};

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
