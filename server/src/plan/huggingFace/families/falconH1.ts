import type { LinearAttention, ParallelAttention } from '../../attention.ts';
import { groupedQueryOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families } from '../family.ts';
import { kindsBy } from '../layers.ts';
import { NO_EXTRAS, projectedOf, stateElement } from '../linear.ts';

/** Falcon-H1 (transformers, models/falcon_h1/modular_falcon_h1.py): attention and Mamba-2 side by side in every layer. */
export const families: Families = {
  falcon_h1: {
    known: {
      models: 'Falcon-H1',
      published: { model: 'Falcon-H1-34B', total: 33_642_516_224 },
      source: 'transformers, models/falcon_h1',
    },
    attention: attentionOfFalcon,
    kinds: (_, count) => kindsBy(count, () => 'full'),
    defaults: {
      mamba_n_heads: 128,
      mamba_n_groups: 1,
      mamba_d_state: 256,
      mamba_d_conv: 4,
      mamba_expand: 2,
    },
    refused: refusedFalcon,
    irrelevant: `attention_in_multiplier attention_out_multiplier mlp_multipliers ssm_multipliers mamba_chunk_size
      mamba_norm_before_gate mlp_expansion_factor mamba_use_mlp attn_layer_indices expansion_factor attn_rotary_emb`,
  },
};

function refusedFalcon(read: ConfigReader): string | undefined {
  const types = [...read.texts('layers_block_type'), ...read.texts('layer_types')];
  const other = types.find((type) => type !== 'hybrid');
  if (other !== undefined) return `\`${other}\` layers are not read yet; write the model out instead`;
  const [heads, inner] = [read.optional('mamba_n_heads'), innerWidth(read, read.optional('hidden_size') ?? 0)];
  const written = read.isText('mamba_d_head') ? undefined : read.optional('mamba_d_head');
  if (!heads || (inner % heads === 0 && (written ?? inner / heads) === inner / heads)) return undefined;
  return `\`mamba_d_ssm\` gives ${inner} columns, which ${heads} heads of \`mamba_d_head\` do not make up; correct one of them`;
}

/** The stated width, that of the code when it is left out, or a multiple of the hidden width when it is said to be none. */
function innerWidth(read: ConfigReader, hidden: number): number {
  if (read.isNull('mamba_d_ssm')) return read.integerOr('mamba_expand', 2) * hidden;
  return read.integerOr('mamba_d_ssm', 1024);
}

function attentionOfFalcon(context: AttentionContext): AttentionParts | undefined {
  const state = mamba2(context.read, context.hidden);
  if (!state) return undefined;
  const full: ParallelAttention = { kind: 'parallel', name: 'attention', attention: groupedQueryOf(context), state };
  return { full };
}

/** Mamba-2 of a stated inner width. Its norm and the biases of its projections are switched on apart. */
function mamba2(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const heads = read.integer('mamba_n_heads');
  const state = read.integer('mamba_d_state');
  const groups = read.integer('mamba_n_groups');
  const kernel = read.integer('mamba_d_conv');
  read.optional('mamba_expand');
  const inner = innerWidth(read, hidden);
  if (!heads || !state || !groups || !kernel || !inner) return undefined;
  const convolved = inner + 2 * groups * state;
  const projected = inner + convolved + heads;
  const biases =
    ((read.flag('mamba_conv_bias') ?? true) ? convolved : 0) +
    (read.flag('mamba_proj_bias') ? projected : 0) +
    (read.flag('projectors_bias') ? hidden : 0);
  const norm = read.flag('mamba_rms_norm') ? inner : 0;
  const parameters = hidden * projected + convolved * kernel + 3 * heads + inner * hidden + norm + biases;
  return {
    ...NO_EXTRAS,
    kind: 'linear',
    name: 'mamba',
    heads,
    headSize: inner / heads,
    stateBytes: stateElement(read) * inner * state + 2 * convolved * (kernel - 1),
    parameters,
    projected: projectedOf(parameters, hidden, projected, inner),
  };
}
