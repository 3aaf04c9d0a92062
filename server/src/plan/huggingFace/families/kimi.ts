import type { LinearAttention } from '../../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Families, LayerKinds } from '../family.ts';
import { kindsBy } from '../layers.ts';
import { NO_EXTRAS } from '../linear.ts';
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
    kinds: listedKinds,
    names: {
      num_experts_per_tok: 'num_experts_per_token',
      n_shared_experts: 'num_shared_experts',
      n_group: 'num_expert_group',
    },
    irrelevant: 'mla_use_nope moe_renormalize moe_router_activation_func use_grouped_topk model_max_length',
  },
  kimi_k25: {
    ...textAndVision(),
    irrelevant: 'projection_hidden_size',
    known: {
      models: 'Kimi K2.5, K2.6, without their vision tower',
      source: 'modeling_kimi_k25.py of moonshotai/Kimi-K2.5',
    },
  },
  // The outer config repeats the size of the vocabulary; the model is made from the text config.
  kimi_vl: {
    ...textAndVision(),
    irrelevant: 'vocab_size',
    known: {
      models: 'Kimi-VL, without its vision tower',
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
  const linear = read.nested('linear_attn_config');
  const heads = linear?.optional('num_heads');
  const headSize = linear?.optional('head_dim');
  const kernel = linear?.optional('short_conv_kernel_size');
  if (!heads || !headSize || !kernel) return undefined;
  const width = heads * headSize;
  const gate = hidden * headSize + headSize * width;
  const parameters = 4 * hidden * width + 3 * width * kernel + 2 * gate + hidden * heads + heads + width + headSize;
  const stateBytes = 4 * heads * headSize * headSize + 2 * 3 * width * (kernel - 1);
  return { ...NO_EXTRAS, kind: 'linear', name: 'linear', heads, headSize, stateBytes, parameters };
}
