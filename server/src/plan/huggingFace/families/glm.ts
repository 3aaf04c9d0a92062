import { attentionOf, latentOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, Family, LayerKinds } from '../family.ts';
import { kindsNamed } from '../layers.ts';
import { linear } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

const GLM: Family = { outputBias: false, defaults: { head_dim: 128 }, irrelevant: 'rope_ratio' };

export const families: Families = {
  glm: {
    ...GLM,
    known: {
      models: 'GLM-4 9B',
      published: { model: 'glm-4-9b-chat-hf', total: 9_399_951_360 },
      source: 'transformers, models/glm',
    },
  },
  glm4: {
    ...GLM,
    norms: 4,
    known: {
      models: 'GLM-4 0414',
      published: { model: 'GLM-4-9B-0414', total: 9_400_279_040 },
      source: 'transformers, models/glm4',
    },
  },
  glm4_moe: {
    ...GLM,
    routerBias: true,
    copiedTables: 2,
    known: {
      models: 'GLM-4.5, 4.6, 4.7',
      published: { model: 'GLM-4.5-Air', total: 110_468_824_832 },
      source: 'transformers, models/glm4_moe',
    },
  },
  glm4_moe_lite: {
    latent: 'plain',
    routerBias: true,
    copiedTables: 2,
    storesRotary: true,
    known: {
      models: 'GLM-4.7-Flash',
      published: { model: 'GLM-4.7-Flash', total: 31_221_488_576 },
      source: 'transformers, models/glm4_moe_lite',
    },
  },
  // The text model of GLM-4.5-Air without its prediction module.
  glm4v_moe_text: {
    ...GLM,
    routerBias: true,
    only: { use_qk_norm: false },
    defaults: { ...GLM.defaults, attention_bias: true, first_k_dense_replace: 1 },
    known: {
      models: 'the text model of GLM-4.5V and 4.6V',
      published: { model: 'GLM-4.5V', total: 107_710_933_120 },
      source: 'transformers, models/glm4v_moe',
    },
  },
  glm4v_moe: {
    ...textAndVision(glm4vTower),
    known: {
      models: 'GLM-4.5V, 4.6V',
      published: { model: 'GLM-4.5V', total: 107_710_933_120 },
      source: 'transformers, models/glm4v_moe',
    },
  },
  glm_moe_dsa: {
    latent: 'indexed',
    routerBias: true,
    attention: sharedIndexers,
    kinds: indexerKinds,
    known: {
      models: 'GLM-5, 5.1, 5.2',
      published: { model: 'GLM-5', total: 753_864_139_008 },
      source: 'transformers, models/glm_moe_dsa',
    },
  },
};

/** GLM-5.2: a list says which layers have an indexer. The other fields say again what the list does. */
function sharedIndexers(context: AttentionContext): AttentionParts | undefined {
  const { read, family } = context;
  const latent = latentOf(context);
  if (!latent?.indexer || read.texts('indexer_types').length === 0) {
    const { attention: _, ...plain } = family;
    return attentionOf({ ...context, family: plain });
  }
  for (const field of ['index_topk_freq', 'index_topk_pattern', 'index_skip_topk_offset']) read.has(field);
  read.flag('index_share_for_mtp_iteration');
  return {
    full: { ...latent, name: 'indexed' },
    reused: { ...latent, name: 'reusing', indexer: { ...latent.indexer, reused: true } },
  };
}

const INDEXER_TYPES: Readonly<Record<string, string>> = { full: 'full', shared: 'reused' };

function indexerKinds(read: ConfigReader, _: number, parts: AttentionParts): LayerKinds | undefined {
  return parts.reused && kindsNamed(read.texts('indexer_types'), INDEXER_TYPES);
}

/**
 * Vision tower of GLM-4.1V and 4.5V (transformers, models/glm4v/modular_glm4v.py): networks as wide as the text model, a
 * convolution that joins patches, and a gated network as wide as `intermediate_size` behind it.
 */
function glm4vTower(read: ConfigReader, _: ConfigReader, hidden: number): number | undefined {
  const width = read.optional('hidden_size');
  const layers = read.optional('depth');
  const ffn = read.optional('intermediate_size');
  if (!width || !layers || !ffn) return undefined;
  const patch = read.integerOr('patch_size', 14);
  const frames = read.integerOr('temporal_patch_size', 2);
  const merge = read.integerOr('spatial_merge_size', 2);
  const output = read.integerOr('out_hidden_size', hidden);
  const positions = Math.floor(read.integerOr('image_size', 336) / patch) ** 2;
  const bias = read.flag('attention_bias') ? 3 * width : 0;
  const embedding = linear(read.integerOr('in_channels', 3) * frames * patch * patch, width) + positions * width;
  const layer = 4 * width * width + bias + 3 * width * output + 2 * width;
  const merger = output * output + 2 * output + 3 * output * ffn;
  return embedding + layers * layer + 2 * width + linear(merge * merge * width, output) + merger;
}
