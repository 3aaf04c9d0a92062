import type { Attention } from '../../attention.ts';
import { groupedQueryOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, LayerKinds } from '../family.ts';
import { kindsNamed, WINDOW_TYPES } from '../layers.ts';

export const families: Families = {
  // Layers may differ in their query heads. The output of attention has a gate, and the shared expert has none.
  laguna: {
    qkNorm: 'head',
    routerBias: true,
    attention: unequalHeads,
    kinds: headedKinds,
    defaults: { first_k_dense_replace: 1, head_dim: 128 },
    only: { moe_apply_router_weight_on_input: false },
    irrelevant: 'moe_router_logit_softcapping use_bidirectional_attention',
    known: {
      models: 'Laguna',
      stated: { model: 'Laguna-XS.2', total: '33 billion' },
      source: 'transformers, models/laguna',
    },
  },
};

/** One kind of attention for each layer type with each number of heads. */
function unequalHeads(context: AttentionContext): AttentionParts | undefined {
  const { read, heads } = context;
  const gate = gateOf(read);
  const window = read.optional('sliding_window');
  const plain = { ...groupedQueryOf(context), ...gate, name: 'full' };
  const counts = new Set(read.integers('num_attention_heads_per_layer'));
  const parts: Record<string, Attention> = {};
  for (const count of counts) {
    const ofCount = { ...plain, heads: count };
    parts[`full-${count}`] = { ...ofCount, name: count === heads ? 'full' : `full-${count}` };
    if (window !== undefined) parts[`local-${count}`] = { ...ofCount, name: `local-${count}`, window };
  }
  return {
    ...parts,
    full: parts[`full-${heads}`] ?? plain,
    ...(window !== undefined && { local: { ...plain, name: 'local', window } }),
  };
}

/** One gate for each head, or one for each element of the queries. */
function gateOf(read: ConfigReader) {
  const named = read.isText('gating') ? read.text('gating') : (read.flag('gating') ?? true);
  const ofLayers = read.texts('gating_types');
  if (ofLayers.length > 0 && (ofLayers.length !== read.layers || ofLayers.some((type) => type !== 'per_head')))
    read.rejected.push('gating_types');
  if (named === true || named === 'per-head') return { headGate: true } as const;
  if (named !== 'per-element') read.rejected.push('gating');
  return { outputGate: true } as const;
}

function headedKinds(read: ConfigReader, count: number): LayerKinds | undefined {
  const heads = read.integers('num_attention_heads_per_layer');
  if (heads.length === 0) return undefined;
  const types = read.texts('layer_types');
  if (heads.length !== count || (types.length > 0 && types.length !== count)) return [];
  const places = kindsNamed(types, WINDOW_TYPES);
  return heads.map((ofLayer, layer) => {
    const place = types.length === 0 ? 'full' : places[layer];
    return place && `${place}-${ofLayer}`;
  });
}
