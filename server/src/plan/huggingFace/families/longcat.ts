import type { LayerClass } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Families, LayersContext, Layout } from '../family.ts';
import { classOf } from '../layerClasses.ts';

export const families: Families = {
  longcat_flash: {
    known: {
      models: 'LongCat-Flash',
      published: { model: 'LongCat-Flash', total: 561_862_880_256 },
      source: 'transformers, models/longcat_flash',
    },
    latent: 'plain',
    routerBias: true,
    shortcut: true,
    layers: shortcutLayers,
    unstatedMtp: 1,
    copiedTables: 1,
    names: {
      num_hidden_layers: 'num_layers',
      intermediate_size: 'ffn_hidden_size',
      moe_intermediate_size: 'expert_ffn_hidden_size',
      num_experts_per_tok: 'moe_topk',
    },
    only: { router_bias: false, zero_expert_type: 'identity', attention_method: 'MLA' },
    irrelevant: 'mla_scale_q_lora mla_scale_kv_lora',
  },
};

/**
 * LongCat-Flash: each of its layers becomes two, each with one attention and one dense network. The experts stand beside
 * the first dense network. Its prediction module has no experts.
 */
function shortcutLayers(_: ConfigReader, { count, attention, feedForward }: LayersContext): Layout | undefined {
  const { moe, dense } = feedForward;
  if (!moe || !dense) return undefined;
  const classes: LayerClass[] = [];
  const pair = [classOf(classes, attention.full, moe, 2), classOf(classes, attention.full, dense, 2)];
  const mtpLayer = classes.at(-1);
  return { classes, layers: Array.from({ length: count }, () => pair).flat(), ...(mtpLayer && { mtpLayer }) };
}
