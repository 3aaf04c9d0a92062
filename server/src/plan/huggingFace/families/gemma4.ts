import type { GroupedQueryAttention } from '../../attention.ts';
import { nameOfParts } from '../../layerParts.ts';
import type { CheckpointExtras, FeedForward, LayerClass } from '../../model.ts';
import { commonOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type {
  AttentionContext,
  AttentionParts,
  Families,
  Family,
  FeedForwardParts,
  LayersContext,
  Layout,
  Wrapper,
} from '../family.ts';
import { audioEmbedder, audioTower, visionEmbedder, visionTower } from '../towers/gemma4.ts';

/**
 * Gemma 4: layers with a window and those without have heads of other sizes;
 * the experts stand beside the dense network of each layer, with norms of their own and a scale of the router's input; one
 * number scales each layer's output. The small models take a vector of each token into every layer, and their last layers
 * have the keys and values of an earlier one.
 */
const GEMMA4: Family = {
  tied: true,
  qkNorm: 'head',
  routerBias: true,
  attention: attentionOfGemma4,
  networks: besideDense,
  layers: layersOfGemma4,
  extras: borrowedTensors,
  names: { num_experts_per_tok: 'top_k_experts', token_rows: 'vocab_size_per_layer_input' },
  defaults: {
    vocab_size: 262_144,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    global_head_dim: 512,
    sliding_window: 512,
    max_position_embeddings: 131_072,
    hidden_size_per_layer_input: 256,
    token_rows: 262_144,
  },
  irrelevant: 'use_bidirectional_attention sliding_window_pattern',
};

type Part = (read: ConfigReader, hidden: number) => number | undefined;

function wrapperOf(vision: Part, audio: Part): Wrapper {
  return {
    tied: true,
    text: (outer) => outer.nested('text_config'),
    tower: (outer, hidden) => {
      const [pictures, sounds] = [outer.nested('vision_config'), outer.nested('audio_config')];
      const parts = [pictures ? vision(pictures, hidden) : 0, sounds ? audio(sounds, hidden) : 0];
      return parts.reduce<number | undefined>(
        (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
        0,
      );
    },
    irrelevant: `vision_soft_tokens_per_image default_output_length pooling_kernel_size use_clipped_linears num_soft_tokens
      attention_chunk_size attention_context_left attention_context_right attention_logit_cap attention_invalid_logits_value
      residual_weight gradient_clipping audio_samples_per_token hidden_act global_head_dim`,
  };
}

export const families: Families = {
  gemma4_text: {
    ...GEMMA4,
    known: {
      models: 'the text model of Gemma 4',
      published: { model: 'gemma-4-26B-A4B', total: 25_805_936_206 },
      source: 'transformers, models/gemma4',
    },
  },
  gemma4_unified_text: {
    ...GEMMA4,
    known: {
      models: 'the text model of Gemma 4 12B',
      published: { model: 'gemma-4-12B', total: 11_959_730_224 },
      source: 'transformers, models/gemma4_unified',
    },
  },
  gemma4: {
    ...wrapperOf(visionTower, audioTower),
    known: {
      models: 'Gemma 4 E2B, E4B, 26B-A4B, 31B',
      published: { model: 'gemma-4-26B-A4B', total: 25_805_936_206 },
      source: 'transformers, models/gemma4',
    },
  },
  gemma4_unified: {
    ...wrapperOf(visionEmbedder, audioEmbedder),
    known: {
      models: 'Gemma 4 12B',
      published: { model: 'gemma-4-12B', total: 11_959_730_224 },
      source: 'transformers, models/gemma4_unified',
    },
  },
};

interface KeyValueHeads {
  readonly kvHeads: number;
  readonly headSize: number;
}

/** Key/value heads by kind of layer. Those without a window have their own number only where their values are keys. */
function keyValueHeads(read: ConfigReader): Readonly<Record<'full' | 'local', KeyValueHeads>> | undefined {
  const kvHeads = read.integer('num_key_value_heads');
  const headSize = read.integer('head_dim');
  const globalSize = read.integer('global_head_dim');
  const globalHeads = read.optional('num_global_key_value_heads');
  if (kvHeads === undefined || headSize === undefined || globalSize === undefined) return undefined;
  const hasOwn = read.flag('attention_k_eq_v') && globalHeads !== undefined;
  return { local: { kvHeads, headSize }, full: { kvHeads: hasOwn ? globalHeads : kvHeads, headSize: globalSize } };
}

/** Values have a norm without weights. */
function attentionOfGemma4(context: AttentionContext): AttentionParts | undefined {
  const { read } = context;
  const heads = keyValueHeads(read);
  const window = read.integer('sliding_window');
  if (!heads || window === undefined) return undefined;
  const common = { ...commonOf(context), kind: 'gqa' } as const;
  const local: GroupedQueryAttention = {
    ...common,
    ...heads.local,
    name: 'local',
    valueHeadSize: heads.local.headSize,
    window,
  };
  const full: GroupedQueryAttention = {
    ...common,
    ...heads.full,
    name: 'full',
    valueHeadSize: heads.full.headSize,
    ...(read.flag('attention_k_eq_v') && { sharedKv: true }),
  };
  return {
    full,
    local,
    fullReusing: { ...full, name: 'full-reusing', reusesKv: true },
    localReusing: { ...local, name: 'local-reusing', reusesKv: true },
  };
}

/** The dense network of a layer runs beside its experts. */
function besideDense(read: ConfigReader, { moe, dense }: FeedForwardParts): FeedForwardParts | undefined {
  const hasExperts = read.flag('enable_moe_block') ?? false;
  if (!hasExperts) return dense && { dense };
  return moe && dense && { moe: { ...moe, parallelFfn: dense.ffn } };
}

function layersOfGemma4(read: ConfigReader, { count, attention, feedForward }: LayersContext): Layout | undefined {
  const written = read.texts('layer_types');
  const reusing = read.optional('num_kv_shared_layers') ?? 0;
  const isDoubled = read.flag('use_double_wide_mlp') ?? false;
  const tokenWidth = read.optional('hidden_size_per_layer_input') || undefined;
  if ((written.length > 0 && written.length !== count) || reusing >= count) return undefined;
  const { moe, dense } = feedForward;
  const network = moe ?? dense;
  // Layers that reuse keys and values may have a network of twice the width.
  const doubled = network?.kind === 'dense' && isDoubled ? { ...network, ffn: 2 * network.ffn } : network;
  const classes: LayerClass[] = [];
  const layers: number[] = [];
  for (let layer = 0; layer < count; layer++) {
    const kind = kindOf(written[layer], layer, count);
    const reuses = layer >= count - reusing;
    const chosen = kind && attention[reuses ? `${kind}Reusing` : kind];
    const feedForwardOfLayer = reuses ? doubled : network;
    if (!chosen || !feedForwardOfLayer) return undefined;
    const known = classes.findIndex((of) => of.attention === chosen && of.feedForward === feedForwardOfLayer);
    layers.push(known < 0 ? classes.length : known);
    if (known >= 0) continue;
    classes.push({
      name: nameOfParts(chosen, feedForwardOfLayer),
      attention: chosen,
      feedForward: feedForwardOfLayer,
      norms: normsOf(feedForwardOfLayer),
      isScaled: true,
      ...(tokenWidth !== undefined && { tokenWidth }),
    });
  }
  return { classes, layers };
}

/** Without a list every sixth layer has no window. The last has none whatever the list says. */
function kindOf(written: string | undefined, layer: number, count: number): 'full' | 'local' | undefined {
  if (layer === count - 1) return 'full';
  if (written === undefined) return (layer + 1) % 6 === 0 ? 'full' : 'local';
  if (written === 'full_attention') return 'full';
  return written === 'sliding_attention' ? 'local' : undefined;
}

/** Before and behind both halves; with experts three more around them, and the scale of the router's input. */
function normsOf(feedForward: FeedForward): number {
  return feedForward.kind === 'moe' ? 8 : 4;
}

/** Official checkpoints store projections of keys and values, and the keys' norm, for layers that reuse those of others. */
function borrowedTensors(read: ConfigReader, count: number, hidden: number): Partial<CheckpointExtras> {
  const heads = keyValueHeads(read);
  const written = read.texts('layer_types');
  const first = count - (read.optional('num_kv_shared_layers') ?? 0);
  const isShared = read.flag('attention_k_eq_v') ?? false;
  let unused = 0;
  for (let layer = first; layer < count; layer++) {
    const kind = kindOf(written[layer], layer, count);
    if (!heads || !kind) continue;
    const { kvHeads, headSize } = heads[kind];
    unused += (kind === 'full' && isShared ? 1 : 2) * hidden * kvHeads * headSize + headSize;
  }
  return unused > 0 ? { unused } : {};
}
