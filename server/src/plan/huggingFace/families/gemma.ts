import type { ConfigReader } from '../configReader.ts';
import type { Families, Family } from '../family.ts';
import { linear, plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

const GEMMA: Family = { tied: true, defaults: { head_dim: 256 } };

export const families: Families = {
  gemma: {
    ...GEMMA,
    known: {
      models: 'Gemma',
      published: { model: 'gemma-7b', total: 8_537_680_896 },
      source: 'transformers, models/gemma',
    },
  },
  gemma2: {
    ...GEMMA,
    norms: 4,
    fullEvery: 2,
    irrelevant: 'sliding_window_size',
    known: {
      models: 'Gemma 2',
      published: { model: 'gemma-2-9b', total: 9_241_705_984 },
      source: 'transformers, models/gemma2',
    },
  },
  gemma3_text: {
    known: {
      models: 'Gemma 3 1B',
      published: { model: 'gemma-3-1b', total: 999_885_952 },
      source: 'transformers, models/gemma3',
    },
    ...GEMMA,
    norms: 4,
    qkNorm: 'head',
    fullEvery: 6,
    statesScaledLength: true,
    defaults: {
      vocab_size: 262_208,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      head_dim: 256,
      max_position_embeddings: 131_072,
    },
    irrelevant: 'use_bidirectional_attention',
  },
  gemma3: {
    ...textAndVision(siglip),
    tied: true,
    known: {
      models: 'Gemma 3',
      published: { model: 'gemma-3-27b', total: 27_432_406_640 },
      source: 'transformers, models/gemma3',
    },
  },
};

/** SigLIP behind Gemma 3: a norm and one matrix project its tokens. */
function siglip(read: ConfigReader, _: ConfigReader, hidden: number): number | undefined {
  const width = read.optional('hidden_size');
  const ffn = read.optional('intermediate_size');
  const layers = read.optional('num_hidden_layers');
  const patch = read.optional('patch_size');
  const image = read.optional('image_size');
  if (!width || !ffn || !layers || !patch || !image || read.flag('vision_use_head')) return undefined;
  const embedding = linear(3 * patch * patch, width) + Math.floor(image / patch) ** 2 * width;
  return embedding + layers * plainLayer(width, ffn) + 2 * width + width + width * hidden;
}
