import type { GroupedQueryAttention } from '../../attention.ts';
import type { LayerClass } from '../../model.ts';
import { groupedQueryOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, LayerKinds, LayersContext } from '../family.ts';
import { classOf } from '../layerClasses.ts';
import { kindsBy, kindsNamed, WINDOW_TYPES } from '../layers.ts';

/**
 * MiMo-V2-Flash (transformers, models/mimo_v2_flash; vLLM, models/mimo_v2.py and mimo_v2_mtp.py). Layers with a window have
 * more key/value heads than those without, and sinks; values are narrower than keys. Its checkpoint has three prediction
 * modules, each a layer with a window and a dense network (technical report, 2.2), which the config does not name.
 */
export const families: Families = {
  mimo_v2_flash: {
    known: {
      models: 'MiMo-V2-Flash',
      stated: { model: 'MiMo-V2-Flash', total: '309 billion' },
      source: 'transformers, models/mimo_v2_flash',
    },
    routerBias: true,
    outputBias: false,
    unstatedMtp: 3,
    attention: attentionOfMimo,
    kinds: kindsOfMimo,
    mtpLayer: mtpLayerOfMimo,
    defaults: { head_dim: 192, v_head_dim: 128, sliding_window: 128, first_k_dense_replace: 1 },
    refused: (read) =>
      ['sliding_window_size', 'attention_chunk_size'].flatMap((field) =>
        read.differs(field, read.optional('sliding_window'))
          ? `\`${field}\` and \`sliding_window\` differ, and engines take either; correct one of them`
          : [],
      )[0],
    irrelevant: 'attention_value_scale hybrid_block_size',
  },
};

function attentionOfMimo(context: AttentionContext): AttentionParts | undefined {
  const { read, heads } = context;
  const valueHeadSize = read.integer('v_head_dim');
  const window = read.integer('sliding_window');
  if (valueHeadSize === undefined || window === undefined) return undefined;
  const full: GroupedQueryAttention = {
    ...groupedQueryOf(context),
    name: 'full',
    valueHeadSize,
    sinks: read.flag('add_full_attention_sink_bias') ?? false,
  };
  const local: GroupedQueryAttention = {
    ...full,
    name: 'local',
    heads: read.integerOr('swa_num_attention_heads', heads),
    kvHeads: read.integerOr('swa_num_key_value_heads', 2 * full.kvHeads),
    headSize: read.integerOr('swa_head_dim', full.headSize),
    valueHeadSize: read.integerOr('swa_v_head_dim', valueHeadSize),
    sinks: read.flag('add_swa_attention_sink_bias') ?? true,
    window,
  };
  return { full, local };
}

/** A list of zeros and ones (one is a window), a list of words, or every sixth layer and the first without a window. */
function kindsOfMimo(read: ConfigReader, count: number): LayerKinds {
  const words = read.texts('layer_types');
  if (words.length > 0) return kindsNamed(words, WINDOW_TYPES);
  const flags = read.integers('hybrid_layer_pattern');
  if (flags.length > 0) return flags.map((flag) => (flag === 1 ? 'local' : flag === 0 ? 'full' : undefined));
  return kindsBy(count, (layer) => (layer === 0 || (layer + 1) % 6 === 0 ? 'full' : 'local'));
}

function mtpLayerOfMimo(_: ConfigReader, { attention, feedForward }: LayersContext): LayerClass | undefined {
  const classes: LayerClass[] = [];
  if (attention.local && feedForward.dense) classOf(classes, attention.local, feedForward.dense, 2);
  return classes[0];
}
