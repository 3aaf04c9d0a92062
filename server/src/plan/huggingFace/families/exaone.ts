import type { ConfigReader } from '../configReader.ts';
import type { AttentionParts, Families, IsSparse, LayerKinds } from '../family.ts';
import { kindsBy, sparseLayers } from '../layers.ts';

export const families: Families = {
  exaone4: {
    qkNorm: 'head',
    fullEvery: 4,
    kinds: letteredKinds,
    known: {
      models: 'EXAONE 4.0',
      published: { model: 'EXAONE-4.0-32B', total: 32_003_216_384 },
      source: 'transformers, models/exaone4',
    },
  },
  // The prediction module has a dense network (TensorRT-LLM, `check_is_moe` in modeling_exaone_moe.py).
  exaone_moe: {
    qkNorm: 'head',
    fullEvery: 4,
    kinds: letteredKinds,
    routerBias: true,
    sparse: flaggedSparse,
    denseMtp: true,
    names: { n_shared_experts: 'num_shared_experts' },
    defaults: { first_k_dense_replace: 1, n_shared_experts: 1 },
    known: {
      models: 'K-EXAONE',
      stated: { model: 'K-EXAONE-236B-A23B', total: '236 billion' },
      source: 'transformers, models/exaone_moe; TensorRT-LLM, modeling_exaone_moe.py',
    },
  },
};

/** A pattern of letters, L for a window and G for everything, is repeated; the last layer attends to everything. */
function letteredKinds(read: ConfigReader, count: number, parts: AttentionParts): LayerKinds | undefined {
  if (!parts.local || read.texts('layer_types').length > 0 || !read.isText('sliding_window_pattern')) return undefined;
  const pattern = read.text('sliding_window_pattern') ?? '';
  if (!/^[LG]+$/.test(pattern)) return [];
  return kindsBy(count, (layer) => (layer === count - 1 || pattern[layer % pattern.length] === 'G' ? 'full' : 'local'));
}

/** The first releases list a flag for each layer in place of words. */
function flaggedSparse(read: ConfigReader, count: number): IsSparse | undefined {
  const flags = read.flags('is_moe_layer');
  if (flags.length === 0) return sparseLayers(read, count);
  for (const field of ['first_last_k_dense_replace', 'first_k_dense_replace', 'mlp_layer_types']) read.has(field);
  return flags.length === count ? (layer) => flags[layer] === true : undefined;
}
