import type { Entity, EntityConfig } from '../../language/entity.ts';
import { MOST_EXPERTS, MOST_LAYERS } from '../../language/vocabulary/types.ts';
import { oneLine } from '../../text/visible.ts';
import { shapeOf } from '../attention.ts';
import { type Model, type TensorTypes, tokenColumns } from '../model.ts';
import type { PlanProblem } from '../resolve/resolved.ts';
import { attentionOf } from './attention.ts';
import { ConfigReader } from './configReader.ts';
import { contextOf } from './context.ts';
import { FAMILIES } from './families/index.ts';
import { type Family, isWrapper, type Json, type Wrapper } from './family.ts';
import { feedForwardOf } from './feedForward.ts';
import { irrelevantTo, isIrrelevant } from './irrelevant.ts';
import { layersOf } from './layers.ts';
import { inStoredTypes } from './quantization/assign.ts';
import { isNotRead } from './quantization/format.ts';
import { storedTypesOf } from './quantization/index.ts';
import { layersPerModule } from './quantization/modules.ts';
import { outOfRange } from './ranges.ts';
import { isHeadLeftOut, modulesShipped, type Shipped, shippedOf } from './shipped.ts';

/** Further files of a checkpoint that lie beside its config, as far as they are there. */
export interface Beside {
  /** `hf_quant_config.json`. */
  readonly quantization?: Json;
  /** `model.safetensors.index.json`. */
  readonly index?: Json;
}

/** The model of a config, or the reason why the config is not read. */
export type ConfigReading =
  | { readonly model: Model; readonly hasUncountedVision: boolean }
  | { readonly refused: string };

/**
 * Reads a Hugging Face `config.json` as a model. It reads only architectures whose parameter count is known to come out
 * exactly. Any other architecture, and any field that no table knows, gives the problem `config-not-understood`: silently
 * dropping a field that changes the model would give a wrong figure.
 */
export function modelFromConfig(
  name: string,
  config: EntityConfig,
  entity: Entity,
  report: (problem: PlanProblem) => void,
): Model | undefined {
  const place = { uri: entity.uri, span: (entity.node.from ?? entity.node.keyword).span };
  const { quantization, index } = config;
  const reading = readConfig(name, config.json, { ...(quantization && { quantization }), ...(index && { index }) });
  if ('refused' in reading) {
    report({ rule: 'config-not-understood', ...place, message: oneLine(reading.refused) });
    return undefined;
  }
  if (reading.hasUncountedVision && !entity.properties.has('vision')) {
    report({
      rule: 'not-computed',
      ...place,
      message:
        'the vision tower of this config is not counted: write its size into the braces, for example `{ vision = 1.6 GiB }`',
    });
  }
  return reading.model;
}

/** Reads the parsed text of a config. */
export function readConfig(name: string, json: Json, beside: Beside = {}): ConfigReading {
  const outer = new ConfigReader(json);
  const architecture = architectureOf(outer);
  const wrapper = architecture && isWrapper(architecture) ? architecture : undefined;
  const withoutHead = headless(outer);
  if (withoutHead !== undefined) return refuse(withoutHead);
  const read = wrapper ? wrapper.text(outer) : outer;
  if (!read) return refuse('it has no `text_config`; write the model out instead');
  const family = architectureOf(read);
  if (!family || isWrapper(family)) return refuse(notRead(read.text('model_type')));
  const differing = prepare(read, family) ?? repeatedOtherwise(outer, read, wrapper);
  if (differing !== undefined) return refuse(differing);
  const hidden = read.integer('hidden_size');
  const heads = read.integer('num_attention_heads');
  const layers = read.integer('num_hidden_layers');
  const vocabulary = read.integer('vocab_size');
  read.layers = layers;
  const attention = hidden !== undefined && heads ? attentionOf({ read, family, hidden, heads }) : undefined;
  const parts = hidden === undefined ? undefined : feedForwardOf(read, family, hidden);
  const rejected = notUnderstood(read.rejected, new Set());
  if (rejected !== undefined) return refuse(rejected);
  if (!hidden || !heads || !layers || vocabulary === undefined || !attention || !parts) {
    const missing = [...new Set([...read.missing, ...read.misfitting()])].map((field) => `\`${field}\``).join(', ');
    return refuse(
      `it does not give ${missing || 'its sizes'} as a whole number; correct it, or write the model out instead`,
    );
  }
  if (layers > MOST_LAYERS)
    return refuse(`\`num_hidden_layers\` is ${layers}, and at most ${MOST_LAYERS} are computed; correct it`);
  const experts = parts.moe?.count ?? 0;
  if (experts > MOST_EXPERTS)
    return refuse(`it has ${experts} experts, and at most ${MOST_EXPERTS} are computed; correct it`);
  const stored = storedTypesOf(read, outer, beside.quantization);
  if (isNotRead(stored)) return refuse(`${stored.notRead}; write the model out with \`types { ... }\` instead`);
  if (shapeOf(attention.full)?.hasUncountedBias) return refuse(biasNotComputed('attention_bias'));
  if (parts.moe && read.flag('mlp_bias')) return refuse(biasNotComputed('mlp_bias'));
  const assigned = layersOf(read, { count: layers, hidden, attention, feedForward: parts, family });
  const ofArchitecture = irrelevantTo([family, wrapper]);
  if (!assigned)
    return refuse(
      notUnderstood(read.misfitting(), ofArchitecture) ??
        'it assigns kinds to its layers that are not understood; write the model out instead',
    );
  if (read.flag('mtp_use_dedicated_embeddings'))
    return refuse('`mtp_use_dedicated_embeddings` is not computed; write the model out instead');
  const vision = wrapper ? wrapper.tower?.(outer, hidden) : 0;
  const apart = wrapper?.apart?.(outer, hidden);
  const shipped = beside.index && shippedOf(beside.index);
  const modules = modulesShipped(shipped, layers, layersPerModule(assigned));
  const ends = endsOf(read, family, { outer, wrapper, shipped, modules });
  const tokenRows = read.optional('token_rows');
  const residual = family.residual?.(read, hidden);
  const refusedFields = notUnderstood(outer.unread(), ofArchitecture);
  if (refusedFields !== undefined) return refuse(refusedFields);
  const model: Model = {
    name,
    hidden,
    ...assigned,
    vocabulary,
    ...ends,
    ...(tokenRows !== undefined && tokenColumns(assigned) > 0 && { tokenRows }),
    ...(residual && { residual }),
    checkpoint: {
      copiedTables: family.copiedTables ?? 0,
      unstatedModules: modules !== undefined || ends.mtpModules > 0 ? 0 : (family.unstatedMtp ?? 0),
      rotaryFrequencies: family.storesRotary ? layers * Math.floor(hidden / heads / 2) : 0,
      ...(apart !== undefined && { apart }),
      ...family.extras?.(read, layers, hidden),
    },
    visionBytes: 2 * (vision ?? 0),
    types: { ...WIDE, ...(family.cache && { kv: family.cache }) },
  };
  const wrong = outOfRange(model);
  if (wrong !== undefined) return refuse(wrong);
  const typed = inStoredTypes(model, stored, family.states ?? 'linear_attn');
  if (isNotRead(typed)) return refuse(`${typed.notRead}; write the model out with \`types { ... }\` instead`);
  return { model: typed, hasUncountedVision: vision === undefined };
}

function architectureOf(read: ConfigReader): Family | Wrapper | undefined {
  const type = read.text('model_type');
  return type !== undefined && Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
}

function notRead(type: string | undefined): string {
  const what = type === undefined ? 'is not named (`model_type` is missing)' : `\`${type}\` is not read yet`;
  return `the architecture ${what}; write the model out instead`;
}

/** Gives fields the names that are asked for, and absent ones their defaults. Returns why a value is not computed. */
function prepare(read: ConfigReader, family: Family): string | undefined {
  if (family.unnest) read.use(family.unnest(read));
  read.rename(family.names ?? {});
  for (const [field, value] of Object.entries(family.defaults ?? {}))
    if (!read.has(field)) read.use({ [field]: value });
  for (const [field, value] of Object.entries(family.only ?? {})) {
    if (read.differs(field, value))
      return `\`${field}\` is computed as ${String(value)} only; write the model out instead`;
  }
  return family.refused?.(read);
}

/** A size that the outer config repeats with another value, as a sentence. */
function repeatedOtherwise(outer: ConfigReader, read: ConfigReader, wrapper: Wrapper | undefined): string | undefined {
  const other = wrapper?.repeats?.find((field) => outer.has(field) && outer.optional(field) !== read.optional(field));
  return other === undefined ? undefined : `\`${other}\` is another one in its text config; correct one of the two`;
}

type Ends = Pick<Model, 'tied' | 'headBias' | 'positions' | 'finalNorms' | 'mtpModules' | 'mtpNorms' | 'context'>;

/** What stands before the first layer and behind the last one. */
function endsOf(read: ConfigReader, family: Family, outside: Outside): Ends {
  const positions = read.optional('positions');
  const context = contextOf(read, family);
  const statedModules = read.optional('num_nextn_predict_layers') ?? read.optional('mtp_num_hidden_layers') ?? 0;
  const isTied = tiedOf(read, family, outside);
  return {
    tied: isTied || isHeadLeftOut(outside.shipped),
    ...((read.flag('lm_head_bias') ?? false) && { headBias: true }),
    ...(positions !== undefined && { positions }),
    ...(family.finalNorms !== undefined && { finalNorms: family.finalNorms }),
    mtpModules: outside.modules ?? statedModules,
    ...(family.mtpNorms !== undefined && { mtpNorms: family.mtpNorms }),
    ...(context !== undefined && { context }),
  };
}

/** The whole file, and its architecture where that wraps a text model. */
interface Outside {
  readonly outer: ConfigReader;
  readonly wrapper: Wrapper | undefined;
  /** Names of the tensors beside the config, which decide over it. */
  readonly shipped: Shipped | undefined;
  /** Prediction modules by these names; undefined where they do not tell. */
  readonly modules: number | undefined;
}

/** The head belongs to the outer model, so its config decides (transformers 5, `get_expanded_tied_weights_keys`). */
function tiedOf(read: ConfigReader, family: Family, { outer, wrapper }: Outside): boolean {
  const inner = read.flag('tie_word_embeddings');
  if (!wrapper) return inner ?? family.tied ?? false;
  const deciding = wrapper.headConfig ? wrapper.headConfig(outer) : outer;
  return deciding?.flag('tie_word_embeddings') ?? wrapper.tied ?? false;
}

const HAS_HEAD = /(?:ForCausalLM|ForConditionalGeneration|LMHeadModel)$/;

/** A class of the reference code that has no language-model head, as a sentence; undefined when each has one. */
function headless(outer: ConfigReader): string | undefined {
  const other = outer.texts('architectures').find((architecture) => !HAS_HEAD.test(architecture));
  if (other === undefined) return undefined;
  return `\`${other}\` in \`architectures\` is no language model with a head, and what it has instead is not computed; write the model out instead`;
}

function biasNotComputed(field: string): string {
  return `\`${field}\` is not computed for this kind of layer; write the model out instead`;
}

const WIDE: TensorTypes = {
  weights: 'bf16',
  experts: 'bf16',
  attention: 'bf16',
  embedding: 'bf16',
  kv: 'bf16',
  activations: 'bf16',
};

function refuse(refused: string): ConfigReading {
  return { refused };
}

/** A sentence about fields that nothing read and no declaration knows; undefined when there are none. */
function notUnderstood(fields: readonly string[], ofArchitecture: ReadonlySet<string>): string | undefined {
  const unknown = [...new Set(fields)].filter((field) => !isIrrelevant(field, ofArchitecture));
  if (unknown.length === 0) return undefined;
  const named = unknown.map((field) => `\`${field}\``).join(', ');
  return `${named} ${unknown.length > 1 ? 'are' : 'is'} not understood, and may change the model; write the model out instead`;
}
