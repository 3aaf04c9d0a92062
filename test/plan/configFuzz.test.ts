import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import { seeded } from '../support/propertyRuns.ts';
import { DENSE } from './configs/dense.ts';
import { FURTHER, ROUNDED } from './configs/further.ts';
import { MIXTURES } from './configs/mixtures.ts';
import { OF_2026 } from './configs/of2026.ts';
import { BY_HAND, RECENT } from './configs/recent.ts';
import { WHOLE } from './configs/whole.ts';

type Json = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** One field of a config of a public model. */
interface Field {
  readonly model: string;
  readonly config: Json;
  readonly path: Path;
  readonly value: unknown;
}

/** What has readers of its own, or changes only how positions are counted. */
const LEFT_OUT = /^(?:quantization_config|rope_scaling|rope_parameters|auto_map)$/;

/** Names that speak of shapes, whatever the reader thinks of them. */
const SHAPES =
  /size|layer|head|expert|dim\b|_dim|rank|width|n_embd|n_inner|topk|group|window|chunk|every|_k$|depth|kernel|bias|tie_|qk_norm|pattern|types|_list|no_rope|lora|state|offset|period/;

/** Fields whose names speak of shapes and that change none, with the reason. The path is as in the config, `*` is any model. */
const SHAPE_NOTHING: readonly (readonly [field: RegExp, reason: string])[] = [
  [/_token(?:_id|_index)?s?$|_token_id/, 'tokens of the vocabulary'],
  [
    /norm_topk_prob|_eps(?:ilon)?$|group_limited_greedy|norm_expert_weight|enable_lm_head_fp32|use_grouped_mm/,
    'how a layer computes',
  ],
  [/org_vocab_size|vision_config\.(?:vision_output_dim|vision_feature_layer)/, 'says again what other fields say'],
  [
    /vision_config\.(?:num_heads|num_attention_heads|heads)$|encoder_attention_heads/,
    'the heads of a tower share one width',
  ],
  [/index_topk_freq|index_skip_topk_offset/, 'a list says which layers choose keys'],
  [/interleave_moe_layer_step/, 'a list says which layers have experts'],
  [/^mlp_only_layers$/, 'a list of words says which layers have experts'],
  [/text_config\.use_qk_norm/, 'the norm of Llama 4 has no weights'],
  [/multi_modal_projector_bias/, 'the code of Llama 4 has no bias there, whatever is said'],
  [/dense_list|vit_add_patchemb_bias/, 'of parts that the text model does not have'],
  [/text_config\.tie_word_embeddings/, 'the outer config decides'],
  [/yarn_only_types|n_window|accept_hidden_layer/, 'how positions, sounds and streams are counted'],
  [
    /vision_config\.pooling_kernel_size|audio_embed_dim|talker_config\.num_code_groups/,
    'says again what other fields say',
  ],
  [/talker_config\.text_config\.num_experts_per_tok|code2wav_config\.sliding_window/, 'how speech is computed'],
  [/mtp_transformer_layers/, 'the checkpoints hold none of these modules'],
];

/** Sizes that a model has no use for, because of what else its config says. */
const WITHOUT_USE: readonly (readonly [field: string, isUnused: (config: Json) => boolean])[] = [
  ['num_key_value_heads', (config) => typeof config.kv_lora_rank === 'number'],
  ['head_dim', (config) => typeof config.kv_lora_rank === 'number'],
  ['sliding_window', (config) => config.use_sliding_window === false],
  ['max_window_layers', (config) => config.use_sliding_window === false],
  // The code of these has the biases or the norms in any case.
  ['attention_bias', (config) => config.model_type === 'mimo'],
  ['use_qk_norm', (config) => config.model_type === 'hunyuan_v1_dense'],
  ['topk_group', (config) => config.n_group === false],
  ['topk_method', (config) => config.n_group === 1],
  ['use_sliding_window', (config) => config.sliding_window === null],
  ['vocab_size_per_layer_input', (config) => config.hidden_size_per_layer_input === 0],
  ['patch_size', (config) => config.model_patch_size !== undefined],
  ['intermediate_size', (config) => isMoeOnly(config)],
];

/** Every layer has experts, of a width of their own. */
function isMoeOnly(config: Json): boolean {
  const { n_routed_experts: routed = config.num_experts, moe_intermediate_size: width } = config;
  const first = config.first_k_dense_replace ?? 0;
  return routed !== undefined && width !== undefined && first === 0 && config.model_type !== 'granitemoehybrid';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(model: string, config: Json, at: Json = config, path: Path = []): Field[] {
  return Object.entries(at).flatMap(([name, value]) => {
    if (LEFT_OUT.test(name)) return [];
    const within = isObject(value) ? fieldsOf(model, config, value, [...path, name]) : [];
    return [...within, { model, config, path: [...path, name], value }];
  });
}

const FIELDS = [...DENSE, ...MIXTURES, ...FURTHER, ...ROUNDED, ...WHOLE, ...OF_2026, ...RECENT, ...BY_HAND].flatMap(
  ({ name, config }) => fieldsOf(name, config),
);
const SHAPING = FIELDS.filter(
  ({ config, path, value }) =>
    SHAPES.test(path.at(-1) ?? '') &&
    value !== null &&
    !isObject(value) &&
    !WITHOUT_USE.some(([field, isUnused]) => field === path.at(-1) && isUnused(holderOf(config, path))) &&
    !SHAPE_NOTHING.some(([field]) => field.test(path.join('.'))),
);

/** The object that holds a field. */
function holderOf(config: Json, path: Path): Json {
  return path.slice(0, -1).reduce((at: Json, name) => {
    const inner = at[name];
    return isObject(inner) ? inner : {};
  }, config);
}

/** The config with another value at the path; `undefined` leaves the field out, as JSON does. */
function changed(config: Json, [name = '', ...rest]: Path, value: unknown): Json {
  const inner = config[name];
  const { [name]: _, ...others } = config;
  if (rest.length > 0) return { ...others, [name]: changed(isObject(inner) ? inner : {}, rest, value) };
  return value === undefined ? others : { ...others, [name]: value };
}

/** All that a reading says, to be compared. */
function answer(config: Json): string {
  return JSON.stringify(readConfig('model', config));
}

function isRefused(config: Json): boolean {
  return 'refused' in readConfig('model', config);
}

/** Other values of a field, of the same kind. */
function othersOf(value: unknown): unknown[] {
  if (typeof value === 'number') return [2 * value + 2];
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'string') return [`${value}x`, value.slice(1)];
  if (!Array.isArray(value) || value.length === 0) return [];
  return [value.slice(1), [...value.slice(1), othersOf(value[0])[0]]];
}

describe('nothing is passed over in silence', () => {
  test('there is something to change', () => {
    expect(SHAPING.length).toBeGreaterThan(500);
    expect(FIELDS.filter(({ config }) => isRefused(config))).toEqual([]);
  });

  test('a field that shapes the model, under another name, changes the answer or is named', () => {
    const silent = SHAPING.filter(({ config, path, value }) => {
      const renamed = [...path.slice(0, -1), `another_${path.at(-1) ?? ''}`];
      return answer(changed(changed(config, path, undefined), renamed, value)) === answer(config);
    });
    expect(places(silent)).toEqual([]);
  });

  test('a field that shapes the model, with another value, changes the answer or is named', () => {
    const silent = SHAPING.filter(({ config, path, value }) => {
      const before = answer(config);
      return othersOf(value).some((other) => answer(changed(config, path, other)) === before);
    });
    expect(places(silent)).toEqual([]);
  });

  test('so does whatever number it is given', () => {
    // A negative number stands for another: the last layer.
    const numbers = SHAPING.filter(({ value }) => typeof value === 'number' && value >= 0);
    fc.assert(
      fc.property(
        fc.constantFrom(...numbers),
        fc.integer({ min: 0, max: 1 << 20 }),
        ({ config, path, value }, other) => {
          fc.pre(other !== value);
          expect(answer(changed(config, path, other)), path.join('.')).not.toBe(answer(config));
        },
      ),
      seeded(2000),
    );
  });

  test('a field that is left out gives the answer of a value that would be read', () => {
    const silent = SHAPING.filter(({ config, path, value }) => {
      if (answer(changed(config, path, undefined)) !== answer(config)) return false;
      return othersOf(value).some((other) => answer(changed(config, path, other)) === answer(config));
    });
    expect(places(silent)).toEqual([]);
  });
});

function places(fields: readonly Field[]): readonly string[] {
  return [
    ...new Set(
      fields.map(({ model, path, value }) => `${model}: ${path.join('.')} ${JSON.stringify(value).slice(0, 60)}`),
    ),
  ];
}
