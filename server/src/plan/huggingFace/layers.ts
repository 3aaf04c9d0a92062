import type { Attention } from '../attention.ts';
import { nameOfParts } from '../layerParts.ts';
import { hashedExperts, type LayerClass } from '../model.ts';
import type { ConfigReader } from './configReader.ts';
import type { IsSparse, LayerKinds, LayersContext, Layout } from './family.ts';
import { classOf } from './layerClasses.ts';

/** Assigns a class to each layer. Undefined when a pattern has a letter or a type that is not known. */
export function layersOf(read: ConfigReader, context: LayersContext): Layout | undefined {
  const { count, feedForward, family } = context;
  if (family.layers) return family.layers(read, context);
  const attentions = attentionLayers(read, context);
  const isSparse = family.sparse ? family.sparse(read, count) : sparseLayers(read, count);
  if (!attentions || !isSparse) return undefined;
  const { moe, dense } = feedForward;
  const firstRouted = family.hashed ? family.hashed(read, count) : 0;
  if (firstRouted === undefined) return undefined;
  const hashed = moe && hashedExperts(moe);
  const classes: LayerClass[] = [];
  const layers: number[] = [];
  for (const [layer, layerAttention] of attentions.entries()) {
    const chosen = moe && isSparse(layer) ? (layer < firstRouted ? hashed : moe) : dense;
    if (!chosen) return undefined;
    layers.push(classOf(classes, layerAttention, chosen, family.norms ?? 2));
  }
  return { classes, layers, ...mtpLayer(read, classes, context) };
}

/** The layer of prediction modules: as the family says, with attention of their own, or like a layer that chooses its keys itself. */
function mtpLayer(
  read: ConfigReader,
  classes: readonly LayerClass[],
  context: LayersContext,
): Pick<Layout, 'mtpLayer'> {
  const { attention, feedForward, family } = context;
  const declared = family.mtpLayer?.(read, context);
  if (family.mtpLayer) return declared ? { mtpLayer: declared } : {};
  const network = feedForward.moe ?? feedForward.dense;
  if (attention.mtp && network) {
    const name = nameOfParts(attention.mtp, network);
    return { mtpLayer: { name, attention: attention.mtp, feedForward: network, norms: family.norms ?? 2 } };
  }
  const choosing =
    attention.reused &&
    classes.find((layerClass) => layerClass.attention === attention.full && layerClass.feedForward === network);
  return choosing ? { mtpLayer: choosing } : {};
}

const SAID_BY_LIST = ['first_k_dense_replace', 'moe_layer_freq', 'mlp_only_layers', 'decoder_sparse_step'] as const;

/** Which layers have experts, by the fields of most architectures. Undefined when these are not understood. */
export function sparseLayers(read: ConfigReader, count: number): IsSparse | undefined {
  const words = read.texts('mlp_layer_types');
  if (words.length > 0) {
    // The list already says what these fields say.
    for (const field of SAID_BY_LIST) read.has(field);
    const isKnown = words.length === count && words.every((word) => word === 'sparse' || word === 'dense');
    return isKnown ? (layer) => words[layer] === 'sparse' : undefined;
  }
  const isListed = read.isList('moe_layer_freq');
  const flags = isListed ? read.integers('moe_layer_freq') : [];
  const first = read.integerOr('first_k_dense_replace', 0);
  const agrees = flags.length === count && flags.every((flag, layer) => flag === 0 || layer >= first);
  if (isListed) return agrees ? (layer) => flags[layer] === 1 : undefined;
  const frequency = read.integerOr('moe_layer_freq', 1);
  const last = read.differs('last_moe_layer', -1) ? read.integerOr('last_moe_layer', count - 1) : count - 1;
  // Counted from 1: the last of every n layers has experts.
  const step = read.integerOr('decoder_sparse_step', 1);
  const dense = new Set(read.integers('mlp_only_layers'));
  if (frequency === 0 || step === 0) return undefined;
  return (layer) =>
    layer >= first && layer <= last && layer % frequency === 0 && (layer + 1) % step === 0 && !dense.has(layer);
}

/** Words of transformers for layers that attend to everything, and those with a window. */
export const WINDOW_TYPES: Readonly<Record<string, string>> = { full_attention: 'full', sliding_attention: 'local' };

const LAYER_TYPES: typeof WINDOW_TYPES = {
  ...WINDOW_TYPES,
  attention: 'full',
  chunked_attention: 'local',
  linear_attention: 'linear',
  mamba: 'linear',
};

/** Transformers 5 writes these words for latent attention whose indexer chooses the keys. */
const INDEXED_TYPES: typeof LAYER_TYPES = {
  ...LAYER_TYPES,
  deepseek_sparse_attention: 'full',
  indexed_attention: 'full',
};

function hasIndexer(attention: Attention): boolean {
  return 'indexer' in attention && attention.indexer !== undefined;
}

/** Undefined when a layer has a kind that the config does not describe. */
function attentionLayers(read: ConfigReader, context: LayersContext): Attention[] | undefined {
  const { count, attention, family } = context;
  const kinds = family.kinds?.(read, count, attention) ?? attentionKinds(read, context);
  if (kinds?.length !== count) return undefined;
  const layers = kinds.flatMap((kind) => (kind === undefined ? undefined : attention[kind]) ?? []);
  return layers.length === count ? layers : undefined;
}

function attentionKinds(read: ConfigReader, { count, attention, family }: LayersContext): LayerKinds | undefined {
  const types = read.texts('layer_types');
  if (types.length > 0) {
    // The list already says everything that these fields say.
    for (const field of ['full_attention_interval', 'sliding_window_pattern']) read.has(field);
    return kindsNamed(types, hasIndexer(attention.full) ? INDEXED_TYPES : LAYER_TYPES);
  }
  if (attention.local && family.windowsLast) {
    const first = read.integerOr('max_window_layers', 0);
    return kindsBy(count, (layer) => (layer < first ? 'full' : 'local'));
  }
  const written = read.isText('sliding_window_pattern') ? undefined : read.optional('sliding_window_pattern');
  const interval =
    read.optional('full_attention_interval') ?? (attention.local ? (written ?? family.fullEvery) : undefined);
  const others = attention.local ? 'local' : 'linear';
  if (interval) return kindsBy(count, (layer) => ((layer + 1) % interval === 0 ? 'full' : others));
  return attention.linear ? undefined : kindsBy(count, () => 'full');
}

export function kindsBy(count: number, kindOf: (layer: number) => string): LayerKinds {
  return Array.from({ length: count }, (_, layer) => kindOf(layer));
}

/** The kinds that a list of a config's words means; undefined where a word is not known. */
export function kindsNamed(words: readonly string[], kinds: Readonly<Record<string, string>>): LayerKinds {
  return words.map((word) => (Object.hasOwn(kinds, word) ? kinds[word] : undefined));
}
