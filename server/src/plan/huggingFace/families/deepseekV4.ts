import type { CompressedAttention } from '../../attention.ts';
import type { Residual } from '../../model.ts';
import { commonOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, LayerKinds } from '../family.ts';
import { kindsNamed } from '../layers.ts';

/** As in transformers' `configuration_deepseek_v4.py` and `modeling_deepseek_v4.py`. */
export const families: Families = {
  deepseek_v4: {
    known: {
      models: 'DeepSeek-V4-Pro, V4-Flash',
      published: { model: 'DeepSeek-V4-Flash', total: 290_942_289_362 },
      source: 'transformers, models/deepseek_v4',
    },
    routerBias: true,
    sinks: true,
    attention: compressed,
    kinds: compressionKinds,
    sparse: () => () => true,
    hashed,
    residual: hyperConnections,
    // vLLM and SGLang keep its cache in 8 bits.
    cache: 'fp8',
    // Its fp8 checkpoints keep experts in 4 bits unless they say otherwise (inventories of V4-Pro, which does not say it, and V4-Flash).
    defaults: { expert_dtype: 'fp4' },
    refused: unevenGroups,
    only: { num_key_value_heads: 1, attention_bias: false, mlp_bias: false },
    irrelevant: 'hc_sinkhorn_iters compress_rope_theta routed_scaling_factor default_partial_rotary_factor',
  },
};

function unevenGroups(read: ConfigReader): string | undefined {
  const isEven = read.integerOr('num_attention_heads', 1) % read.integerOr('o_groups', 1) === 0;
  return isEven ? undefined : '`o_groups` does not divide `num_attention_heads`; correct one of the two';
}

/** Entries of 4 tokens overlap and are chosen by an indexer, as the reference code has it; those of 128 are all seen. */
const SPARSE = 4;
const HEAVY = 128;

function compressed(context: AttentionContext): AttentionParts | undefined {
  const { read } = context;
  const headSize = read.integer('head_dim');
  const queryRank = read.integer('q_lora_rank');
  const outputRank = read.integer('o_lora_rank');
  const window = read.integer('sliding_window');
  const indexHeads = read.integer('index_n_heads');
  const indexSize = read.integer('index_head_dim');
  const topK = read.integer('index_topk');
  if (!headSize || !queryRank || !outputRank || !window || !indexHeads || !indexSize || !topK) return undefined;
  const share = read.positive('partial_rotary_factor');
  const ropeSize = read.optional('qk_rope_head_dim') ?? Math.floor(headSize * (share ?? 1 / 8));
  const near: CompressedAttention = {
    ...commonOf(context),
    name: 'near',
    kind: 'compressed',
    headSize,
    ropeSize,
    queryRank,
    outputGroups: read.integerOr('o_groups', 1),
    outputRank,
    window,
  };
  const rates = read.nested('compress_rates');
  const sparse = rates?.optional('compressed_sparse_attention') ?? SPARSE;
  const heavy = rates?.optional('heavily_compressed_attention') ?? HEAVY;
  const indexer = { heads: indexHeads, headSize: indexSize, topK };
  return {
    full: near,
    mtp: { ...near, name: 'mtp' },
    sparse: { ...near, name: 'sparse', compress: sparse, indexer },
    heavy: { ...near, name: 'heavy', compress: heavy },
  };
}

const LAYER_TYPES: Readonly<Record<string, string>> = {
  sliding_attention: 'full',
  compressed_sparse_attention: 'sparse',
  heavily_compressed_attention: 'heavy',
};

const RATIOS: ReadonlyMap<number, string> = new Map([
  [0, 'full'],
  [SPARSE, 'sparse'],
  [HEAVY, 'heavy'],
]);

/** Tokens of an entry by layer, those of prediction modules behind; configs that transformers saved name the layers. */
function compressionKinds(read: ConfigReader, count: number): LayerKinds | undefined {
  const ratios = read.integers('compress_ratios');
  const types = read.texts('layer_types');
  if (types.length > 0) return kindsNamed(types, LAYER_TYPES);
  const behind = ratios.slice(count);
  if (behind.length > read.integerOr('num_nextn_predict_layers', 0) || behind.some((ratio) => ratio !== 0)) return [];
  return ratios.slice(0, count).map((ratio) => RATIOS.get(ratio));
}

/** Layers whose experts a table of token ids chooses: the first ones. */
function hashed(read: ConfigReader, count: number): number | undefined {
  const types = read.texts('mlp_layer_types');
  const stated = read.integerOr('num_hash_layers', 3);
  if (types.length === 0) return stated;
  const first = types.filter((type) => type === 'hash_moe').length;
  const isKnown = types.length === count && types.every((type, layer) => type === (layer < first ? 'hash_moe' : 'moe'));
  return isKnown ? first : undefined;
}

function hyperConnections(read: ConfigReader): Residual | undefined {
  const streams = read.integerOr('hc_mult', 4);
  return streams > 1 ? { kind: 'streams', streams } : undefined;
}
