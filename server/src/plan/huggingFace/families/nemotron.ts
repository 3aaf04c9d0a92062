import { type Attention, NO_ATTENTION } from '../../attention.ts';
import { type FeedForward, type LayerClass, NO_FEED_FORWARD } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Families, Json, LayersContext, Layout } from '../family.ts';
import { classOf } from '../layerClasses.ts';
import { kindsNamed } from '../layers.ts';
import { mamba2 } from '../linear.ts';

export const families: Families = {
  nemotron_h: {
    known: {
      models: 'Nemotron-H, Nemotron Nano 2, Nemotron 3',
      published: { model: 'NVIDIA-Nemotron-Nano-9B-v2', total: 8_888_227_328 },
      source: 'transformers, models/nemotron_h',
    },
    plainFfn: true,
    routerBias: true,
    linear: mamba2,
    layers: patternLayers,
    names: { head_dim: 'attention_head_dim', latent: 'moe_latent_size' },
    unnest: lettersOfLists,
    only: { mlp_bias: false, n_group: 1 },
    irrelevant: 'mamba_expand mamba_chunk_size moe_shared_expert_overlap time_step_rank',
  },
};

const LETTERS: Readonly<Record<string, string>> = {
  mamba: 'M',
  linear_attention: 'M',
  attention: '*',
  full_attention: '*',
  moe: 'E',
  mlp: '-',
};

/** Transformers 5 writes lists of words in place of the patterns, and derives the number of layers from them. */
function lettersOfLists(read: ConfigReader): Json {
  const lettersOf = (field: string) => kindsNamed(read.texts(field), LETTERS).map((letter) => letter ?? '?');
  const layers = lettersOf('layers_block_type');
  const modules = lettersOf('mtp_layers_block_type');
  return {
    ...(layers.length > 0 && { hybrid_override_pattern: layers.join('') }),
    ...(layers.length > 0 && !read.has('num_hidden_layers') && { num_hidden_layers: layers.length }),
    ...(modules.length > 0 && { mtp_hybrid_override_pattern: modules.join('') }),
  };
}

/** Nemotron-H: every letter of the pattern is one layer with one part. */
function patternLayers(read: ConfigReader, { count, attention, feedForward }: LayersContext): Layout | undefined {
  const pattern = read.text('hybrid_override_pattern');
  if (pattern?.length !== count) return undefined;
  const { moe, dense } = feedForward;
  const parts: Readonly<Record<string, readonly [Attention | undefined, FeedForward | undefined]>> = {
    M: [attention.linear, NO_FEED_FORWARD],
    '*': [attention.full, NO_FEED_FORWARD],
    E: [NO_ATTENTION, moe],
    '-': [NO_ATTENTION, dense],
  };
  const classes: LayerClass[] = [];
  const layers: number[] = [];
  for (const letter of pattern) {
    const [layerAttention, layerFeedForward] = parts[letter] ?? [];
    if (!layerAttention || !layerFeedForward) return undefined;
    layers.push(classOf(classes, layerAttention, layerFeedForward, 1));
  }
  const modules = read.text('mtp_hybrid_override_pattern');
  if (modules === undefined) return { classes, layers };
  if (modules !== '*E' || !moe) return undefined;
  const mtpClasses: LayerClass[] = [];
  classOf(mtpClasses, attention.full, moe, 2);
  const [mtpLayer] = mtpClasses;
  return { classes, layers, ...(mtpLayer && { mtpLayer }) };
}
