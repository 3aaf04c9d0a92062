import type { Attention, GroupedQueryAttention, Indexer, LatentAttention, LinearAttention } from '../attention.ts';
import { ConfigReader } from './configReader.ts';
import type { Family } from './families.ts';

/** The kinds of attention that the layers of a config are made of. */
export interface AttentionParts {
  readonly full: Attention;
  /** Sliding or chunked attention. */
  readonly local?: GroupedQueryAttention;
  readonly linear?: LinearAttention;
  /** Sparse attention to the keys that an earlier layer chose. */
  readonly reused?: LatentAttention;
}

export function attentionOf(
  read: ConfigReader,
  family: Family,
  hidden: number,
  heads: number,
): AttentionParts | undefined {
  const written = read.flag('attention_bias') ?? read.flag('qkv_bias') ?? false;
  const bias = family.qkvBias ?? written;
  const outputBias = read.flag('attention_out_bias');
  const qkNorm = family.qkNorm ?? (read.flag('use_qk_norm') ? (family.flaggedQkNorm ?? 'head') : 'none');
  const common = {
    name: 'attention',
    heads,
    bias,
    outputBias: family.outputBias ?? outputBias ?? bias,
    qkNorm: qkNorm !== 'none',
    ...(qkNorm === 'all-heads' && { wideQkNorm: true }),
    sinks: family.sinks ?? false,
    outputGate: read.flag('attn_output_gate') ?? family.outputGate ?? false,
  };
  const linear = linearOf(read, hidden);
  const latent = latentOf(read, common);
  if (latent === 'lacking') return undefined;
  if (latent?.indexer && read.texts('indexer_types').length > 0) return sharedIndexers(read, latent, latent.indexer);
  if (latent) return linear ? { full: { ...latent, name: 'full' }, linear } : { full: latent };
  const headSize = read.integerOr('head_dim', Math.floor(hidden / heads));
  const full: GroupedQueryAttention = {
    ...common,
    kind: 'gqa',
    kvHeads: read.integerOr('num_key_value_heads', heads),
    headSize,
    valueHeadSize: headSize,
  };
  if (linear) return { full: { ...full, name: 'full' }, linear };
  const chunk = read.optional('attention_chunk_size');
  if (chunk !== undefined && family.fullEvery !== undefined) {
    return { full: { ...full, name: 'full' }, local: { ...full, name: 'chunked', chunk } };
  }
  const window = read.optional('sliding_window');
  const slides = read.flag('use_sliding_window') ?? true;
  if (window === undefined || !slides) return { full };
  if (read.texts('layer_types').length === 0 && family.fullEvery === undefined) return { full: { ...full, window } };
  return { full: { ...full, name: 'full' }, local: { ...full, name: 'local', window } };
}

/** GLM-5.2: a list says which layers have an indexer. The other fields say again what the list does. */
function sharedIndexers(read: ConfigReader, latent: LatentAttention, indexer: Indexer): AttentionParts {
  for (const field of ['index_topk_freq', 'index_topk_pattern', 'index_skip_topk_offset']) read.has(field);
  read.flag('index_share_for_mtp_iteration');
  return {
    full: { ...latent, name: 'indexed' },
    reused: { ...latent, name: 'reusing', indexer: { ...indexer, reused: true } },
  };
}

type Common = Omit<LatentAttention, 'kind' | 'queryRank' | 'kvRank' | 'nopeSize' | 'ropeSize' | 'valueSize'>;

function latentOf(read: ConfigReader, common: Common): LatentAttention | 'lacking' | undefined {
  const kvRank = read.optional('kv_lora_rank');
  if (kvRank === undefined) return undefined;
  const queryRank = read.optional('q_lora_rank') || undefined;
  const indexHeads = read.optional('index_n_heads');
  const nopeSize = read.integer('qk_nope_head_dim');
  const ropeSize = read.integer('qk_rope_head_dim');
  const valueSize = read.integer('v_head_dim');
  // These configs state it too, but it has no meaning for latent attention.
  read.optional('num_key_value_heads');
  read.optional('head_dim');
  if (nopeSize === undefined || ropeSize === undefined || valueSize === undefined) return 'lacking';
  return {
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
  };
}

const PLAIN = { bias: false, outputBias: false, qkNorm: false, sinks: false, outputGate: false } as const;

/** Linear-attention and state-space layers. Fields that only one kind has tell the kinds apart. */
function linearOf(read: ConfigReader, hidden: number): LinearAttention | undefined {
  return (
    gatedDelta(read, hidden) ??
    kimiDelta(read, hidden) ??
    mamba2(read, hidden) ??
    mamba1(read, hidden) ??
    lightning(read, hidden)
  );
}

/** What a quantiser converts of a linear layer: `input` columns of its input projections, `output` rows of the last one. */
function projectedOf(
  parameters: number,
  hidden: number,
  input: number,
  output: number,
): NonNullable<LinearAttention['projected']> {
  return { input, output, others: parameters - hidden * (input + output) };
}

/** Bytes per element of the recurrent state: fp32 when the config says so, otherwise 16-bit. */
function stateElement(read: ConfigReader): number {
  return read.text('mamba_ssm_cache_dtype') === 'float32' ? 4 : 2;
}

/** Gated delta rule of Qwen3-Next: q, k, v, z, beta and alpha projections, a convolution over q, k, v, a norm of one head. */
function gatedDelta(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const valueHeads = read.optional('linear_num_value_heads');
  const keyHeads = read.optional('linear_num_key_heads');
  const keySize = read.optional('linear_key_head_dim');
  const valueSize = read.optional('linear_value_head_dim');
  const kernel = read.optional('linear_conv_kernel_dim');
  if (!valueHeads || !keyHeads || !keySize || !valueSize || !kernel) return undefined;
  const keys = keyHeads * keySize;
  const values = valueHeads * valueSize;
  const convolved = 2 * keys + values;
  const parameters =
    hidden * (2 * keys + 2 * values + 2 * valueHeads) +
    convolved * kernel +
    2 * valueHeads +
    valueSize +
    values * hidden;
  // This family keeps its state in fp32 (transformers, vLLM) and the tail of the convolution in 16 bits.
  const stateBytes = 4 * valueHeads * keySize * valueSize + 2 * convolved * (kernel - 1);
  const projected = projectedOf(parameters, hidden, 2 * keys + 2 * values, values);
  return {
    ...PLAIN,
    kind: 'linear',
    name: 'linear',
    heads: valueHeads,
    headSize: valueSize,
    stateBytes,
    parameters,
    projected,
  };
}

/** Kimi delta attention: q, k, v with a convolution each, decay and output gates of rank one head, beta, a norm of one head. */
function kimiDelta(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const fields = read.object('linear_attn_config');
  const linear = new ConfigReader(fields ?? {});
  const heads = linear.optional('num_heads');
  const headSize = linear.optional('head_dim');
  const kernel = linear.optional('short_conv_kernel_size');
  if (!heads || !headSize || !kernel) return undefined;
  const width = heads * headSize;
  const gate = hidden * headSize + headSize * width;
  const parameters = 4 * hidden * width + 3 * width * kernel + 2 * gate + hidden * heads + heads + width + headSize;
  const stateBytes = 4 * heads * headSize * headSize + 2 * 3 * width * (kernel - 1);
  const projected = projectedOf(parameters, hidden, 3 * width, width);
  return { ...PLAIN, kind: 'linear', name: 'linear', heads, headSize, stateBytes, parameters, projected };
}

/** Mamba of Jamba, with its norms on dt, B and C. */
function mamba1(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const state = read.optional('mamba_d_state');
  const kernel = read.optional('mamba_d_conv');
  const expand = read.optional('mamba_expand');
  if (!state || !kernel || !expand) return undefined;
  const rank = (read.isText('mamba_dt_rank') ? undefined : read.optional('mamba_dt_rank')) ?? Math.ceil(hidden / 16);
  const inner = expand * hidden;
  const convolutionBias = (read.flag('mamba_conv_bias') ?? true) ? inner : 0;
  const projectionBias = (read.flag('mamba_proj_bias') ?? false) ? 2 * inner + hidden : 0;
  const parameters =
    hidden * 2 * inner +
    inner * kernel +
    convolutionBias +
    inner * (rank + 2 * state) +
    rank * inner +
    inner +
    inner * state +
    inner +
    inner * hidden +
    rank +
    2 * state +
    projectionBias;
  const stateBytes = stateElement(read) * inner * state + 2 * inner * (kernel - 1);
  const projected = projectedOf(parameters, hidden, 2 * inner, inner);
  return { ...PLAIN, kind: 'linear', name: 'mamba', heads: 1, headSize: inner, stateBytes, parameters, projected };
}

/** Mamba-2 of Nemotron-H. */
function mamba2(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const heads = read.optional('mamba_num_heads');
  const headSize = read.optional('mamba_head_dim');
  const state = read.optional('ssm_state_size');
  const groups = read.optional('n_groups');
  const kernel = read.optional('conv_kernel');
  if (!heads || !headSize || !state || !groups || !kernel) return undefined;
  read.optional('expand');
  const inner = heads * headSize;
  const convolved = inner + 2 * groups * state;
  const convolutionBias = (read.flag('use_conv_bias') ?? true) ? convolved : 0;
  const out = inner + convolved + heads;
  const projectionBias = (read.flag('use_bias') ?? false) || (read.flag('mamba_proj_bias') ?? false) ? out + hidden : 0;
  const parameters =
    hidden * out + convolved * kernel + convolutionBias + 3 * heads + inner + inner * hidden + projectionBias;
  const stateBytes = stateElement(read) * heads * headSize * state + 2 * convolved * (kernel - 1);
  const projected = projectedOf(parameters, hidden, out, inner);
  return { ...PLAIN, kind: 'linear', name: 'mamba', heads, headSize, stateBytes, parameters, projected };
}

/** Lightning attention of MiniMax-Text-01: q, k, v, output gate, a norm over all heads. */
function lightning(read: ConfigReader, hidden: number): LinearAttention | undefined {
  if (read.integers('attn_type_list').length === 0) return undefined;
  const heads = read.optional('num_attention_heads');
  const headSize = read.optional('head_dim');
  if (!heads || !headSize) return undefined;
  const width = heads * headSize;
  const parameters = hidden * 3 * width + hidden * width + width + width * hidden;
  return {
    ...PLAIN,
    kind: 'linear',
    name: 'lightning',
    heads,
    headSize,
    stateBytes: 4 * heads * headSize * headSize,
    parameters,
    projected: projectedOf(parameters, hidden, 4 * width, width),
  };
}
