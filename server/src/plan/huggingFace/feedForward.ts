import type { DenseFeedForward, Experts } from '../model.ts';
import type { ConfigReader } from './configReader.ts';
import type { Family } from './families.ts';

export interface FeedForwardParts {
  readonly moe?: Experts;
  readonly dense?: DenseFeedForward;
}

export function feedForwardOf(read: ConfigReader, family: Family): FeedForwardParts | undefined {
  const ffn = read.integer('intermediate_size');
  const bias = read.flag('mlp_bias') ?? false;
  const count = read.optional('n_routed_experts') ?? read.optional('num_local_experts') ?? read.optional('num_experts');
  if (ffn === undefined) return undefined;
  const gated = !family.plainFfn;
  // Llama 4 calls the width of its dense layers otherwise: `intermediate_size` is that of an expert.
  const denseFfn = read.optional('intermediate_size_mlp');
  const dense: DenseFeedForward = { kind: 'dense', ffn: denseFfn ?? ffn, gated, bias };
  if (count === undefined) return { dense };
  const own = read.optional('moe_intermediate_size');
  const isOne = family.expertsUseFfn || denseFfn !== undefined || read.has('expert_layer_period');
  const expertFfn = isOne ? ffn : (own ?? read.integer('moe_intermediate_size'));
  const topK = read.integer('num_experts_per_tok');
  if (expertFfn === undefined || topK === undefined) return undefined;
  const sharedWidth =
    read.optional('shared_expert_intermediate_size') ??
    read.optional('moe_shared_expert_intermediate_size') ??
    read.optional('shared_intermediate_size') ??
    0;
  const shared = read.optional('n_shared_experts') ?? (sharedWidth > 0 ? 1 : (family.shared ?? 0));
  const limited = read.text('topk_method') !== 'greedy';
  const groups = read.optional('n_group') ?? 1;
  const topGroups = read.optional('topk_group') ?? groups;
  const moe: Experts = {
    kind: 'moe',
    count,
    topK,
    ffn: expertFfn,
    gated,
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
