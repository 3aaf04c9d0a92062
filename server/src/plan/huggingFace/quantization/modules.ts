import { shapeOf } from '../../attention.ts';
import type { LayerClass, ModulePart } from '../../model.ts';

/**
 * Modules of a layer by the names that checkpoints give them. Quantisers name modules, and formulas know parts: this table
 * joins the two. A part may be spelled in several ways; each spelling lists the modules that make it up together.
 */
type Spellings = readonly (readonly string[])[];

const ATTENTIONS = ['self_attn', 'attention', 'attn', 'mixer'] as const;

function inAttention(...names: readonly string[]): Spellings {
  return ATTENTIONS.flatMap((module) => names.map((name) => [`${module}.${name}`]));
}

const FUSED = ['qkv_proj', 'query_key_value', 'Wqkv', 'c_attn', 'wqkv'] as const;

const MLPS = ['mlp', 'feed_forward', 'mixer', 'ffn'] as const;
const MOES = [...MLPS, 'block_sparse_moe'] as const;

function inNetworks(networks: readonly string[], within: readonly string[], spellings: Spellings): Spellings {
  return networks.flatMap((network) =>
    within.flatMap((part) => spellings.map((names) => names.map((name) => `${network}${part}.${name}`))),
  );
}

const UP: Spellings = [
  ['gate_proj', 'up_proj'],
  ['gate_up_proj'],
  ['w1', 'w3'],
  ['up_proj'],
  ['w13'],
  ['c_fc'],
  ['fc1'],
];
const DOWN: Spellings = [['down_proj'], ['w2'], ['c_proj'], ['fc2']];
const SHARED = ['.shared_experts', '.shared_expert', '.shared_mlp'];
// An expert has a number in some names; all experts together have none.
const EXPERTS = ['.experts', '.experts.0'];

const SPELLINGS: Readonly<Record<Exclude<ModulePart, 'head' | 'state-in' | 'state-out'>, Spellings>> = {
  q: inAttention('q_proj', ...FUSED, 'wq'),
  k: inAttention('k_proj', ...FUSED, 'wk'),
  v: inAttention('v_proj', ...FUSED, 'wv'),
  o: inAttention('o_proj', 'out_proj', 'dense', 'c_proj', 'wo', 'wo_b', 'o_b_proj'),
  'o-a': inAttention('wo_a', 'o_a_proj'),
  gate: inAttention('g_proj', 'gate_proj', 'q_proj', 'qkv_proj'),
  'q-a': inAttention('q_a_proj', 'fused_qkv_a_proj_with_mqa', 'wq_a'),
  'q-b': inAttention('q_b_proj', 'wq_b'),
  'kv-a': inAttention('kv_a_proj_with_mqa', 'kv_a_proj', 'fused_qkv_a_proj_with_mqa', 'wkv_a', 'kv_proj', 'wkv'),
  'kv-b': inAttention('kv_b_proj', 'wkv_b'),
  'index-q': inAttention('indexer.wq_b'),
  'index-k': inAttention('indexer.wk'),
  'ffn-up': inNetworks(MLPS, [''], UP),
  'ffn-down': inNetworks(MLPS, [''], DOWN),
  'shared-up': inNetworks(MOES, SHARED, UP),
  'shared-down': inNetworks(MOES, SHARED, DOWN),
  latent: [['mixer.fc1_latent_proj', 'mixer.fc2_latent_proj']],
  'expert-up': inNetworks(MOES, EXPERTS, UP),
  'expert-down': inNetworks(MOES, EXPERTS, DOWN),
};

/** Where the linear-attention layers of a checkpoint keep their projections. Only its family knows. */
export type StateModule = 'linear_attn' | 'self_attn';

const STATE_IN: Readonly<Record<StateModule, Spellings>> = {
  linear_attn: [['linear_attn.in_proj_qkv', 'linear_attn.in_proj_z'], ['linear_attn.in_proj_qkvz']],
  self_attn: [['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'], ['self_attn.qkv_proj']],
};
const STATE_OUT: Readonly<Record<StateModule, Spellings>> = {
  linear_attn: [['linear_attn.out_proj']],
  self_attn: [['self_attn.o_proj'], ['self_attn.out_proj']],
};

export function spellingsOf(part: Exclude<ModulePart, 'head'>, states: StateModule): Spellings {
  if (part === 'state-in') return [...STATE_IN[states], ['mixer.in_proj'], ['mamba.in_proj'], ['conv.in_proj']];
  if (part === 'state-out') return [...STATE_OUT[states], ['mixer.out_proj'], ['mamba.out_proj'], ['conv.out_proj']];
  return SPELLINGS[part];
}

export type LayerPart = Exclude<ModulePart, 'head'>;

/** Every part that any layer may have. */
export const ALL_PARTS: readonly LayerPart[] = [
  'q',
  'k',
  'v',
  'o',
  'gate',
  'q-a',
  'q-b',
  'kv-a',
  'kv-b',
  'o-a',
  'index-q',
  'index-k',
  'state-in',
  'state-out',
  'ffn-up',
  'ffn-down',
  'shared-up',
  'shared-down',
  'latent',
  'expert-up',
  'expert-down',
];

export type PartClass = 'attention' | 'weights' | 'experts';

export function classOfPart(part: LayerPart): PartClass {
  if (part.startsWith('expert-')) return 'experts';
  return /^(?:ffn|shared|latent)/.test(part) ? 'weights' : 'attention';
}

/** The parts that a layer has. */
export function partsOf({ attention, feedForward }: LayerClass): readonly LayerPart[] {
  const network: LayerPart[] = [];
  if (feedForward.kind === 'dense') network.push('ffn-up', 'ffn-down');
  if (feedForward.kind === 'moe') {
    network.push('expert-up', 'expert-down');
    if (feedForward.sharedFfn > 0) network.push('shared-up', 'shared-down');
    if (feedForward.latent !== undefined) network.push('latent');
    if (feedForward.parallelFfn !== undefined) network.push('ffn-up', 'ffn-down');
  }
  return [...(shapeOf(attention)?.parts ?? []), ...network];
}
