import type { DenseFeedForward, Experts } from '../model.ts';
import type { ConfigReader } from './configReader.ts';
import type { Family } from './families.ts';

export interface FeedForwardParts {
  readonly moe?: Experts;
  readonly dense?: DenseFeedForward;
}

export function feedForwardOf(read: ConfigReader, family: Family, hidden: number): FeedForwardParts | undefined {
  const bias = read.flag('mlp_bias') ?? family.ffnBias ?? false;
  const count = read.optional('n_routed_experts') ?? read.optional('num_local_experts') ?? read.optional('num_experts');
  const moeSize = read.optional('moe_intermediate_size');
  // GPT-2 leaves out a width of four times the hidden one. Models with experts in every layer leave out the dense width.
  const isOptional = family.plainFfn === true || (count !== undefined && moeSize !== undefined);
  const written = isOptional ? read.optional('intermediate_size') : read.integer('intermediate_size');
  const ffn = written ?? (read.has('n_embd') ? 4 * hidden : undefined);
  if (ffn === undefined && !isOptional) return undefined;
  const gated = !family.plainFfn;
  const sharedWidth =
    read.optional('shared_expert_intermediate_size') ??
    read.optional('moe_shared_expert_intermediate_size') ??
    read.optional('shared_intermediate_size') ??
    0;
  // Llama 4 has another name for the width of its dense layers: its `intermediate_size` is the width of an expert.
  const denseFfn = read.optional('intermediate_size_mlp');
  // Granite 4 without routed experts has its shared expert alone.
  const width = !count && sharedWidth > 0 ? sharedWidth : (denseFfn ?? ffn);
  const dense: DenseFeedForward | undefined =
    width === undefined ? undefined : { kind: 'dense', ffn: width, gated, bias };
  if (!count) return dense && { dense };
  const isOne = family.expertsUseFfn || denseFfn !== undefined || read.has('expert_layer_period');
  const expertFfn = isOne ? ffn : (moeSize ?? read.integer('moe_intermediate_size'));
  const topK = read.integer('num_experts_per_tok');
  if (expertFfn === undefined || topK === undefined) return undefined;
  const shared = read.optional('n_shared_experts') ?? (sharedWidth > 0 ? 1 : (family.shared ?? 0));
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
    sharedFfn: shared === 0 ? 0 : sharedWidth > 0 ? sharedWidth * sharedTimes(read, shared) : shared * expertFfn,
    sharedGate: (family.sharedGate ?? false) && shared > 0,
    ...(latent !== undefined && { latent }),
    ...(parallelFfn !== undefined && { parallelFfn }),
    zero: read.integerOr('zero_expert_num', 0),
    groups: limited ? groups : 1,
    topGroups: limited ? topGroups : 1,
    routerBias: family.routerBias ?? false,
    popularity: { kind: 'uniform' },
  };
  return family.expertsUseFfn || !dense ? { moe } : { moe, dense };
}

/** Bailing states the width of one shared expert. Other families that state a width mean all shared experts together. */
function sharedTimes(read: ConfigReader, shared: number): number {
  return read.text('model_type')?.startsWith('bailing') ? shared : 1;
}
