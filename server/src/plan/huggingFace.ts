import type { Entity, EntityConfig } from '../language/entity.ts';
import { attentionOf } from './huggingFace/attention.ts';
import { ConfigReader } from './huggingFace/configReader.ts';
import { FAMILIES, isIrrelevant, WRAPPERS } from './huggingFace/families.ts';
import { feedForwardOf } from './huggingFace/feedForward.ts';
import { layersOf } from './huggingFace/layers.ts';
import { typesOf } from './huggingFace/types.ts';
import type { Model } from './model.ts';
import type { PlanProblem } from './resolved.ts';

const MOST_LAYERS = 10_000;

/**
 * A Hugging Face `config.json` as a model. Only architectures whose parameter count is known to be reproduced exactly
 * are read; any other, and any field that no table knows, is the problem `config-not-understood`, because a field that
 * changes the model and is dropped in silence gives a wrong figure.
 */
export function modelFromConfig(
  name: string,
  config: EntityConfig,
  entity: Entity,
  report: (problem: PlanProblem) => void,
): Model | undefined {
  const place = { uri: entity.uri, span: (entity.node.from ?? entity.node.keyword).span };
  const reject = (message: string): undefined => {
    report({ rule: 'config-not-understood', ...place, message });
    return undefined;
  };
  const outer = new ConfigReader(config.json);
  const outerType = outer.text('model_type');
  const isWrapper = outerType !== undefined && WRAPPERS.has(outerType);
  const inner = isWrapper ? outer.object('text_config') : undefined;
  if (isWrapper && !inner) return reject('it has no `text_config`; write the model out instead');
  const read = inner ? new ConfigReader(inner) : outer;
  const type = read.text('model_type');
  const family = type === undefined ? undefined : FAMILIES[type];
  if (!family) {
    const known = [...Object.keys(FAMILIES), ...WRAPPERS].sort().join(', ');
    const what = type === undefined ? 'is not named (`model_type` is missing)' : `\`${type}\` is not read yet`;
    return reject(`the architecture ${what}; write the model out instead (read are ${known})`);
  }
  if (type === 'dbrx') read.use(plainNames(read));
  const hidden = read.integer('hidden_size');
  const heads = read.integer('num_attention_heads');
  const layers = read.integer('num_hidden_layers');
  const vocabulary = read.integer('vocab_size');
  const attention = hidden !== undefined && heads ? attentionOf(read, family, hidden, heads) : undefined;
  const parts = feedForwardOf(read, family);
  if (!hidden || !layers || vocabulary === undefined || !attention || !parts || layers > MOST_LAYERS) {
    const missing = read.missing.map((field) => `\`${field}\``).join(', ');
    return reject(
      `it does not give ${missing || 'its sizes'} as a whole number; correct it, or write the model out instead`,
    );
  }
  const types = typesOf(read.object('quantization_config') ?? outer.object('quantization_config'));
  if (typeof types === 'string') return reject(types);
  const assigned = layersOf(read, layers, attention, parts, family);
  if (!assigned) return reject('it assigns kinds to its layers that are not understood; write the model out instead');
  const tied = read.flag('tie_word_embeddings') ?? outer.flag('tie_word_embeddings') ?? false;
  const mtpModules =
    read.optional('num_nextn_predict_layers') ?? read.optional('mtp_num_hidden_layers') ?? family.mtp ?? 0;
  if (read.flag('mtp_use_dedicated_embeddings'))
    return reject('`mtp_use_dedicated_embeddings` is not computed; write the model out instead');
  const unknown = [...new Set([...read.unread(), ...outer.unread()])].filter(
    (field) => !isIrrelevant(field) && !(isWrapper && field === 'vision_config'),
  );
  if (unknown.length > 0) {
    const named = unknown.map((field) => `\`${field}\``).join(', ');
    return reject(
      `${named} ${unknown.length > 1 ? 'are' : 'is'} not understood, and may change the model; write the model out instead`,
    );
  }
  if (isWrapper && !entity.properties.has('vision')) {
    report({
      rule: 'not-computed',
      ...place,
      message:
        'the vision tower of this config is not counted: write its size into the braces, for example `{ vision = 1.6 GiB }`',
    });
  }
  return { name, hidden, ...assigned, vocabulary, tied, mtpModules, visionBytes: 0, types };
}

/** DBRX nests its sizes and has names of its own. */
function plainNames(read: ConfigReader): Readonly<Record<string, unknown>> {
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
