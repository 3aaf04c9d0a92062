import type { GroupedQueryAttention } from '../../attention.ts';
import type { LayerClass } from '../../model.ts';
import { groupedQueryOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, IsSparse, LayersContext } from '../family.ts';
import { classOf } from '../layerClasses.ts';
import { kindsNamed, WINDOW_TYPES } from '../layers.ts';
import { plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

/**
 * Step 3.5 and 3.7 Flash (vLLM, models/step3p5.py and step3p5_mtp.py; transformers, models/step3p7). Layers with a window
 * have more query heads than those without, and each head a gate of one number. Lists of layers go on over the prediction
 * modules, of which each has a head of its own.
 */
export const families: Families = {
  step3p5: {
    known: {
      models: 'Step 3.5 Flash',
      published: { model: 'Step-3.5-Flash', total: 199_384_301_376 },
      source: 'vLLM, models/step3p5.py',
    },
    qkNorm: 'head',
    routerBias: true,
    copiedTables: 1,
    attention: attentionOfStep,
    kinds: (read, count) => kindsNamed(listedKinds(read).slice(0, count), WINDOW_TYPES),
    sparse: sparseOfStep,
    mtpLayer: mtpLayerOfStep,
    names: {
      num_key_value_heads: 'num_attention_groups',
      n_routed_experts: 'moe_num_experts',
      num_experts_per_tok: 'moe_top_k',
      shared_expert_intermediate_size: 'share_expert_dim',
    },
    only: { use_moe: true, use_moe_router_bias: true, use_qk_norm: true, use_mfa: false, att_impl_type: 'GQA' },
    refused: refusedStep,
    irrelevant: `swiglu_limits swiglu_limits_shared partial_rotary_factors yarn_only_types use_rope_layers
      moe_router_activation norm_expert_weight need_fp32_gate zero_centered use_bidirectional_attention sink`,
  },
  step3p7: {
    known: {
      models: 'Step 3.7 Flash',
      stated: { model: 'Step-3.7-Flash', total: '201.4 billion' },
      source: 'transformers, models/step3p7',
    },
    ...textAndVision(perceptionEncoder),
    irrelevant: 'understand_projector_stride image_token_len patch_token_len heads ls_init_value pool_type',
  },
};

/** Without these lists the codes that run it take different layers for windowed or sparse ones. */
function refusedStep(read: ConfigReader): string | undefined {
  const types = read.texts('layer_types').length;
  const [layers = 0, modules = 0] = [read.optional('num_hidden_layers'), read.optional('num_nextn_predict_layers')];
  if (types !== layers && types !== layers + modules)
    return `\`layer_types\` has ${types} entries for ${layers} layers and ${modules} prediction modules; correct it`;
  if (read.has('moe_layers_enum') || read.has('mlp_layer_types')) return undefined;
  return 'it does not say which layers have experts (`moe_layers_enum`); add it, or write the model out instead';
}

function listedKinds(read: ConfigReader): readonly string[] {
  return [...read.texts('layer_types'), ...read.texts('mtp_layer_types')];
}

function attentionOfStep(context: AttentionContext): AttentionParts | undefined {
  const { read, heads } = context;
  const headGate = read.flag('use_head_wise_attn_gate') ?? true;
  const full: GroupedQueryAttention = {
    ...groupedQueryOf(context),
    name: 'full',
    outputBias: false,
    ...(headGate && { headGate }),
  };
  const window = read.optional('sliding_window');
  const other = read.nested('attention_other_setting');
  if (other?.differs('attention_type', 'sliding_attention')) return undefined;
  const kvHeads = other?.optional('num_attention_groups') ?? full.kvHeads;
  const headSize = other?.optional('head_dim') ?? full.headSize;
  const localHeads = other?.optional('num_attention_heads') ?? read.optional('num_sliding_attention_heads') ?? heads;
  return {
    full,
    ...(window !== undefined && {
      local: { ...full, name: 'local', heads: localHeads, kvHeads, headSize, valueHeadSize: headSize, window },
    }),
  };
}

/** `moe_layers_enum` lists the layers with experts, as a text or as numbers. */
function sparseOfStep(read: ConfigReader, count: number): IsSparse | undefined {
  const words = read.texts('mlp_layer_types');
  if (words.length >= count) return (layer) => words[layer] === 'sparse';
  const text = read.isText('moe_layers_enum') ? read.text('moe_layers_enum') : undefined;
  const listed = text === undefined ? read.integers('moe_layers_enum') : text.split(',').map(numberIn);
  if (listed.some((layer) => !Number.isInteger(layer))) return undefined;
  const sparse = new Set(listed);
  return (layer) => sparse.has(layer);
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The kinds behind those of the model's own layers are the modules'. They are one layer where all are alike. */
function mtpLayerOfStep(read: ConfigReader, context: LayersContext): LayerClass | undefined {
  const { count, attention, feedForward } = context;
  const [kind, ...others] = kindsNamed(listedKinds(read).slice(count), WINDOW_TYPES);
  const networks = read.texts('mtp_mlp_layer_types');
  const isSparse = networks.length > 0 ? networks[0] === 'sparse' : sparseOfStep(read, count)?.(count);
  const chosen = kind === undefined || others.some((other) => other !== kind) ? undefined : attention[kind];
  const network = isSparse ? feedForward.moe : feedForward.dense;
  if (!chosen || !network) return undefined;
  const classes: LayerClass[] = [];
  classOf(classes, chosen, network, 2);
  return classes[0];
}

/** Perception encoder of Step 3.7: scaled halves, a norm before the layers, two convolutions behind them, one matrix. */
function perceptionEncoder(read: ConfigReader, outer: ConfigReader, hidden: number): number | undefined {
  const width = read.optional('width') ?? read.integerOr('hidden_size', 1536);
  const layers = read.optional('layers') ?? read.integerOr('num_hidden_layers', 47);
  const ffn = Math.floor(width * (read.positive('mlp_ratio') ?? 8960 / 1536));
  const patch = read.integerOr('patch_size', 14);
  const side = Math.floor(read.integerOr('image_size', 728) / patch);
  if (read.flag('use_cls_token') || read.flag('use_ln_post') || read.has('output_dim')) return undefined;
  const embedding = 3 * patch * patch * width + side * side * width;
  const convolutions = 9 * width * 2 * width + 2 * width + 9 * 2 * width * 4 * width + 4 * width;
  const projection = 4 * width * hidden + (outer.flag('projector_bias') ? hidden : 0);
  return embedding + 2 * width + layers * (plainLayer(width, ffn) + 2 * width) + convolutions + projection;
}
