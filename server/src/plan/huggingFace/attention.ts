import type { GroupedQueryAttention, LatentAttention } from '../attention.ts';
import type { AttentionContext, AttentionParts, Family } from './family.ts';

/** The kinds of attention of a config, by what its family declares. Undefined where a size is missing. */
export function attentionOf(context: AttentionContext): AttentionParts | undefined {
  const { read, family, hidden } = context;
  if (family.attention) return family.attention(context);
  const linear = family.linear?.(read, hidden);
  if (family.latent) {
    const latent = latentOf(context);
    return latent && (linear ? { full: { ...latent, name: 'full' }, linear } : { full: latent });
  }
  const full = groupedQueryOf(context);
  return linear ? { full: { ...full, name: 'full' }, linear } : windowed(context, full);
}

type Common = Omit<LatentAttention, 'kind' | 'queryRank' | 'kvRank' | 'nopeSize' | 'ropeSize' | 'valueSize'>;

/** What a config states whatever its class of attention. */
export function commonOf({ read, family, heads }: AttentionContext): Common {
  const written = read.flag('attention_bias') ?? read.flag('qkv_bias') ?? false;
  const bias = family.qkvBias ?? written;
  const outputBias = read.flag('attention_out_bias');
  const flagged = read.flag('use_qk_norm');
  const qkNorm = family.qkNorm ?? (flagged ? (family.flaggedQkNorm ?? 'head') : 'none');
  if (family.qkNorm !== undefined && family.qkNorm !== 'none' && flagged === false) read.rejected.push('use_qk_norm');
  return {
    name: 'attention',
    heads,
    bias,
    outputBias: family.outputBias ?? outputBias ?? bias,
    qkNorm: qkNorm !== 'none',
    ...(qkNorm === 'all-heads' && { wideQkNorm: true }),
    sinks: family.sinks ?? false,
    outputGate: read.flag('attn_output_gate') ?? family.outputGate ?? false,
  };
}

export function groupedQueryOf(context: AttentionContext): GroupedQueryAttention {
  const { read, hidden, heads } = context;
  const headSize = read.integerOr('head_dim', Math.floor(hidden / heads));
  return {
    ...commonOf(context),
    kind: 'gqa',
    kvHeads: read.integerOr('num_key_value_heads', heads),
    headSize,
    valueHeadSize: headSize,
  };
}

/** Attention to everything, and to a window or chunk where a config has one. */
function windowed({ read, family }: AttentionContext, full: GroupedQueryAttention): AttentionParts {
  const chunk = read.optional('attention_chunk_size');
  if (chunk !== undefined && family.fullEvery !== undefined) {
    return { full: { ...full, name: 'full' }, local: { ...full, name: 'chunked', chunk } };
  }
  const window =
    hasWindows(family) || read.flag('use_sliding_window') === false ? read.optional('sliding_window') : undefined;
  const slides = read.flag('use_sliding_window') ?? !family.windowsFlagged;
  // The field says from which layer on there are windows, and nothing where there are none.
  const isSplit = family.windowsLast && read.optional('max_window_layers') !== undefined;
  if (window === undefined || !slides) {
    read.has('max_window_layers');
    return { full };
  }
  const isListed = read.texts('layer_types').length > 0 || family.kinds !== undefined;
  if (!isListed && family.fullEvery === undefined && !isSplit) return { full: { ...full, window } };
  return { full: { ...full, name: 'full' }, local: { ...full, name: 'local', window } };
}

/** Whether the code of an architecture has windows: a size of windows that it does not read must not count. */
function hasWindows({ windows, windowsFlagged, windowsLast, fullEvery }: Family): boolean {
  return windows === true || windowsFlagged === true || windowsLast === true || fullEvery !== undefined;
}

export function latentOf(context: AttentionContext): LatentAttention | undefined {
  const { read, family } = context;
  const kvRank = read.integer('kv_lora_rank');
  const queryRank = read.optional('q_lora_rank') || undefined;
  const indexHeads = family.latent === 'indexed' ? read.optional('index_n_heads') : undefined;
  const nopeSize = read.integer('qk_nope_head_dim');
  const ropeSize = read.integer('qk_rope_head_dim');
  const valueSize = read.integer('v_head_dim');
  // These configs state it too, but it has no meaning for latent attention.
  read.optional('num_key_value_heads');
  read.optional('head_dim');
  if (kvRank === undefined || nopeSize === undefined || ropeSize === undefined || valueSize === undefined)
    return undefined;
  return {
    ...commonOf(context),
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
