import type { Attention, FeedForward, LayerClass, Model } from '../model.ts';
import type { AttentionParts } from './attention.ts';
import type { ConfigReader } from './configReader.ts';
import type { Family } from './families.ts';
import type { FeedForwardParts } from './feedForward.ts';

const NO_ATTENTION: Attention = { kind: 'none', name: 'none' };
const NO_FEED_FORWARD: FeedForward = { kind: 'none' };

/** Which layer is of which class. Nothing when a pattern has a letter or a type that is not known. */
export function layersOf(
  read: ConfigReader,
  count: number,
  attention: AttentionParts,
  feedForward: FeedForwardParts,
  family: Family,
): Pick<Model, 'classes' | 'layers'> | undefined {
  const pattern = read.text('hybrid_override_pattern');
  const attentions = pattern === undefined ? attentionLayers(read, count, attention, family) : undefined;
  if (pattern === undefined && !attentions) return undefined;
  const isMoe = moeLayers(read);
  const classes: LayerClass[] = [];
  const layers: number[] = [];
  for (let layer = 0; layer < count; layer++) {
    const own: Attention = attentions?.[layer] ?? NO_ATTENTION;
    const { moe, dense } = feedForward;
    const part = pattern === undefined ? undefined : partOf(pattern[layer], attention, feedForward);
    if (pattern !== undefined && !part) return undefined;
    const chosen = (moe && isMoe(layer) ? moe : (dense ?? moe)) ?? NO_FEED_FORWARD;
    layers.push(classOf(classes, part?.attention ?? own, part?.feedForward ?? chosen));
  }
  return { classes, layers };
}

/** Nemotron-H: every letter is one layer of one part. */
function partOf(letter: string | undefined, attention: AttentionParts, { moe, dense }: FeedForwardParts) {
  if (letter === 'M' && attention.linear) return { attention: attention.linear, feedForward: NO_FEED_FORWARD };
  if (letter === '*') return { attention: attention.full, feedForward: NO_FEED_FORWARD };
  if (letter === 'E' && moe) return { attention: NO_ATTENTION, feedForward: moe };
  if (letter === '-' && dense) return { attention: NO_ATTENTION, feedForward: dense };
  return undefined;
}

function classOf(classes: LayerClass[], attention: Attention, feedForward: FeedForward): number {
  const known = classes.findIndex((each) => each.attention === attention && each.feedForward === feedForward);
  if (known >= 0) return known;
  const parts = [
    attention.kind === 'none' || attention.name === 'attention' ? '' : attention.name,
    feedForward.kind === 'none' ? '' : feedForward.kind,
  ];
  const norms = attention.kind === 'none' || feedForward.kind === 'none' ? 1 : 2;
  const name = parts.filter((part) => part !== '').join(' + ') || 'attention';
  classes.push({ name, attention, feedForward, norms });
  return classes.length - 1;
}

function moeLayers(read: ConfigReader): (layer: number) => boolean {
  const first = read.integerOr('first_k_dense_replace', 0);
  const frequency = Math.max(1, read.integerOr('moe_layer_freq', 1));
  // Counted from 1: the n-th layer of each n has experts.
  const step = Math.max(1, read.optional('decoder_sparse_step') ?? read.optional('interleave_moe_layer_step') ?? 1);
  const period = Math.max(1, read.integerOr('expert_layer_period', 1));
  const offset = read.integerOr('expert_layer_offset', 0);
  const dense = new Set(read.integers('mlp_only_layers'));
  return (layer) =>
    layer >= first &&
    layer % frequency === 0 &&
    (layer + 1) % step === 0 &&
    layer % period === offset % period &&
    !dense.has(layer);
}

const LAYER_TYPES: Readonly<Record<string, keyof AttentionParts>> = {
  full_attention: 'full',
  sliding_attention: 'local',
  chunked_attention: 'local',
  linear_attention: 'linear',
};

function attentionLayers(
  read: ConfigReader,
  count: number,
  parts: AttentionParts,
  family: Family,
): Attention[] | undefined {
  const { full, local = full, linear = full } = parts;
  const range = Array.from({ length: count }, (_, layer) => layer);
  const types = read.texts('layer_types');
  const interval =
    read.optional('full_attention_interval') ?? (parts.local && types.length === 0 ? family.fullEvery : undefined);
  if (types.length > 0) {
    if (types.length !== count || types.some((type) => LAYER_TYPES[type] === undefined)) return undefined;
    return types.map((type) => ({ full, local, linear })[LAYER_TYPES[type] ?? 'full']);
  }
  const kinds = read.integers('attn_type_list');
  if (kinds.length > 0) return kinds.length === count ? kinds.map((kind) => (kind === 1 ? full : linear)) : undefined;
  const period = read.optional('attn_layer_period');
  const offset = read.integerOr('attn_layer_offset', 0);
  if (period) return range.map((layer) => (layer % period === offset ? full : linear));
  if (interval) return range.map((layer) => ((layer + 1) % interval === 0 ? full : parts.linear ? linear : local));
  return range.map(() => full);
}
