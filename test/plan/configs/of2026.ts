import { config, type KnownConfig, TIED, UNTIED } from './shapes.ts';

/** A config with the total that its maker or the hub states where there is one; otherwise counted by hand, tensor by tensor. */
export interface CountedConfig extends KnownConfig {
  /** Bytes of KV cache that a token adds in bf16, and parameters that it is multiplied with (one table included). */
  readonly kv?: number;
  readonly active?: number;
}

/** Every fourth layer attends to everything. `first` is which of four. */
function windows(count: number, first: number): readonly string[] {
  return Array.from({ length: count }, (_, layer) => (layer % 4 === first ? 'full_attention' : 'sliding_attention'));
}

function perFour(count: number, [full, others]: readonly [number, number]): readonly number[] {
  return Array.from({ length: count }, (_, layer) => (layer % 4 === 0 ? full : others));
}

function denseThenSparse(count: number): readonly string[] {
  return Array.from({ length: count }, (_, layer) => (layer === 0 ? 'dense' : 'sparse'));
}

function laguna(
  layers: number,
  [hidden, ffn, moe, topK]: readonly [number, number, number, number],
  heads: readonly [number, number],
  rest: object,
): KnownConfig['config'] {
  return config('laguna', [layers, hidden, heads[0], 8, ffn, 100352], {
    head_dim: 128,
    num_experts: 256,
    num_experts_per_tok: topK,
    moe_intermediate_size: moe,
    shared_expert_intermediate_size: moe,
    sliding_window: 512,
    layer_types: windows(layers, 0),
    mlp_layer_types: denseThenSparse(layers),
    num_attention_heads_per_layer: perFour(layers, heads),
    ...rest,
  });
}

/** A block of Llama-Nemotron. Without query heads in a group it has no attention. */
function block(ffn_mult: number, n_heads_in_group?: number): object {
  const attention = n_heads_in_group === undefined ? { no_op: true } : { n_heads_in_group, no_op: false };
  return {
    attention: { ...attention, window_length: null },
    ffn: { ffn_mult, no_op: false, replace_with_linear: false },
  };
}

export const OF_2026: readonly CountedConfig[] = [
  {
    // The hub's total. Its file holds the prediction module.
    name: 'MiMo-7B-Base',
    total: 7_833_409_536,
    basis: 'all_logical',
    kv: 147_456,
    config: config('mimo', [36, 4096, 32, 8, 11008, 151680], {
      head_dim: 128,
      attention_bias: true,
      use_sliding_window: false,
      sliding_window: 32_768,
      max_window_layers: 32,
      num_nextn_predict_layers: 1,
    }),
  },
  {
    // Arcee states 26 billion, 3 of them active.
    name: 'Trinity-Mini',
    total: 26_123_974_400,
    config: config('afmoe', [32, 2048, 32, 4, 6144, 200192], {
      head_dim: 128,
      num_experts: 128,
      num_experts_per_tok: 8,
      num_shared_experts: 1,
      moe_intermediate_size: 1024,
      num_dense_layers: 2,
      sliding_window: 2048,
      global_attn_every_n_layers: 4,
    }),
  },
  {
    // LG states 236 billion. The prediction module adds 528,513,280.
    name: 'K-EXAONE-236B-A23B',
    total: 236_571_156_352 + 528_513_280,
    basis: 'main+mtp',
    config: config('exaone_moe', [48, 6144, 64, 8, 18432, 153600], {
      head_dim: 128,
      num_experts: 128,
      num_experts_per_tok: 8,
      num_shared_experts: 1,
      moe_intermediate_size: 2048,
      first_last_k_dense_replace: 1,
      is_moe_layer: Array.from({ length: 48 }, (_, layer) => layer > 0),
      sliding_window: 128,
      sliding_window_pattern: 'LLLG',
      num_nextn_predict_layers: 1,
    }),
  },
  {
    // Upstage states 102.6 billion, 12 of them active.
    name: 'Solar-Open-100B',
    total: 102_651_799_552,
    kv: 196_608,
    active: 12_054_833_152,
    config: config('solar_open', [48, 4096, 64, 8, 10240, 196608], {
      intermediate_size: undefined,
      head_dim: 128,
      n_routed_experts: 128,
      n_shared_experts: 1,
      num_experts_per_tok: 8,
      moe_intermediate_size: 1280,
    }),
  },
  {
    // Poolside states 33 billion, 3 of them active.
    name: 'Laguna-XS.2',
    total: 33_442_617_088,
    config: laguna(40, [2048, 8192, 512, 8], [48, 64], { gating: true }),
  },
  {
    name: 'Laguna-S-2.1',
    total: 117_561_977_600,
    config: laguna(48, [3072, 12288, 1024, 10], [48, 72], {
      gating: 'per-head',
      gating_types: new Array<string>(48).fill('per_head'),
      decoder_sparse_step: 1,
      mlp_only_layers: [0],
    }),
  },
  {
    // Tencent states 7 billion.
    name: 'Hunyuan-7B',
    total: 7_504_568_320,
    kv: 131_072,
    config: config('hunyuan_v1_dense', [32, 4096, 32, 8, 14336, 128167], {
      ...TIED,
      attention_head_dim: 128,
      use_qk_norm: true,
      use_cla: false,
    }),
  },
  {
    // The text model of Ministral-3-8B. Mistral states 8.4 billion.
    name: 'Ministral-3-8B',
    total: 8_489_553_920,
    kv: 139_264,
    config: config('ministral3', [34, 4096, 32, 8, 14336, 131072], { head_dim: 128 }),
  },
  {
    // Mistral states 119 billion, 6.5 of them active.
    name: 'Mistral-Small-4',
    total: 118_972_826_624,
    kv: 23_040,
    active: 6_632_588_288,
    config: config('mistral4', [36, 4096, 32, 32, 12288, 131072], {
      q_lora_rank: 1024,
      kv_lora_rank: 256,
      qk_nope_head_dim: 64,
      qk_rope_head_dim: 64,
      v_head_dim: 128,
      n_routed_experts: 128,
      n_shared_experts: 1,
      num_experts_per_tok: 4,
      moe_intermediate_size: 2048,
      first_k_dense_replace: 0,
    }),
  },
  {
    // The hub's total. The order of its blocks changes no sum.
    name: 'Llama-3_3-Nemotron-Super-49B',
    total: 49_867_145_216,
    kv: 200_704,
    config: {
      model_type: 'nemotron-nas',
      hidden_size: 8192,
      num_attention_heads: 64,
      num_hidden_layers: 80,
      num_key_value_heads: null,
      intermediate_size: null,
      mlp_bias: false,
      vocab_size: 128256,
      ...UNTIED,
      block_configs: [
        ...Array.from({ length: 48 }, () => block(5.25, 8)),
        block(2.625, 8),
        ...[...new Array<number>(10).fill(1.3125), ...new Array<number>(8).fill(1), ...new Array<number>(6).fill(0.5)]
          .concat(new Array<number>(5).fill(2.625), 3.281_25, 5.25)
          .map((multiple) => block(multiple)),
      ],
    },
  },
];
