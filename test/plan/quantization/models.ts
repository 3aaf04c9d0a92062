import { parametersOf } from '../../../server/src/cost/parameters/parameters.ts';
import { type Beside, readConfig } from '../../../server/src/plan/huggingFace/config.ts';
import type { Model } from '../../../server/src/plan/model.ts';

/** Small models of the kinds that quantisers treat differently. Their sizes are made up. */

/** Grouped-query attention and a dense network in each of 3 layers. */
export const LLAMA = {
  model_type: 'llama',
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  head_dim: 64,
  vocab_size: 1000,
  tie_word_embeddings: false,
};

/** Matrices of one layer of it: attention, network. */
export const LLAMA_ATTENTION = 4 * 256 * 256;
export const LLAMA_NETWORK = 3 * 256 * 512;
/** Everything that is never quantised: two tables and the norms. */
export const LLAMA_WIDE = 2 * 1000 * 256 + (2 * 3 + 1) * 256;

/** Latent attention; a dense layer, 2 layers with 4 experts and a shared one, a prediction module. */
export const DEEPSEEK = {
  model_type: 'deepseek_v3',
  hidden_size: 256,
  intermediate_size: 512,
  moe_intermediate_size: 128,
  num_hidden_layers: 3,
  first_k_dense_replace: 1,
  n_routed_experts: 4,
  n_shared_experts: 1,
  num_experts_per_tok: 2,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  q_lora_rank: 128,
  kv_lora_rank: 128,
  qk_nope_head_dim: 64,
  qk_rope_head_dim: 64,
  v_head_dim: 64,
  vocab_size: 1000,
  num_nextn_predict_layers: 1,
  tie_word_embeddings: false,
};

/** Experts in each of 2 layers and nothing beside them. */
export const QWEN = {
  model_type: 'qwen3_moe',
  hidden_size: 256,
  intermediate_size: 512,
  moe_intermediate_size: 128,
  num_hidden_layers: 2,
  num_experts: 4,
  num_experts_per_tok: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 64,
  vocab_size: 1000,
  tie_word_embeddings: false,
};

/** Three layers of gated delta and one of attention, with experts and a shared one. */
export const HYBRID = {
  model_type: 'qwen3_5_moe_text',
  hidden_size: 256,
  moe_intermediate_size: 128,
  shared_expert_intermediate_size: 128,
  num_hidden_layers: 4,
  full_attention_interval: 4,
  num_experts: 4,
  num_experts_per_tok: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 64,
  linear_conv_kernel_dim: 4,
  linear_key_head_dim: 32,
  linear_num_key_heads: 2,
  linear_num_value_heads: 4,
  linear_value_head_dim: 32,
  vocab_size: 1000,
  tie_word_embeddings: false,
};

/** Nemotron 3: a layer is a state-space layer, attention or experts; the prediction module is one with attention and one with experts. */
export const NEMOTRON = {
  model_type: 'nemotron_h',
  hidden_size: 256,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 64,
  vocab_size: 1000,
  layers_block_type: ['mamba', 'moe', 'attention'],
  mamba_num_heads: 8,
  mamba_head_dim: 64,
  ssm_state_size: 16,
  n_groups: 1,
  conv_kernel: 4,
  n_routed_experts: 4,
  n_shared_experts: 1,
  num_experts_per_tok: 2,
  moe_intermediate_size: 128,
  moe_shared_expert_intermediate_size: 128,
  moe_latent_size: 64,
  mtp_layers_block_type: ['attention', 'moe'],
  num_nextn_predict_layers: 1,
  tie_word_embeddings: false,
};

/** ERNIE 4.5 with a prediction module, whose network is dense. */
export const ERNIE = {
  model_type: 'ernie4_5_moe',
  hidden_size: 256,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_hidden_layers: 3,
  intermediate_size: 512,
  moe_intermediate_size: 64,
  moe_num_experts: 4,
  moe_k: 2,
  moe_num_shared_experts: 1,
  vocab_size: 1000,
  num_nextn_predict_layers: 1,
  use_bias: false,
};

export function read(config: object, beside: Beside = {}): Model | string {
  const reading = readConfig('m', Object.fromEntries(Object.entries(config)), beside);
  return 'refused' in reading ? reading.refused : reading.model;
}

/** The model; a refusal fails the test. */
export function modelOf(config: object, beside: Beside = {}): Model {
  const found = read(config, beside);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

export function quantised(quantization: object, config: object = LLAMA): Model {
  return modelOf({ ...config, quantization_config: quantization });
}

export function refused(quantization: object, config: object = LLAMA): string {
  const found = read({ ...config, quantization_config: quantization });
  if (typeof found !== 'string') throw new Error('it is read');
  return found;
}

export function weightBytes(model: Model): number {
  return parametersOf(model).weightBytes;
}
