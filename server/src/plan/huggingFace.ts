import type { Entity, EntityConfig } from '../language/entity.ts';
import { ConfigReader } from './configReader.ts';
import type { Attention, DenseFeedForward, Experts, FeedForward, LayerClass, Model, TensorTypes } from './model.ts';
import type { PlanProblem } from './resolved.ts';

/**
 * A Hugging Face `config.json` as a model. Only architectures whose parameter count is known to be reproduced exactly
 * are read; any other, and any field that no table below knows, is the problem `config-not-understood`, because a
 * field that changes the model and is dropped in silence gives a wrong figure.
 */
interface Family {
  /** Biases on q, k, v that the config has no field for. */
  readonly qkvBias?: boolean;
  readonly outputBias?: boolean;
  readonly qkNorm?: boolean;
  readonly sinks?: boolean;
  readonly sharedGate?: boolean;
  readonly routerBias?: boolean;
  readonly expertBias?: boolean;
  /** `intermediate_size` is the width of an expert, not of a dense layer. */
  readonly expertsUseFfn?: boolean;
}

const FAMILIES: Readonly<Record<string, Family>> = {
  llama: {},
  mistral: {},
  mixtral: { expertsUseFfn: true },
  qwen2_moe: { qkvBias: true, outputBias: false, sharedGate: true },
  qwen3: { qkNorm: true },
  qwen3_moe: { qkNorm: true },
  deepseek_v2: {},
  deepseek_v3: { routerBias: true },
  deepseek_v32: { routerBias: true },
  kimi_k2: { routerBias: true },
  glm4_moe: { routerBias: true, outputBias: false },
  gpt_oss: { sinks: true, qkvBias: true, outputBias: true, routerBias: true, expertBias: true, expertsUseFfn: true },
};

/** Fields that change neither shapes nor stored bytes. Names that start with `_` are notes. */
const IRRELEVANT = new Set(
  `architectures model_type attention_dropout aux_loss_alpha auto_map bos_token_id eos_token_id pad_token_id ep_size hidden_act
  initializer_range initial_context_length max_position_embeddings max_window_layers norm_topk_prob output_router_logits
  partial_rotary_factor pretraining_tp rms_norm_eps rope_parameters rope_scaling rope_theta router_aux_loss_coef
  router_jitter_noise routed_scaling_factor scoring_func seq_aux swiglu_limit topk_method torch_dtype dtype
  transformers_version use_cache rope_interleave indexer_rope_interleave qk_head_dim use_sliding_window
  experts_per_token shared_expert num_experts_per_token unsloth_fixed`.split(/\s+/),
);

export function modelFromConfig(
  name: string,
  config: EntityConfig,
  entity: Entity,
  report: (problem: PlanProblem) => void,
): Model | undefined {
  const read = new ConfigReader(config.json);
  const place = { uri: entity.uri, span: (entity.node.from ?? entity.node.keyword).span };
  const reject = (message: string): undefined => {
    report({ rule: 'config-not-understood', ...place, message });
    return undefined;
  };
  const type = read.text('model_type');
  const family = type === undefined ? undefined : FAMILIES[type];
  if (!family) {
    return reject(
      `the architecture ${type === undefined ? 'is not named (`model_type` is missing)' : `\`${type}\` is not read yet`}; ` +
        `write the model out instead, or use one of ${Object.keys(FAMILIES).join(', ')}`,
    );
  }
  const hidden = read.integer('hidden_size');
  const heads = read.integer('num_attention_heads');
  const layers = read.integer('num_hidden_layers');
  const vocabulary = read.integer('vocab_size');
  const attention = hidden !== undefined && heads !== undefined ? attentionOf(read, family, hidden, heads) : undefined;
  const parts = feedForwardOf(read, family);
  const types = typesOf(read, reject);
  if (
    hidden === undefined ||
    layers === undefined ||
    vocabulary === undefined ||
    !attention ||
    !parts ||
    layers > 10_000
  ) {
    return reject(
      `it does not say ${read.missing.map((field) => `\`${field}\``).join(', ') || 'what its layers are'} as a whole number`,
    );
  }
  if (!types) return undefined;
  const assigned = layersOf(read, layers, attention, parts);
  const tied = read.flag('tie_word_embeddings') ?? false;
  const mtpModules = read.integerOr('num_nextn_predict_layers', 0);
  const unknown = read.unread().filter((field) => !IRRELEVANT.has(field) && !field.startsWith('_'));
  if (unknown.length > 0) {
    return reject(
      `${unknown.map((field) => `\`${field}\``).join(', ')} ${unknown.length > 1 ? 'are' : 'is'} not understood, and may change the model; write the model out instead`,
    );
  }
  return { name, hidden, ...assigned, vocabulary, tied, mtpModules, visionBytes: 0, types };
}

function attentionOf(
  read: ConfigReader,
  family: Family,
  hidden: number,
  heads: number,
): readonly Attention[] | undefined {
  const bias = family.qkvBias ?? read.flag('attention_bias') ?? false;
  read.flag('attention_bias');
  const common = {
    name: 'attention',
    heads,
    bias,
    outputBias: family.outputBias ?? bias,
    qkNorm: family.qkNorm ?? read.flag('use_qk_norm') ?? false,
    sinks: family.sinks ?? false,
    outputGate: false,
  };
  const kvRank = read.optional('kv_lora_rank');
  if (kvRank !== undefined) {
    const queryRank = read.optional('q_lora_rank');
    const indexHeads = read.optional('index_n_heads');
    const nopeSize = read.integer('qk_nope_head_dim');
    const ropeSize = read.integer('qk_rope_head_dim');
    const valueSize = read.integer('v_head_dim');
    read.optional('num_key_value_heads');
    read.optional('head_dim');
    if (nopeSize === undefined || ropeSize === undefined || valueSize === undefined) return undefined;
    return [
      {
        ...common,
        kind: 'mla',
        ...(queryRank !== undefined && { queryRank }),
        kvRank,
        nopeSize,
        ropeSize,
        valueSize,
        ...(indexHeads !== undefined && {
          indexer: {
            heads: indexHeads,
            headSize: read.integerOr('index_head_dim', 128),
            topK: read.integerOr('index_topk', 2048),
          },
        }),
      },
    ];
  }
  const headSize = read.integerOr('head_dim', Math.floor(hidden / heads));
  const full: Attention = {
    ...common,
    kind: 'gqa',
    kvHeads: read.integerOr('num_key_value_heads', heads),
    headSize,
    valueHeadSize: headSize,
  };
  const window = read.optional('sliding_window');
  const slides = read.flag('use_sliding_window') ?? true;
  if (window === undefined || !slides) return [full];
  const local: Attention = { ...full, window };
  return read.texts('layer_types').length > 0
    ? [
        { ...full, name: 'full' },
        { ...local, name: 'local' },
      ]
    : [local];
}

interface FeedForwardParts {
  readonly moe?: Experts;
  readonly dense?: DenseFeedForward;
}

function feedForwardOf(read: ConfigReader, family: Family): FeedForwardParts | undefined {
  const ffn = read.integer('intermediate_size');
  const bias = read.flag('mlp_bias') ?? false;
  const count = read.optional('n_routed_experts') ?? read.optional('num_local_experts') ?? read.optional('num_experts');
  if (ffn === undefined) return undefined;
  const dense: DenseFeedForward = { kind: 'dense', ffn, gated: true, bias };
  if (count === undefined) return { dense };
  const expertFfn = family.expertsUseFfn ? ffn : read.integer('moe_intermediate_size');
  const topK = read.integer('num_experts_per_tok');
  if (expertFfn === undefined || topK === undefined) return undefined;
  const sharedWidth = read.optional('shared_expert_intermediate_size') ?? 0;
  const shared = read.optional('n_shared_experts') ?? (sharedWidth > 0 ? 1 : 0);
  const limited = read.text('topk_method') !== 'greedy';
  const groups = read.optional('n_group') ?? 1;
  const topGroups = read.optional('topk_group') ?? groups;
  const moe: Experts = {
    kind: 'moe',
    count,
    topK,
    ffn: expertFfn,
    gated: true,
    bias: family.expertBias ?? false,
    shared,
    sharedFfn: sharedWidth > 0 ? sharedWidth : shared * expertFfn,
    sharedGate: family.sharedGate ?? false,
    zero: 0,
    groups: limited ? groups : 1,
    topGroups: limited ? topGroups : 1,
    routerBias: family.routerBias ?? false,
    popularity: { kind: 'uniform' },
  };
  return family.expertsUseFfn ? { moe } : { moe, dense };
}

function layersOf(
  read: ConfigReader,
  count: number,
  attention: readonly Attention[],
  { moe, dense }: FeedForwardParts,
): Pick<Model, 'classes' | 'layers'> {
  const denseFirst = read.integerOr('first_k_dense_replace', 0);
  const step = Math.max(1, read.optional('moe_layer_freq') ?? read.optional('decoder_sparse_step') ?? 1);
  const offset = read.has('decoder_sparse_step') ? step - 1 : 0;
  const denseLayers = new Set(read.integers('mlp_only_layers'));
  const layerTypes = read.texts('layer_types');
  const classes: LayerClass[] = [];
  const layers = Array.from({ length: count }, (_, layer) => {
    const isMoe = moe && layer >= denseFirst && layer % step === offset && !denseLayers.has(layer);
    const feedForward: FeedForward = (isMoe ? moe : (dense ?? moe)) ?? { kind: 'none' };
    const own = (attention.length > 1 && layerTypes[layer] === 'sliding_attention' ? attention[1] : attention[0]) ?? {
      kind: 'none',
      name: 'none',
    };
    const known = classes.findIndex((each) => each.attention === own && each.feedForward === feedForward);
    if (known >= 0) return known;
    const prefix = attention.length > 1 ? `${own.name} + ` : '';
    classes.push({ name: `${prefix}${feedForward.kind}`, attention: own, feedForward, norms: 2 });
    return classes.length - 1;
  });
  return { classes, layers };
}

function typesOf(read: ConfigReader, reject: (message: string) => undefined): TensorTypes | undefined {
  const bf16: TensorTypes = {
    weights: 'bf16',
    experts: 'bf16',
    attention: 'bf16',
    embedding: 'bf16',
    kv: 'bf16',
    activations: 'bf16',
  };
  const quantization = read.object('quantization_config');
  if (!quantization) return bf16;
  const method = quantization.quant_method;
  if (method === 'mxfp4') return { ...bf16, experts: 'mxfp4' };
  const block = quantization.weight_block_size;
  if (method === 'fp8' && Array.isArray(block) && block[0] === 128 && block[1] === 128) {
    return { ...bf16, weights: 'fp8-block', experts: 'fp8-block', attention: 'fp8-block' };
  }
  return reject(
    `its quantization \`${String(method)}\` is not read yet; write \`types { … }\` in a model of your own instead`,
  );
}
