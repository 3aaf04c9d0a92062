import type { ConfigReader } from '../configReader.ts';
import type { Families } from '../family.ts';
import { textAndVision } from '../wrapper.ts';

export const families: Families = {
  mistral: {},
  // Ministral 3 scales queries by their position, which has no weights.
  ministral3: { known: { models: 'Ministral 3, Devstral 2', source: 'transformers, models/ministral3' } },
  // Latent attention and experts as in DeepSeek-V3, whose router has no bias.
  mistral4: {
    latent: 'plain',
    known: { models: 'Mistral Small 4', source: 'transformers, models/mistral4' },
  },
  mixtral: { expertsUseFfn: true },
  mistral3: textAndVision(pixtral),
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
