import { type Attention, NO_ATTENTION } from '../../attention.ts';
import { type FeedForward, type LayerClass, NO_FEED_FORWARD } from '../../model.ts';
import { groupedQueryOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, LayersContext, Layout } from '../family.ts';
import { classOf } from '../layerClasses.ts';

export const families: Families = {
  // Llama whose layers were made unequal by a search: some have no attention, and networks differ in width.
  'nemotron-nas': {
    only: { mlp_bias: false },
    attention: byGroups,
    feedForward: () => ({}),
    layers: unequalLayers,
    irrelevant: 'unshifted_sink use_prefill_window_in_sink_attention',
    known: {
      models: 'Llama-Nemotron Super 49B, Ultra 253B',
      published: { model: 'Llama-3_3-Nemotron-Super-49B', total: 49_867_145_216 },
      source: 'modeling_decilm.py of the checkpoints',
    },
  },
};

/** One kind of attention for each number of query heads that share keys and values. */
function byGroups(context: AttentionContext): AttentionParts | undefined {
  const { read, heads } = context;
  const groups = read.nestedList('block_configs').flatMap((block) => {
    const attention = block.nested('attention');
    return (attention?.flag('no_op') ? undefined : attention?.optional('n_heads_in_group')) ?? [];
  });
  const distinct = [...new Set(groups)];
  if (distinct.length === 0 || distinct.some((group) => group === 0 || heads % group !== 0)) return undefined;
  const plain = groupedQueryOf(context);
  const parts: Record<string, Attention> = {};
  for (const group of distinct) {
    const name = distinct.length === 1 ? 'attention' : `attention-${heads / group}`;
    parts[keyOf(group)] = { ...plain, name, kvHeads: heads / group };
  }
  const [first] = Object.values(parts);
  return first && { ...parts, full: first };
}

function keyOf(group: number | undefined): string {
  return `groups of ${group}`;
}

/** Undefined when a block has a part that is no attention by heads and no network of three matrices. */
function unequalLayers(read: ConfigReader, { count, attention, hidden }: LayersContext): Layout | undefined {
  const blocks = read.nestedList('block_configs');
  if (blocks.length !== count) return undefined;
  const networks = new Map<number, FeedForward>();
  const classes: LayerClass[] = [];
  const layers: number[] = [];
  for (const block of blocks) {
    const layerAttention = attentionOf(block.nested('attention'), attention);
    const layerFeedForward = feedForwardOf(block.nested('ffn'), hidden, networks);
    if (!layerAttention || !layerFeedForward) return undefined;
    const parts = Number(layerAttention !== NO_ATTENTION) + Number(layerFeedForward !== NO_FEED_FORWARD);
    // A block of neither holds nothing and computes nothing.
    if (parts > 0) layers.push(classOf(classes, layerAttention, layerFeedForward, parts));
  }
  return { classes, layers };
}

function attentionOf(fields: ConfigReader | undefined, parts: AttentionParts): Attention | undefined {
  if (!fields || fields.flag('replace_with_linear')) return undefined;
  return fields.flag('no_op') ? NO_ATTENTION : parts[keyOf(fields.optional('n_heads_in_group'))];
}

/** Equal networks are one object, so that their layers are of one class. */
function feedForwardOf(
  fields: ConfigReader | undefined,
  hidden: number,
  networks: Map<number, FeedForward>,
): FeedForward | undefined {
  if (!fields || fields.flag('replace_with_linear')) return undefined;
  if (fields.flag('no_op')) return NO_FEED_FORWARD;
  const multiple = fields.positive('ffn_mult');
  if (multiple === undefined) return undefined;
  const ffn = widthOf(multiple, hidden);
  const network = networks.get(ffn) ?? { kind: 'dense', ffn, gated: true, bias: false };
  networks.set(ffn, network);
  return network;
}

/** `_ffn_mult_to_intermediate_size`: two thirds of the multiple, rounded up to 256. */
function widthOf(multiple: number, hidden: number): number {
  return Math.ceil(Math.floor((2 * multiple * hidden) / 3) / 256) * 256;
}
