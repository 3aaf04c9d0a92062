import { isPresent, shapeOf } from '../../attention.ts';
import type { LayerClass, Model } from '../../model.ts';
import { ALL_PARTS, CLASS_OF_LAYER_PART, type LayerPart } from '../../typedLayers.ts';

/**
 * Modules of a layer by the names that checkpoints give them. Quantisers name modules, and formulas know parts: this table
 * joins the two. A part may be spelled in several ways; each spelling lists the modules that make it up together.
 */
export interface Spelling {
  readonly modules: readonly string[];
  /**
   * Modules that a checkpoint has in place of this one, where this is several in one matrix. An expression that fits the fused name
   * by chance fits some of them too, and these then decide: a checkpoint has one or the other.
   */
  readonly apart?: readonly string[];
}

type Spellings = readonly Spelling[];

const ATTENTIONS = ['self_attn', 'attention', 'attn', 'mixer'] as const;

/** Fused projections of attention, by the modules that they are made of. */
const FUSED: Readonly<Record<string, readonly string[]>> = {
  qkv_proj: ['q_proj', 'k_proj', 'v_proj'],
  query_key_value: ['q_proj', 'k_proj', 'v_proj'],
  Wqkv: ['q_proj', 'k_proj', 'v_proj'],
  c_attn: ['q_proj', 'k_proj', 'v_proj'],
  wqkv: ['wq', 'wk', 'wv'],
  fused_qkv_a_proj_with_mqa: ['q_a_proj', 'kv_a_proj_with_mqa'],
};

const QKV = ['qkv_proj', 'query_key_value', 'Wqkv', 'c_attn', 'wqkv'] as const;

function inAttention(...names: readonly string[]): Spellings {
  return ATTENTIONS.flatMap((module) => names.map((name) => spelling(`${module}.`, [name], FUSED[name])));
}

function spelling(before: string, modules: readonly string[], apart?: readonly string[]): Spelling {
  const within = (names: readonly string[]) => names.map((name) => `${before}${name}`);
  return { modules: within(modules), ...(apart && { apart: within(apart) }) };
}

const MLPS = ['mlp', 'feed_forward', 'mixer', 'ffn'] as const;
const MOES = [...MLPS, 'block_sparse_moe'] as const;

function inNetworks(networks: readonly string[], within: readonly string[], spellings: Spellings): Spellings {
  return networks.flatMap((network) =>
    within.flatMap((part) => spellings.map(({ modules, apart }) => spelling(`${network}${part}.`, modules, apart))),
  );
}

/** Both matrices of a gated network. */
const GATED_UP: Spellings = [
  { modules: ['gate_proj', 'up_proj'] },
  { modules: ['gate_up_proj'], apart: ['gate_proj', 'up_proj'] },
  { modules: ['w1', 'w3'] },
  { modules: ['w13'], apart: ['w1', 'w3'] },
];
const PLAIN_UP: Spellings = [
  { modules: ['up_proj'] },
  { modules: ['c_fc'] },
  { modules: ['fc1'] },
  { modules: ['w1'] },
];
const DOWN: Spellings = [
  { modules: ['down_proj'] },
  { modules: ['w2'] },
  { modules: ['c_proj'] },
  { modules: ['fc2'] },
];
const SHARED = ['.shared_experts', '.shared_expert', '.shared_mlp'];
// An expert has a number in some names; all experts together have none.
const EXPERTS = ['.experts', '.experts.0'];

type NetworkUp = 'ffn-up' | 'shared-up' | 'expert-up';

const UP: Readonly<Record<NetworkUp, (up: Spellings) => Spellings>> = {
  'ffn-up': (up) => inNetworks(MLPS, [''], up),
  'shared-up': (up) => inNetworks(MOES, SHARED, up),
  'expert-up': (up) => inNetworks(MOES, EXPERTS, up),
};

const SPELLINGS: Readonly<Record<Exclude<LayerPart, 'state-in' | 'state-out' | NetworkUp>, Spellings>> = {
  q: inAttention('q_proj', ...QKV, 'wq'),
  k: inAttention('k_proj', ...QKV, 'wk'),
  v: inAttention('v_proj', ...QKV, 'wv'),
  o: inAttention('o_proj', 'out_proj', 'dense', 'c_proj', 'wo', 'wo_b', 'o_b_proj'),
  'o-a': inAttention('wo_a', 'o_a_proj'),
  gate: inAttention('g_proj', 'gate_proj', 'q_proj', 'qkv_proj'),
  'q-a': inAttention('q_a_proj', 'fused_qkv_a_proj_with_mqa', 'wq_a'),
  'q-b': inAttention('q_b_proj', 'wq_b'),
  'kv-a': inAttention('kv_a_proj_with_mqa', 'kv_a_proj', 'fused_qkv_a_proj_with_mqa', 'wkv_a', 'kv_proj', 'wkv'),
  'kv-b': inAttention('kv_b_proj', 'wkv_b'),
  'index-q': inAttention('indexer.wq_b'),
  'index-k': inAttention('indexer.wk'),
  'ffn-down': inNetworks(MLPS, [''], DOWN),
  'shared-down': inNetworks(MOES, SHARED, DOWN),
  latent: [{ modules: ['mixer.fc1_latent_proj', 'mixer.fc2_latent_proj'] }],
  'expert-down': inNetworks(MOES, EXPERTS, DOWN),
};

/** Where the linear-attention layers of a checkpoint keep their projections. Only its family knows. */
export type StateModule = 'linear_attn' | 'self_attn';

const STATE_IN: Readonly<Record<StateModule, Spellings>> = {
  linear_attn: [
    spelling('linear_attn.', ['in_proj_qkv', 'in_proj_z']),
    spelling('linear_attn.', ['in_proj_qkvz'], ['in_proj_qkv', 'in_proj_z']),
  ],
  self_attn: [
    spelling('self_attn.', ['q_proj', 'k_proj', 'v_proj']),
    spelling('self_attn.', ['qkv_proj'], FUSED.qkv_proj),
  ],
};
const STATE_OUT: Readonly<Record<StateModule, readonly string[]>> = {
  linear_attn: ['linear_attn.out_proj'],
  self_attn: ['self_attn.o_proj', 'self_attn.out_proj'],
};

/** The spellings of a part in a layer whose network is gated, or is not. */
export function spellingsOf(part: LayerPart, states: StateModule, isGated: boolean): Spellings {
  const alone = (names: readonly string[]): Spellings => names.map((name) => ({ modules: [name] }));
  if (part === 'state-in') return [...STATE_IN[states], ...alone(['mixer.in_proj', 'mamba.in_proj', 'conv.in_proj'])];
  if (part === 'state-out') return alone([...STATE_OUT[states], 'mixer.out_proj', 'mamba.out_proj', 'conv.out_proj']);
  if (part === 'ffn-up' || part === 'shared-up' || part === 'expert-up') return UP[part](isGated ? GATED_UP : PLAIN_UP);
  return SPELLINGS[part];
}

/** All modules that may make up a part, whatever its family. */
export function modulesOf(part: LayerPart): readonly string[] {
  const states: readonly StateModule[] = ['linear_attn', 'self_attn'];
  const spellings = states.flatMap((state) => [true, false].flatMap((isGated) => spellingsOf(part, state, isGated)));
  return [...new Set(spellings.flatMap(({ modules }) => modules))];
}

export { ALL_PARTS, type LayerPart };

export function classOfPart(part: LayerPart): PartClass {
  return CLASS_OF_LAYER_PART[part];
}

export type PartClass = 'attention' | 'weights' | 'experts';

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

/** Whether the network that a part belongs to is gated. */
export function isGatedIn({ feedForward }: LayerClass, part: LayerPart): boolean {
  if (feedForward.kind === 'none') return false;
  return (feedForward.kind === 'moe' && part.startsWith('ffn-')) || feedForward.gated;
}

/**
 * Layers of a checkpoint that one prediction module is: two where every layer of the model is attention or a network, and the module
 * is both (`mtp_hybrid_override_pattern` = `*E`; vLLM, models/nemotron_h_mtp.py: `num_mtp_layers * pattern_len` layers).
 */
export function layersPerModule({ classes, mtpLayer }: Pick<Model, 'classes' | 'mtpLayer'>): number {
  const isBoth = ({ attention, feedForward }: LayerClass) => isPresent(attention) && feedForward.kind !== 'none';
  return mtpLayer && isBoth(mtpLayer) && !classes.some(isBoth) ? 2 : 1;
}
