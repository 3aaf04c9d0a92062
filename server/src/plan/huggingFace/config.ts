import type { Entity, EntityConfig } from '../../language/entity.ts';
import { MOST_EXPERTS, MOST_LAYERS } from '../../language/vocabulary/types.ts';
import { oneLine } from '../../text/visible.ts';
import { shapeOf } from '../attention.ts';
import type { Model, TensorTypes } from '../model.ts';
import type { PlanProblem } from '../resolve/resolved.ts';
import { attentionOf } from './attention.ts';
import { ConfigReader } from './configReader.ts';
import { contextOf } from './context.ts';
import { FAMILIES, type Family, WRAPPERS } from './families.ts';
import { feedForwardOf } from './feedForward.ts';
import { isIrrelevant } from './irrelevant.ts';
import { layersOf } from './layers.ts';
import { inStoredTypes } from './quantization/assign.ts';
import { isNotRead } from './quantization/format.ts';
import { storedTypesOf } from './quantization/index.ts';
import { outOfRange } from './ranges.ts';
import { isHeadLeftOut, modulesShipped, shippedOf } from './shipped.ts';
import { visionParameters } from './vision.ts';

type Json = Readonly<Record<string, unknown>>;

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
  const outerType = outer.text('model_type');
  const isWrapper = outerType !== undefined && WRAPPERS.has(outerType);
  const inner = isWrapper ? outer.object('text_config') : undefined;
  if (isWrapper && !inner) return refuse('it has no `text_config`; write the model out instead');
  const read = inner ? new ConfigReader(inner) : outer;
  const type = read.text('model_type');
  const family = type !== undefined && Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (!family) {
    const what = type === undefined ? 'is not named (`model_type` is missing)' : `\`${type}\` is not read yet`;
    return refuse(`the architecture ${what}; write the model out instead`);
  }
  if (type === 'dbrx') read.use(plainNames(read));
  read.rename(family.names ?? {});
  for (const [field, value] of Object.entries(family.defaults ?? {}))
    if (!read.has(field)) read.use({ [field]: value });
  for (const [field, value] of Object.entries(family.only ?? {})) {
    if (read.differs(field, value))
      return refuse(`\`${field}\` is computed as ${String(value)} only; write the model out instead`);
  }
  const hidden = read.integer('hidden_size');
  const heads = read.integer('num_attention_heads');
  const layers = read.integer('num_hidden_layers');
  const vocabulary = read.integer('vocab_size');
  const attention = hidden !== undefined && heads ? attentionOf(read, family, hidden, heads) : undefined;
  const parts = hidden === undefined ? undefined : feedForwardOf(read, family, hidden);
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
  const assigned = layersOf(read, layers, attention, parts, family);
  if (!assigned) return refuse('it assigns kinds to its layers that are not understood; write the model out instead');
  const shipped = beside.index && shippedOf(beside.index);
  const statedModules =
    read.optional('num_nextn_predict_layers') ?? read.optional('mtp_num_hidden_layers') ?? family.mtp ?? 0;
  const mtpModules = modulesShipped(shipped, layers) ?? statedModules;
  if (read.flag('mtp_use_dedicated_embeddings'))
    return refuse('`mtp_use_dedicated_embeddings` is not computed; write the model out instead');
  const outerTied = outer.flag('tie_word_embeddings');
  const statedTied = read.flag('tie_word_embeddings') ?? outerTied ?? family.tied ?? false;
  const tied = statedTied || isHeadLeftOut(shipped);
  const headBias = read.flag('lm_head_bias') ?? false;
  const positions = read.optional('positions');
  const context = contextOf(read);
  const visionConfig = isWrapper ? outer.object('vision_config') : undefined;
  const vision = isWrapper ? visionParameters(outerType, visionConfig, json, hidden) : 0;
  const refusedFields = unreadFields(family, read, outer);
  if (refusedFields !== undefined) return refuse(refusedFields);
  const model: Model = {
    name,
    hidden,
    ...assigned,
    vocabulary,
    tied,
    ...(headBias && { headBias }),
    ...(positions !== undefined && { positions }),
    ...(family.finalNorms !== undefined && { finalNorms: family.finalNorms }),
    mtpModules,
    checkpoint: {
      copiedTables: family.copiedTables ?? 0,
      rotaryFrequencies: family.storesRotary ? layers * Math.floor(hidden / heads / 2) : 0,
    },
    visionBytes: 2 * (vision ?? 0),
    ...(context !== undefined && { context }),
    types: WIDE,
  };
  const wrong = outOfRange(model);
  if (wrong !== undefined) return refuse(wrong);
  const typed = inStoredTypes(model, stored, read.has('linear_attn_config') ? 'self_attn' : 'linear_attn');
  if ('unclear' in typed) return refuse(notAssigned(typed.unclear));
  return { model: typed, hasUncountedVision: vision === undefined };
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

function notAssigned(pattern: string): string {
  return `\`${pattern}\` in its quantization names no module of this model that is known, or only a part of one; write the model out with \`types { ... }\` instead`;
}

function refuse(refused: string): ConfigReading {
  return { refused };
}

/** A sentence about fields that nothing read and no table knows; undefined when there are none. */
function unreadFields(family: Family, read: ConfigReader, outer: ConfigReader): string | undefined {
  const irrelevant = new Set((family.irrelevant ?? '').trim().split(/\s+/));
  const unknown = [...new Set([...read.unread(), ...outer.unread()])].filter(
    (field) => !isIrrelevant(field) && !irrelevant.has(field),
  );
  if (unknown.length === 0) return undefined;
  const named = unknown.map((field) => `\`${field}\``).join(', ');
  return `${named} ${unknown.length > 1 ? 'are' : 'is'} not understood, and may change the model; write the model out instead`;
}

/** DBRX nests its sizes and has names of its own. */
function plainNames(read: ConfigReader): Json {
  const attention = new ConfigReader(read.object('attn_config') ?? {});
  const feedForward = new ConfigReader(read.object('ffn_config') ?? {});
  return {
    hidden_size: read.optional('d_model'),
    num_attention_heads: read.optional('n_heads'),
    num_hidden_layers: read.optional('n_layers'),
    num_key_value_heads: attention.optional('kv_n_heads'),
    intermediate_size: feedForward.optional('ffn_hidden_size'),
    num_local_experts: feedForward.optional('moe_num_experts'),
    num_experts_per_tok: feedForward.optional('moe_top_k'),
  };
}
