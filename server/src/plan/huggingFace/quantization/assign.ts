import {
  type LayerClass,
  type LayerTypes,
  type Model,
  mtpLayerOf,
  type NumberType,
  type TypesByPart,
} from '../../model.ts';
import type { Quantization, Rule } from './format.ts';
import type { Stored } from './index.ts';
import {
  ALL_PARTS,
  classOfPart,
  type LayerPart,
  type PartClass,
  partsOf,
  type StateModule,
  spellingsOf,
} from './modules.ts';
import { type LayerNames, type Named, Patterns, PREFIXES } from './patterns.ts';

type PartTypes = ReadonlyMap<LayerPart, NumberType>;

const CLASSES: readonly PartClass[] = ['weights', 'experts', 'attention'];

/**
 * The model with the types in which its checkpoint stores every module. Layers of one class that differ in types become
 * classes of their own. A pattern that names no module of the model, and nothing that is never quantised, is returned as what is
 * not understood.
 */
export function inStoredTypes(model: Model, stored: Stored, states: StateModule): Model | { readonly unclear: string } {
  const { wide, quantization } = stored;
  const base = { ...model.types, ...ofAll(wide), embedding: wide };
  if (!quantization) return { ...model, types: base };
  const lists = [quantization.kept, ...quantization.rules.flatMap(({ modules }) => patternsOf(modules))];
  for (const list of lists) {
    const pattern = list.notUnderstood(model.layers.length);
    if (pattern !== undefined) return { unclear: pattern };
  }
  const assignment = new Assignment(model, quantization, wide, states);
  const layers = model.layers.map((index, layer) =>
    assignment.typesOf(model.classes[index], namesOfLayer([layer], [])),
  );
  const last = model.mtpModules > 0 ? mtpLayerOf(model) : undefined;
  const module = last && assignment.typesOf(last, namesOfModule(model));
  const head = assignment.headType();
  const unclear = assignment.unclear(lists);
  if (unclear !== undefined) return { unclear };
  const common = commonTypes(layers, wide);
  const types = {
    ...base,
    weights: common.weights,
    experts: common.experts,
    attention: common.attention,
    ...(quantization.kv && { kv: quantization.kv }),
    ...partsBeside({ ...common.parts, ...(head !== wide && { head }) }),
  };
  return { ...model, types, ...withTypes(model, layers, common, last && module ? { last, module } : undefined) };
}

function ofAll(type: NumberType): Pick<LayerTypes, 'weights' | 'experts' | 'attention'> {
  return { weights: type, experts: type, attention: type };
}

function partsBeside(parts: TypesByPart): { readonly parts?: TypesByPart } {
  return Object.keys(parts).length > 0 ? { parts } : {};
}

function namesOfLayer(numbers: readonly number[], further: readonly string[]): LayerNames {
  const stems = numbers.flatMap((number) => PREFIXES.map((prefix) => `${prefix}layers.${number}`));
  return { stems: [...stems, ...further], numbers };
}

/** The first prediction module: behind the last layer in DeepSeek's checkpoints, of its own in Qwen's and NVIDIA's. */
function namesOfModule({ layers }: Model): LayerNames {
  return namesOfLayer([layers.length], ['mtp.layers.0', 'model.mtp.layers.0', 'mtp.0', 'model.mtp.0', 'mtp']);
}

/** Decides the type of each part of each layer, and remembers what it could not decide. */
class Assignment {
  private readonly model: Model;
  private readonly quantization: Quantization;
  private readonly wide: NumberType;
  private readonly states: StateModule;
  private partial: string | undefined;

  constructor(model: Model, quantization: Quantization, wide: NumberType, states: StateModule) {
    this.model = model;
    this.quantization = quantization;
    this.wide = wide;
    this.states = states;
  }

  typesOf(layer: LayerClass | undefined, names: LayerNames): PartTypes {
    const experts = layer?.feedForward.kind === 'moe' ? layer.feedForward.count : 1;
    const parts = layer ? partsOf(layer) : [];
    return new Map(parts.map((part) => [part, this.typeOf(part, names, experts)]));
  }

  private typeOf(part: LayerPart, names: LayerNames, experts: number): NumberType {
    if (this.isNamed(this.quantization.kept, part, names, experts)) return this.wide;
    const rule = this.quantization.rules.find(({ modules }) => this.isRuled(modules, part, names, experts));
    return rule?.type ?? this.wide;
  }

  private isRuled(modules: Rule['modules'], part: LayerPart, names: LayerNames, experts: number): boolean {
    if (modules === 'linear') return true;
    if (modules === 'experts') return classOfPart(part) === 'experts';
    return this.isNamed(modules, part, names, experts);
  }

  /** Whether all modules of a part are named. That only some are is kept as what cannot be decided. */
  private isNamed(patterns: Patterns, part: LayerPart, names: LayerNames, experts: number): boolean {
    if (patterns.isEmpty) return false;
    let some: string | undefined;
    for (const spelling of spellingsOf(part, this.states)) {
      const named = spelling.map((path): Named => patterns.names(path, names, experts));
      if (named.every((answer) => answer === 'yes')) return true;
      const index = named.findIndex((answer) => answer !== 'no');
      some ??= index < 0 ? undefined : `${names.stems[0]}.${spelling[index]}`;
    }
    this.partial ??= some;
    return false;
  }

  /** The output head is left alone unless it is named, or lies in a group of all linear modules. */
  headType(): NumberType {
    const { kept, rules } = this.quantization;
    if (kept.namesOutside(HEAD)) return this.wide;
    const rule = rules.find(({ modules, withHead }) =>
      typeof modules === 'string' ? withHead === true : modules.namesOutside(HEAD),
    );
    return rule?.type ?? this.wide;
  }

  /** A pattern that names nothing here, or a module of which only a part is named. */
  unclear(lists: readonly Patterns[]): string | undefined {
    for (const list of lists) {
      const pattern = list.unused().find((text) => !this.isKnown(text));
      if (pattern !== undefined) return pattern;
    }
    return this.partial;
  }

  /** Whether a pattern that named nothing means what is never quantised, or a module that other layers of its kind have. */
  private isKnown(text: string): boolean {
    if (!text.startsWith('re:') && NEVER_QUANTISED.test(text)) return true;
    const layer = Number(/(?:layers|h|blocks)\.(\d+)/.exec(text)?.[1] ?? 0);
    if (layer > this.model.layers.length + MOST_MODULES) return false;
    const alone = new Patterns([text]);
    const names = namesOfLayer([layer], ['mtp.layers.0']);
    const isNamed = (path: string) => alone.names(path, names, 1) !== 'no';
    if (NEVER_NAMES.some(isNamed) || alone.namesOutside(OUTSIDE)) return true;
    return ALL_PARTS.some((part) => spellingsOf(part, this.states).some((spelling) => spelling.some(isNamed)));
  }
}

function patternsOf(modules: Rule['modules']): readonly Patterns[] {
  return typeof modules === 'string' ? [] : [modules];
}

const HEAD = ['lm_head', 'language_model.lm_head', 'model.lm_head', 'model.language_model.lm_head'] as const;

/** Modules outside of the text model's layers that expressions may name. */
const OUTSIDE = [
  ...HEAD,
  'model.embed_tokens',
  'model.norm',
  'vision_tower.encoder.layers.0',
  'vision_model.model.layers.0',
  'model.visual.blocks.0',
  'multi_modal_projector.linear_1',
  'mm_projector.proj.0',
  'mtp.layers.0',
] as const;

/** Modules of a layer that stay wide in every quantisation. The count of bytes has them so too. */
const NEVER_NAMES = [
  'mlp.gate',
  'mlp.router',
  'block_sparse_moe.gate',
  'mlp.shared_expert_gate',
  'input_layernorm',
] as const;

const NEVER_QUANTISED =
  /gate$|gate\.|gate\*|gate_weight|e_score_correction_bias|lm_head|embed|norm|router|sinks|eh_proj|shared_head|vision|visual|multi_modal|mm_projector|projector|audio|conv1d|in_proj_b?a$|in_proj_b$|dt_bias|A_log|indexers_proj|weights_proj|^(?:model\.)?mtp/;

/** Whether a module stays wide in every quantisation: norms, routers, tables, what reads pictures. */
export function isNeverQuantised(module: string): boolean {
  return NEVER_QUANTISED.test(module);
}

/** Prediction modules that a list may name although the model has none. */
const MOST_MODULES = 8;

interface CommonTypes extends LayerTypes {}

/** The types that most layers have. */
function commonTypes(layers: readonly PartTypes[], wide: NumberType): CommonTypes {
  const votes = new Map<LayerPart, Map<NumberType, number>>();
  for (const types of layers) {
    for (const [part, type] of types) {
      const ofPart = votes.get(part) ?? new Map<NumberType, number>();
      votes.set(part, ofPart.set(type, (ofPart.get(type) ?? 0) + 1));
    }
  }
  const common = new Map([...votes].map(([part, counts]) => [part, most(counts) ?? wide]));
  const ofClass = (name: PartClass) => {
    const counts = new Map<NumberType, number>();
    for (const [part, byType] of votes) {
      if (classOfPart(part) !== name) continue;
      for (const [type, count] of byType) counts.set(type, (counts.get(type) ?? 0) + count);
    }
    return most(counts);
  };
  const experts = ofClass('experts');
  const attention = ofClass('attention');
  // A model whose networks are all routed says of its other weights what it says of experts.
  const weights = ofClass('weights') ?? experts ?? attention ?? wide;
  return asLayerTypes(common, { weights, experts: experts ?? weights, attention: attention ?? weights });
}

function most(counts: ReadonlyMap<NumberType, number>): NumberType | undefined {
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}

type ByClass = Pick<LayerTypes, PartClass>;

function asLayerTypes(types: PartTypes, classes: ByClass): LayerTypes {
  const parts = [...types].filter(([part, type]) => classes[classOfPart(part)] !== type);
  return { ...classes, parts: Object.fromEntries(parts) };
}

/** Types of a layer in place of the model's; undefined where they are the model's. */
function ownTypes(types: PartTypes, common: CommonTypes): LayerTypes | undefined {
  const isCommon = [...types].every(([part, type]) => type === (common.parts[part] ?? common[classOfPart(part)]));
  if (isCommon) return undefined;
  const [weights, experts, attention] = CLASSES.map((name) => {
    const counts = new Map<NumberType, number>();
    for (const [part, type] of types) if (classOfPart(part) === name) counts.set(type, (counts.get(type) ?? 0) + 1);
    return most(counts) ?? common[name];
  });
  return asLayerTypes(types, {
    weights: weights ?? common.weights,
    experts: experts ?? common.experts,
    attention: attention ?? common.attention,
  });
}

/** Layers by class and types. Layers of a class that has one kind of types alone stay that class. */
function withTypes(
  model: Model,
  layers: readonly PartTypes[],
  common: CommonTypes,
  prediction: { readonly last: LayerClass; readonly module: PartTypes } | undefined,
): Pick<Model, 'classes' | 'layers' | 'mtpLayer'> {
  const classes: LayerClass[] = [];
  const known = new Map<string, number>();
  const indexOf = (layer: LayerClass, types: LayerTypes | undefined): number => {
    const key = `${model.classes.indexOf(layer)} ${types ? JSON.stringify(types) : ''}`;
    const index = known.get(key) ?? classes.push(types ? { ...layer, types } : layer) - 1;
    known.set(key, index);
    return index;
  };
  const own = layers.map((types) => ownTypes(types, common));
  const assigned = model.layers.map((index, layer) => {
    const layerClass = model.classes[index];
    return layerClass ? indexOf(layerClass, own[layer]) : index;
  });
  const named = distinctNames(classes);
  const mtpTypes = prediction && ownTypes(prediction.module, common);
  if (!prediction) return { classes: named, layers: assigned };
  const isOwn = !model.classes.includes(prediction.last);
  const index = isOwn
    ? undefined
    : known.get(`${model.classes.indexOf(prediction.last)} ${mtpTypes ? JSON.stringify(mtpTypes) : ''}`);
  const same = index === undefined ? undefined : named[index];
  const { last } = prediction;
  const mtpLayer = same ?? (mtpTypes ? { ...last, types: mtpTypes } : last);
  return { classes: named, layers: assigned, mtpLayer };
}

/** Classes that were one before are told apart by their type. */
function distinctNames(classes: readonly LayerClass[]): readonly LayerClass[] {
  return classes.map((layer) => {
    const isShared = classes.some((other) => other !== layer && other.name === layer.name);
    if (!isShared || !layer.types) return layer;
    const { weights, experts, attention } = layer.types;
    const { kind } = layer.feedForward;
    const type = kind === 'moe' ? experts : kind === 'dense' ? weights : attention;
    return { ...layer, name: `${layer.name} in ${type}` };
  });
}
