import type { LinearAttention } from '../../attention.ts';
import type { Residual } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Families, LayerKinds } from '../family.ts';
import { kindsBy } from '../layers.ts';
import { NO_EXTRAS, projectedOf } from '../linear.ts';
import { linear, plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

export const families: Families = {
  kimi_k2: {
    latent: 'plain',
    routerBias: true,
    storesRotary: true,
    known: {
      models: 'Kimi K2',
      published: { model: 'Kimi-K2', total: 1_026_470_731_056 },
      source: 'modeling_deepseek.py of moonshotai/Kimi-K2-Instruct',
    },
  },
  kimi_linear: {
    known: {
      models: 'Kimi Linear',
      published: { model: 'Kimi-Linear-48B-A3B', total: 49_122_681_728 },
      source: 'modeling_kimi.py of moonshotai/Kimi-Linear-48B-A3B-Instruct',
    },
    latent: 'plain',
    routerBias: true,
    linear: kimiDelta,
    states: 'self_attn',
    kinds: listedKinds,
    residual: attentionResiduals,
    names: {
      attn_output_gate: 'mla_use_output_gate',
      latent: 'routed_expert_hidden_size',
      latent_norm: 'latent_moe_use_norm',
      num_experts_per_tok: 'num_experts_per_token',
      n_shared_experts: 'num_shared_experts',
      n_group: 'num_expert_group',
    },
    irrelevant: `mla_use_nope moe_renormalize moe_router_activation_func use_grouped_topk model_max_length gate_lower_bound
      activation_situ_beta activation_situ_linear_beta`,
  },
  // Behind its text model the tower of Kimi-K3 (an index of its checkpoint's tensors).
  kimi_k3: {
    ...textAndVision(patchesMerged),
    known: {
      models: 'Kimi-K3',
      published: { model: 'Kimi-K3', total: 2_779_931_837_184 },
      source: "the maker's modeling_kimi_k3.py; vLLM and SGLang, models/kimi_k3",
    },
    irrelevant: `image_placeholder merge_type mlp_type mm_projector_type norm_type pos_emb_interpolation_mode pos_emb_type
      activation_func init_pos_emb_time text_hidden_size vt_num_attention_heads`,
  },
  // The tower's own names; the index of its tensors holds scales and shapes of int4 weights too.
  kimi_k25: {
    ...textAndVision((vision, _, hidden) => {
      vision.rename({
        hidden_size: 'vt_hidden_size',
        intermediate_size: 'vt_intermediate_size',
        num_hidden_layers: 'vt_num_hidden_layers',
      });
      return moonVit(vision, hidden);
    }),
    irrelevant: `projection_hidden_size vt_num_attention_heads init_pos_emb_time merge_type mm_hidden_size mm_projector_type
      text_hidden_size video_attn_type pos_emb_type projector_hidden_act`,
    known: {
      models: 'Kimi K2.5, K2.6',
      stated: { model: 'Kimi-K2.5', total: '1,058,589,420,528 with scales and shapes of int4 weights' },
      source: 'modeling_kimi_k25.py of moonshotai/Kimi-K2.5',
    },
  },
  kimi_vl: {
    ...textAndVision((vision, _, hidden) => moonVit(vision, hidden)),
    repeats: ['vocab_size'],
    known: {
      models: 'Kimi-VL',
      published: { model: 'Kimi-VL-A3B', total: 16_407_657_776 },
      source: 'modeling_kimi_vl.py of moonshotai/Kimi-VL-A3B-Instruct',
    },
  },
};

/** Kimi Linear counts its layers from 1 and lists both kinds. */
function listedKinds(read: ConfigReader, count: number): LayerKinds | undefined {
  const linear = read.nested('linear_attn_config');
  if (!linear) return undefined;
  const deltas = linear.integers('kda_layers');
  const wholes = linear.integers('full_attn_layers');
  const listed = new Set([...deltas, ...wholes]);
  if (deltas.length + wholes.length !== count || listed.size !== count || Math.max(...listed) !== count) return [];
  const isWhole = new Set(wholes);
  return kindsBy(count, (layer) => (isWhole.has(layer + 1) ? 'full' : 'linear'));
}

/** Kimi delta attention: q, k, v with a convolution each, decay and output gates of rank one head, beta, a norm of one head. */
function kimiDelta(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const delta = read.nested('linear_attn_config');
  const heads = delta?.optional('num_heads');
  const headSize = delta?.optional('head_dim');
  const kernel = delta?.optional('short_conv_kernel_size');
  if (!heads || !headSize || !kernel) return undefined;
  const width = heads * headSize;
  const isFull = delta?.flag('use_full_rank_gate') ?? false;
  const decay = hidden * headSize + headSize * width;
  // With an output gate of full rank checkpoints hold the decay rates of one head's width instead of one for each head.
  const gates = decay + (isFull ? hidden * width + headSize : decay + heads);
  const parameters = 4 * hidden * width + 3 * width * kernel + gates + hidden * heads + width + headSize;
  const stateBytes = 4 * heads * headSize * headSize + 2 * 3 * width * (kernel - 1);
  return {
    ...NO_EXTRAS,
    kind: 'linear',
    name: 'linear',
    heads,
    headSize,
    stateBytes,
    parameters,
    projected: projectedOf(parameters, hidden, (isFull ? 4 : 3) * width, width),
    outputGate: isFull,
  };
}

function attentionResiduals(read: ConfigReader): Residual | undefined {
  const layers = read.optional('attn_res_block_size');
  return layers ? { kind: 'blocks', layers } : undefined;
}

/** Layers without biases, learned positions, and a projector of two matrices and a norm that merges neighbouring patches. */
function patchesMerged(vision: ConfigReader, _: ConfigReader, hidden: number): number | undefined {
  const width = vision.integer('vt_hidden_size');
  const inner = vision.integer('qkv_hidden_size');
  const ffn = vision.integer('vt_intermediate_size');
  const depth = vision.integer('vt_num_hidden_layers');
  const patch = vision.integer('patch_size');
  const rows = vision.integer('init_pos_emb_height');
  const columns = vision.integer('init_pos_emb_width');
  const merged = vision.integers('merge_kernel_size').reduce((product, side) => product * side, 1);
  const biased = ['attn_bias', 'linear_bias', 'patch_embed_proj_bias'].some((field) => vision.flag(field));
  if (!width || !inner || !ffn || !depth || !patch || !rows || !columns || biased) return undefined;
  if (vision.differs('mm_hidden_size', width)) return undefined;
  const layer = 2 * width + 4 * width * inner + 2 * width * ffn;
  const joined = merged * width;
  const projector = joined * joined + joined * hidden + hidden;
  return depth * layer + width + 3 * patch * patch * width + rows * columns * width + projector;
}

/**
 * MoonViT: patches, a table of positions, layers with biases, a norm; patches are joined behind a norm of their own and
 * projected by two matrices.
 */
function moonVit(vision: ConfigReader, hidden: number): number | undefined {
  const width = vision.optional('hidden_size');
  const ffn = vision.optional('intermediate_size');
  const layers = vision.optional('num_hidden_layers');
  const patch = vision.optional('patch_size');
  const [high = 0, wide = 0] = vision.integers('merge_kernel_size');
  if (!width || !ffn || !layers || !patch || !high || !wide) return undefined;
  const positions = vision.integerOr('init_pos_emb_height', 64) * vision.integerOr('init_pos_emb_width', 64);
  const joined = high * wide * width;
  const embedding = linear(3 * patch * patch, width) + positions * width;
  return embedding + layers * plainLayer(width, ffn) + 4 * width + linear(joined, joined) + linear(joined, hidden);
}
