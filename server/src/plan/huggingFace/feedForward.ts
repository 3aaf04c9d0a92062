import type { DenseFeedForward, Experts } from '../model.ts';
import type { ConfigReader } from './configReader.ts';
import type { Family, FeedForwardParts } from './family.ts';

/** What only layers with experts have: configs of a series state it in models without them too. */
const MOE_FIELDS = [
  'num_experts_per_tok',
  'n_shared_experts',
  'n_group',
  'topk_group',
  'topk_method',
  'zero_expert_num',
  'first_k_dense_replace',
  'moe_layer_freq',
  'decoder_sparse_step',
  'mlp_only_layers',
] as const;

/** The networks of a config, with what only its family has. Undefined where a size is missing. */
export function feedForwardOf(read: ConfigReader, family: Family, hidden: number): FeedForwardParts | undefined {
  const parts = statedNetworks(read, family, hidden);
  return parts && family.networks ? family.networks(read, parts) : parts;
}

function statedNetworks(read: ConfigReader, family: Family, hidden: number): FeedForwardParts | undefined {
  if (family.feedForward) return family.feedForward(read, hidden);
  const bias = read.flag('mlp_bias') ?? family.ffnBias ?? false;
  const written =
    read.optional('n_routed_experts') ?? read.optional('num_local_experts') ?? read.optional('num_experts');
  const count = written === undefined || written < (family.fewestExperts ?? 1) ? undefined : written;
  const moeSize = read.optional('moe_intermediate_size');
  // Models with experts in every layer leave out the dense width.
  const isOptional = family.plainFfn === true || (count !== undefined && moeSize !== undefined);
  const stated = isOptional ? read.optional('intermediate_size') : read.integer('intermediate_size');
  const ffn = stated ?? (family.defaultFfn === undefined ? undefined : family.defaultFfn * hidden);
  if (ffn === undefined && !isOptional) return undefined;
  const gated = !family.plainFfn;
  const sharedWidth =
    read.optional('shared_expert_intermediate_size') ??
    read.optional('moe_shared_expert_intermediate_size') ??
    read.optional('shared_intermediate_size');
  // Where `intermediate_size` is the width of an expert, a family may name that of its dense layers.
  const denseFfn = read.optional('dense_intermediate_size');
  // Granite 4 without routed experts has its shared expert alone.
  const width = count === undefined && sharedWidth ? sharedWidth : (denseFfn ?? ffn);
  const dense: DenseFeedForward | undefined =
    width === undefined ? undefined : { kind: 'dense', ffn: width, gated, bias };
  if (count === undefined) {
    for (const field of MOE_FIELDS) read.has(field);
    return dense && { dense };
  }
  const expertFfn = family.expertsUseFfn ? ffn : (moeSize ?? read.integer('moe_intermediate_size'));
  const topK = read.integer('num_experts_per_tok');
  if (expertFfn === undefined || topK === undefined) return undefined;
  const shared = read.optional('n_shared_experts') ?? (sharedWidth ? 1 : (family.shared ?? 0));
  // Bailing states the width of one shared expert.
  const widths = family.sharedWidthIsEach ? shared : 1;
  const limited = read.text('topk_method') !== 'greedy';
  const groups = read.optional('n_group') ?? 1;
  const topGroups = read.optional('topk_group') ?? groups;
  const latent = read.optional('latent');
  const parallelFfn = family.residualFfn ? hidden : family.shortcut ? ffn : undefined;
  const moe: Experts = {
    kind: 'moe',
    count,
    topK,
    ffn: expertFfn,
    gated,
    bias: family.expertBias ?? false,
    shared,
    sharedFfn: shared === 0 ? 0 : sharedWidth !== undefined ? sharedWidth * widths : shared * expertFfn,
    sharedGate: (family.sharedGate ?? false) && shared > 0,
    ...(latent !== undefined && { latent }),
    ...(parallelFfn !== undefined && { parallelFfn }),
    zero: read.integerOr('zero_expert_num', 0),
    groups: limited ? groups : 1,
    topGroups: limited ? topGroups : 1,
    routerBias: family.routerBias ?? false,
    popularity: { kind: 'uniform' },
  };
  const isDense = !family.expertsUseFfn || family.denseUseFfn || denseFfn !== undefined;
  return dense && isDense ? { moe, dense } : { moe };
}
