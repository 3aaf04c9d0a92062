import type { LinearAttention } from '../../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Families, IsSparse, LayerKinds } from '../family.ts';
import { kindsBy } from '../layers.ts';
import { NO_EXTRAS, projectedOf, stateElement } from '../linear.ts';

export const families: Families = {
  jamba: {
    known: {
      models: 'Jamba',
      published: { model: 'Jamba-v0.1', total: 51_570_323_328 },
      source: 'transformers, models/jamba',
    },
    only: { mamba_inner_layernorms: true },
    expertsUseFfn: true,
    fewestExperts: 2,
    denseUseFfn: true,
    linear: mamba1,
    kinds: (read, count) => attentionByPeriod(read, count),
    sparse: expertsByPeriod,
  },
};

function attentionByPeriod(read: ConfigReader, count: number): LayerKinds | undefined {
  const period = read.optional('attn_layer_period');
  const offset = read.integerOr('attn_layer_offset', 0);
  if (period && offset >= period) return [];
  return period ? kindsBy(count, (layer) => (layer % period === offset ? 'full' : 'linear')) : undefined;
}

function expertsByPeriod(read: ConfigReader): IsSparse | undefined {
  const period = read.integerOr('expert_layer_period', 1);
  const offset = read.integerOr('expert_layer_offset', 0);
  return offset < period ? (layer) => layer % period === offset : undefined;
}

/** Mamba of Jamba, with its norms on dt, B and C. */
function mamba1(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const state = read.optional('mamba_d_state');
  const kernel = read.optional('mamba_d_conv');
  const expand = read.optional('mamba_expand');
  const isDerived = !read.has('mamba_dt_rank') || !read.differs('mamba_dt_rank', 'auto');
  const rank = isDerived ? Math.ceil(hidden / 16) : read.optional('mamba_dt_rank');
  if (!state || !kernel || !expand || rank === undefined) return undefined;
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
  return { ...NO_EXTRAS, kind: 'linear', name: 'mamba', heads: 1, headSize: inner, stateBytes, parameters, projected };
}
