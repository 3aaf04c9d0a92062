import { type Attention, NO_ATTENTION } from '../attention.ts';
import { nameOfParts } from '../layerParts.ts';
import { type FeedForward, type LayerClass, type Model, NO_FEED_FORWARD } from '../model.ts';
import type { AttentionParts } from './attention.ts';
import { ConfigReader } from './configReader.ts';
import type { Family } from './families.ts';
import type { FeedForwardParts } from './feedForward.ts';

type Layout = Pick<Model, 'classes' | 'layers' | 'mtpLayer'>;

/** Assigns a class to each layer. Undefined when a pattern has a letter or a type that is not known. */
export function layersOf(
  read: ConfigReader,
  count: number,
  attention: AttentionParts,
  feedForward: FeedForwardParts,
  family: Family,
): Layout | undefined {
  const norms = family.norms ?? 2;
  if (family.shortcut) return shortcutLayers(count, attention.full, feedForward, norms);
  const classes: LayerClass[] = [];
  const pattern = read.text('hybrid_override_pattern');
  if (pattern !== undefined) return patternLayers(read, pattern, count, classes, attention, feedForward);
  const attentions = attentionLayers(read, count, attention, family);
  const isMoe = moeLayers(read, count);
  if (!attentions || !isMoe) return undefined;
  const { moe, dense } = feedForward;
  const layers: number[] = [];
  for (const [layer, layerAttention] of attentions.entries()) {
    const chosen = moe && isMoe(layer) ? moe : dense;
    if (!chosen) return undefined;
    layers.push(classOf(classes, layerAttention, chosen, norms));
  }
  // A prediction module chooses its keys itself.
  const mtpLayer =
    attention.reused &&
    classes.find((layerClass) => layerClass.attention === attention.full && layerClass.feedForward === (moe ?? dense));
  return { classes, layers, ...(mtpLayer && { mtpLayer }) };
}

/**
 * LongCat-Flash: each of its layers becomes two, each with one attention and one dense network. The experts stand beside
 * the first dense network. Its prediction module has no experts.
 */
function shortcutLayers(
  count: number,
  attention: Attention,
  { moe, dense }: FeedForwardParts,
  norms: number,
): Layout | undefined {
  if (!moe || !dense) return undefined;
  const classes: LayerClass[] = [];
  const pair = [classOf(classes, attention, moe, norms), classOf(classes, attention, dense, norms)];
  const mtpLayer = classes.at(-1);
  return { classes, layers: Array.from({ length: count }, () => pair).flat(), ...(mtpLayer && { mtpLayer }) };
}

/** Nemotron-H: every letter of the pattern is one layer with one part. */
function patternLayers(
  read: ConfigReader,
  pattern: string,
  count: number,
  classes: LayerClass[],
  attention: AttentionParts,
  feedForward: FeedForwardParts,
): Layout | undefined {
  if (pattern.length !== count) return undefined;
  const { moe, dense } = feedForward;
  const layers: number[] = [];
  for (const letter of pattern) {
    if (letter === 'M' && attention.linear) layers.push(classOf(classes, attention.linear, NO_FEED_FORWARD, 1));
    else if (letter === '*') layers.push(classOf(classes, attention.full, NO_FEED_FORWARD, 1));
    else if (letter === 'E' && moe) layers.push(classOf(classes, NO_ATTENTION, moe, 1));
    else if (letter === '-' && dense) layers.push(classOf(classes, NO_ATTENTION, dense, 1));
    else return undefined;
  }
  const modules = read.text('mtp_hybrid_override_pattern');
  if (modules === undefined) return { classes, layers };
  if (modules !== '*E' || !moe) return undefined;
  const mtpClasses: LayerClass[] = [];
  classOf(mtpClasses, attention.full, moe, 2);
  const [mtpLayer] = mtpClasses;
  return { classes, layers, ...(mtpLayer && { mtpLayer }) };
}

function classOf(classes: LayerClass[], attention: Attention, feedForward: FeedForward, norms: number): number {
  const classIndex = classes.findIndex(
    (layerClass) => layerClass.attention === attention && layerClass.feedForward === feedForward,
  );
  if (classIndex >= 0) return classIndex;
  classes.push({ name: nameOfParts(attention, feedForward), attention, feedForward, norms });
  return classes.length - 1;
}

function moeLayers(read: ConfigReader, count: number): ((layer: number) => boolean) | undefined {
  const words = read.texts('mlp_layer_types');
  if (words.length > 0) {
    // The list already says what these fields say.
    for (const field of ['first_k_dense_replace', 'moe_layer_freq']) read.has(field);
    const isKnown = words.length === count && words.every((word) => word === 'sparse' || word === 'dense');
    return isKnown ? (layer) => words[layer] === 'sparse' : undefined;
  }
  if (read.isList('moe_layers')) {
    const listed = new Set(read.integers('moe_layers'));
    read.has('interleave_moe_layer_step');
    return (layer) => listed.has(layer);
  }
  const isListed = read.isList('moe_layer_freq');
  const flags = isListed ? read.integers('moe_layer_freq') : [];
  if (isListed) return flags.length === count ? (layer) => flags[layer] === 1 : undefined;
  const first = read.integerOr('first_k_dense_replace', 0);
  const frequency = Math.max(1, read.integerOr('moe_layer_freq', 1));
  const last = read.differs('last_moe_layer', -1) ? read.integerOr('last_moe_layer', count - 1) : count - 1;
  // Counted from 1: the last of every n layers has experts.
  const step = Math.max(
    1,
    read.optional('decoder_sparse_step') ??
      read.optional('interleave_moe_layer_step') ??
      read.optional('arctic_step') ??
      1,
  );
  const period = Math.max(1, read.integerOr('expert_layer_period', 1));
  const offset = read.integerOr('expert_layer_offset', 0);
  const dense = new Set(read.integers('mlp_only_layers'));
  return (layer) =>
    layer >= first &&
    layer <= last &&
    layer % frequency === 0 &&
    (layer + 1) % step === 0 &&
    layer % period === offset % period &&
    !dense.has(layer);
}

const LAYER_TYPES: Readonly<Record<string, keyof AttentionParts>> = {
  attention: 'full',
  full_attention: 'full',
  sliding_attention: 'local',
  chunked_attention: 'local',
  linear_attention: 'linear',
  mamba: 'linear',
};

const INDEXER_TYPES: Readonly<Record<string, keyof AttentionParts>> = { full: 'full', shared: 'reused' };

/** Undefined when a layer has a kind that the config does not describe. */
function attentionLayers(
  read: ConfigReader,
  count: number,
  parts: AttentionParts,
  family: Family,
): Attention[] | undefined {
  const kinds = attentionKinds(read, count, parts, family);
  if (kinds?.length !== count) return undefined;
  const layers = kinds.flatMap((kind) => (kind && parts[kind]) ?? []);
  return layers.length === count ? layers : undefined;
}

function attentionKinds(
  read: ConfigReader,
  count: number,
  parts: AttentionParts,
  family: Family,
): (keyof AttentionParts | undefined)[] | undefined {
  const range = Array.from({ length: count }, (_, layer) => layer);
  const indexers = parts.reused ? read.texts('indexer_types') : [];
  if (indexers.length > 0)
    return indexers.map((type) => (Object.hasOwn(INDEXER_TYPES, type) ? INDEXER_TYPES[type] : undefined));
  const types = read.texts('layer_types');
  if (types.length > 0) {
    // The list already says everything that these fields say.
    for (const field of ['full_attention_interval', 'sliding_window_pattern', 'no_rope_layers']) read.has(field);
    return types.map((type) => (Object.hasOwn(LAYER_TYPES, type) ? LAYER_TYPES[type] : undefined));
  }
  const numbers = parts.linear ? read.integers('attn_type_list') : [];
  if (numbers.length > 0) return numbers.map((kind) => (kind === 1 ? 'full' : 'linear'));
  const kimi = read.object('linear_attn_config');
  if (kimi) return kimiKinds(new ConfigReader(kimi), count);
  const period = read.optional('attn_layer_period');
  const offset = read.integerOr('attn_layer_offset', 0);
  if (period) return range.map((layer) => (layer % period === offset ? 'full' : 'linear'));
  const rotated = parts.local?.chunk !== undefined ? read.integers('no_rope_layers') : [];
  if (rotated.length > 0) return rotated.map((flag) => (flag === 0 ? 'full' : 'local'));
  const written = read.isText('sliding_window_pattern') ? undefined : read.optional('sliding_window_pattern');
  const interval =
    read.optional('full_attention_interval') ?? (parts.local ? (written ?? family.fullEvery) : undefined);
  if (interval) return range.map((layer) => ((layer + 1) % interval === 0 ? 'full' : parts.local ? 'local' : 'linear'));
  return parts.linear ? undefined : range.map(() => 'full');
}

/** Kimi Linear counts its layers from 1 and lists both kinds. */
function kimiKinds(linear: ConfigReader, count: number): (keyof AttentionParts)[] | undefined {
  const deltas = linear.integers('kda_layers');
  const wholes = linear.integers('full_attn_layers');
  const listed = new Set([...deltas, ...wholes]);
  if (deltas.length + wholes.length !== count || listed.size !== count || Math.max(...listed) !== count)
    return undefined;
  const isWhole = new Set(wholes);
  return Array.from({ length: count }, (_, layer) => (isWhole.has(layer + 1) ? 'full' : 'linear'));
}
