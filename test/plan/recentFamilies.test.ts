import { describe, expect, test } from 'vitest';
import { cacheClasses } from '../../server/src/cost/figures/cacheClasses.ts';
import { totalOn } from '../../server/src/cost/parameters/checkpoint.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { BY_HAND, RECENT } from './configs/recent.ts';
import type { RecentConfig } from './configs/shapes.ts';

const ALL = [...RECENT, ...BY_HAND].map((known) => [known.name, known] as const);

function read(config: RecentConfig['config']): Model {
  const reading = readConfig('model', config);
  if ('refused' in reading) throw new Error(reading.refused);
  expect(reading.hasUncountedVision).toBe(false);
  return reading.model;
}

function known(name: string): RecentConfig['config'] {
  const [, found] = ALL.find(([of]) => of.startsWith(name)) ?? [];
  if (!found) throw new Error(`no config of ${name}`);
  return found.config;
}

describe.each(ALL)('%s', (_, { config, total, basis, active, kept }) => {
  const model = read(config);

  test('has as many parameters as its checkpoint', () => expect(totalOn(basis ?? 'main', model)).toBe(total));

  test('meets a token with as many as its code does', () => expect(parametersOf(model).active).toBe(active));

  test('keeps of a sequence what its code keeps', () => {
    const classes = cacheClasses(model).map(({ kind, layers, bytesPerToken, bytesPerSequence }) => [
      kind,
      [layers, bytesPerToken, bytesPerSequence],
    ]);
    expect(Object.fromEntries(classes)).toEqual(kept);
  });
});

/** What is said of a config with these changes; a number is its total. */
function changed(name: string, changes: object, within?: string): string | number {
  const config = known(name);
  const inner = within === undefined ? {} : Object.getOwnPropertyDescriptor(config, within)?.value;
  const reading = readConfig(
    'model',
    within === undefined ? { ...config, ...changes } : { ...config, [within]: { ...inner, ...changes } },
  );
  if ('refused' in reading) return reading.refused;
  const total = totalOn('all_logical', reading.model);
  return typeof total === 'number' ? total : total.unknown;
}

describe('a field that shapes the model changes its count, or is named', () => {
  test.each([
    ['gemma-4-26B', { global_head_dim: 256 }, 'text_config'],
    ['gemma-4-26B', { num_global_key_value_heads: 8 }, 'text_config'],
    ['gemma-4-26B', { attention_k_eq_v: false }, 'text_config'],
    ['gemma-4-26B', { enable_moe_block: false }, 'text_config'],
    ['gemma-4-26B', { hidden_size_per_layer_input: 256 }, 'text_config'],
    ['gemma-4-E2B', { num_kv_shared_layers: 10 }, 'text_config'],
    ['gemma-4-E2B', { use_double_wide_mlp: false }, 'text_config'],
    ['gemma-4-E2B', { vocab_size_per_layer_input: 131_072 }, 'text_config'],
    ['gemma-4-26B', { standardize: false }, 'vision_config'],
    ['gemma-4-E2B', { conv_kernel_size: 7 }, 'audio_config'],
    ['Step-3.5', { num_nextn_predict_layers: 0, layer_types: Array.from({ length: 45 }, () => 'full_attention') }],
    ['Step-3.5', { attention_other_setting: { num_attention_heads: 64 } }],
    ['Step-3.5', { use_head_wise_attn_gate: false }],
    ['Step-3.5', { share_expert_dim: 2560 }],
    ['Step-3.5', { moe_layers_enum: '3,4,5' }],
    ['Step-3.7', { projector_bias: true }],
    ['MiMo', { swa_num_key_value_heads: 4 }],
    ['MiMo', { swa_v_head_dim: 192 }],
    ['MiMo', { add_full_attention_sink_bias: true }],
    ['Hy3', { num_nextn_predict_layers: 0 }],
    ['LFM2-8B', { conv_L_cache: 4 }],
    ['LFM2-8B', { num_dense_layers: 3 }],
    ['LFM2-1.2B', { block_auto_adjust_ff_dim: false }],
    ['Falcon-H1-34B', { mamba_rms_norm: false }],
    ['Falcon-H1-34B', { mamba_d_ssm: null }],
    ['Falcon-H1-34B', { projectors_bias: true }],
    ['GLM-4.5V', { image_size: 672 }, 'vision_config'],
    ['ERNIE-4.5-VL', { moe_intermediate_size: [1536, 768] }, 'text_config'],
    ['ERNIE-4.5-VL', { temporal_merge_size: 1 }, 'vision_config'],
    ['ERNIE-4.5-21B', { num_nextn_predict_layers: 2 }],
    ['Qwen3-Omni', { enable_audio_output: false }],
  ])('%s %j', (name, changes, within?: string) => {
    const [before, after] = [changed(name, {}), changed(name, changes, within)];
    expect(after).not.toBe(before);
    const [field = ''] = Object.keys(changes);
    if (typeof after === 'string') expect(after).toContain(field);
  });

  test.each([
    ['Step-3.5', { layer_types: ['full_attention'] }, 'layer_types'],
    ['Step-3.5', { moe_layers_enum: undefined }, 'moe_layers_enum'],
    ['Step-3.5', { moe_layers_enum: '3-44' }, 'layers'],
    ['Step-3.5', { use_mfa: true }, 'use_mfa'],
    ['Hy3', { expert_hidden_dim: 1024 }, 'expert_hidden_dim'],
    ['Hy3', { qk_norm: false }, 'qk_norm'],
    ['LFM2-8B', { use_expert_bias: false }, 'use_expert_bias'],
    ['LFM2-8B', { layer_types: Array.from({ length: 24 }, () => 'mamba') }, 'layers'],
    ['Falcon-H1-34B', { layers_block_type: ['attention'] }, 'attention'],
    ['Falcon-H1-34B', { mamba_d_head: 64 }, 'mamba'],
    ['MiMo', { hybrid_layer_pattern: [0, 1] }, 'layers'],
    ['MiMo', { sliding_window_size: 256 }, 'sliding_window_size'],
    ['LFM2-1.2B', { block_dim: 1024 }, 'block_dim'],
  ])('%s %j is refused', (name, changes, named) => expect(changed(name, changes)).toContain(named));
});

test('a part that speaks is counted by its layers, however many it says that it has', () => {
  const config = known('Qwen3-Omni');
  const talker = Object.getOwnPropertyDescriptor(config, 'talker_config')?.value;
  const reading = readConfig('model', {
    ...config,
    talker_config: { ...talker, text_config: { ...talker.text_config, num_hidden_layers: 1e12 } },
  });
  expect('refused' in reading).toBe(false);
});

test('what only configs that were saved again have gives the same', () => {
  const step = known('Step-3.5');
  const kinds = Array.from({ length: 48 }, (_, layer) => (layer % 4 === 0 ? 'full_attention' : 'sliding_attention'));
  const saved = {
    ...step,
    num_attention_groups: undefined,
    num_key_value_heads: 8,
    moe_num_experts: undefined,
    n_routed_experts: 288,
    moe_top_k: undefined,
    num_experts_per_tok: 8,
    moe_layers_enum: undefined,
    mlp_layer_types: Array.from({ length: 45 }, (_, layer) => (layer < 3 ? 'dense' : 'sparse')),
    layer_types: kinds.slice(0, 45),
    mtp_layer_types: kinds.slice(45),
    mtp_mlp_layer_types: ['dense', 'dense', 'dense'],
    attention_other_setting: undefined,
    num_sliding_attention_heads: 96,
    use_head_wise_attn_gate: undefined,
    query_pre_attn_scalar: 128,
  };
  expect(totalOn('all_logical', read(saved))).toBe(199_384_301_376);
  const mimo = known('MiMo');
  const words = Array.from({ length: 48 }, (_, layer) =>
    layer === 0 || (layer + 1) % 6 === 0 ? 'full_attention' : 'sliding_attention',
  );
  const native = Object.fromEntries(
    Object.entries(mimo).filter(([field]) => !/^swa_|^add_|hybrid|moe_layer_freq/.test(field)),
  );
  const types = Array.from({ length: 48 }, (_, layer) => (layer === 0 ? 'dense' : 'sparse'));
  expect(totalOn('all_logical', read({ ...native, layer_types: words, mlp_layer_types: types }))).toBe(309_766_601_088);
});
