import { type LayerClass, type Model, mtpLayerOf, type NumberType, type TypesByPart } from '../../model.ts';
import { isNotRead, type NotRead, type Quantization, type Rule } from './format.ts';
import type { Stored } from './index.ts';
import { commonTypes, type PartTypes, withTypes } from './layerTypes.ts';
import {
  EMBEDDING_NAMES,
  HEAD_NAMES,
  isNeverQuantised,
  type LayerNames,
  namesOfLayer,
  namesOfModule,
  OUTSIDE_NAMES,
  WIDE_PATHS,
} from './moduleNames.ts';
import {
  ALL_PARTS,
  classOfPart,
  isGatedIn,
  type LayerPart,
  layersPerModule,
  modulesOf,
  partsOf,
  type StateModule,
  spellingsOf,
} from './modules.ts';
import { type Named, Patterns } from './patterns.ts';
import { TooMuchWork, Work } from './work.ts';

/** Comparing of all patterns of a checkpoint: about a second. Public checkpoints need a tenth of it at most. */
const MOST_WORK = 20_000_000;

/** Prediction modules and layers behind the last that a list may name although the model has none. */
const MOST_MODULES = 8;

/**
 * The model with the types in which its checkpoint stores every module. Layers of one class that differ in types become
 * classes of their own. A pattern that names no module of the model, and nothing that is never quantised, is not read.
 */
export function inStoredTypes(model: Model, stored: Stored, states: StateModule): Model | NotRead {
  const { wide, quantization } = stored;
  const base = { ...model.types, weights: wide, experts: wide, attention: wide, embedding: wide };
  if (!quantization) return { ...model, types: base };
  const found = assigned(model, quantization, wide, states);
  if (isNotRead(found)) return found;
  const { layers, module, head, embedding } = found;
  const common = commonTypes(layers, wide);
  const parts = { ...common.parts, ...(head !== undefined && head !== embedding && { head }) };
  const types = {
    ...base,
    weights: common.weights,
    experts: common.experts,
    attention: common.attention,
    embedding,
    ...(quantization.kv && { kv: quantization.kv }),
    ...(quantization.zeroPoints && { zeroPoints: quantization.zeroPoints }),
    ...partsBeside(parts),
  };
  return { ...model, types, ...withTypes(model, layers, common, module) };
}

function partsBeside(parts: TypesByPart): { readonly parts?: TypesByPart } {
  return Object.keys(parts).length > 0 ? { parts } : {};
}

interface Assigned {
  readonly layers: readonly PartTypes[];
  readonly module?: { readonly last: LayerClass; readonly module: PartTypes };
  /** Nothing for a model whose head is its embedding. */
  readonly head?: NumberType;
  readonly embedding: NumberType;
}

function assigned(model: Model, quantization: Quantization, wide: NumberType, states: StateModule): Assigned | NotRead {
  try {
    return new Assignment(model, quantization, wide, states).result();
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return { notRead: 'its quantization has more patterns than are compared' };
  }
}

interface Compiled extends Rule {
  /** Nothing for a class of modules. */
  readonly patterns?: Patterns;
}

/** Decides the type of each part of each layer, and remembers what it could not decide. */
class Assignment {
  private readonly model: Model;
  private readonly wide: NumberType;
  private readonly states: StateModule;
  private readonly work = new Work(MOST_WORK);
  private readonly rules: readonly Compiled[];
  /** Layers that its prediction modules have together. */
  private readonly modules: number;
  private partial: string | undefined;

  constructor(model: Model, { rules }: Quantization, wide: NumberType, states: StateModule) {
    this.model = model;
    this.wide = wide;
    this.states = states;
    this.modules = (model.mtpModules + (model.checkpoint?.unstatedModules ?? 0)) * layersPerModule(model);
    this.rules = rules.map((rule) => ({
      ...rule,
      ...(typeof rule.modules !== 'string' && { patterns: new Patterns(rule.modules, this.work) }),
    }));
  }

  result(): Assigned | NotRead {
    const { model } = this;
    for (const { patterns } of this.rules) {
      if (patterns?.unreadable !== undefined) return refused(patterns.unreadable, 'is an expression that is not read');
    }
    const layers = model.layers.map((index, layer) => {
      const names = namesOfLayer(layer);
      return this.typesOf(model.classes[index], () => names);
    });
    const last = mtpLayerOf(model);
    const module = last && this.moduleTypes(last);
    const head = this.typeOutside(HEAD_NAMES, ({ modules, beside }) => modules === 'linear' && beside === 'head');
    const embedding = this.typeOutside(EMBEDDING_NAMES, ({ modules }) => modules === 'embedding');
    const unclear = this.unclear();
    if (unclear) return unclear;
    return {
      layers,
      ...(last && module && { module: { last, module } }),
      ...(!model.tied && { head }),
      embedding,
    };
  }

  /** Types of the prediction modules, which are those of all. Nothing for a model without any. */
  private moduleTypes(last: LayerClass): PartTypes | undefined {
    const { model } = this;
    const perModule = layersPerModule(model);
    const ofAll = Array.from({ length: this.modules / perModule }, (_, module) => {
      const first = namesOfModule(module * perModule, model.layers.length);
      // Where attention and network are two layers of the module, attention is the first.
      const second = perModule > 1 ? namesOfModule(module * perModule + 1, model.layers.length) : first;
      return this.typesOf(last, (part) => (classOfPart(part) === 'attention' ? first : second));
    });
    const [first] = ofAll;
    for (const types of ofAll) {
      const part = [...types].find(([name, type]) => first?.get(name) !== type)?.[0];
      if (part) this.partial ??= modulesOf(part)[0];
    }
    return first;
  }

  private typesOf(layer: LayerClass | undefined, namesOf: (part: LayerPart) => LayerNames): PartTypes {
    if (!layer) return new Map();
    return new Map(partsOf(layer).map((part) => [part, this.typeOf(layer, part, namesOf(part))]));
  }

  /** All rules are asked, so that each pattern is known to name something; the first that names the part decides. */
  private typeOf(layer: LayerClass, part: LayerPart, names: LayerNames): NumberType {
    let type: Rule['type'] | undefined;
    for (const rule of this.rules) {
      if (type !== undefined && !rule.patterns) continue;
      const partial = this.partial;
      if (this.isRuled(rule, layer, part, names)) type ??= rule.type;
      // What is decided does not depend on a part that a later rule names.
      if (type !== undefined && type !== rule.type) this.partial = partial;
    }
    return this.typeBy(type);
  }

  private typeBy(type: Rule['type'] | undefined): NumberType {
    return type === undefined || type === 'wide' ? this.wide : type;
  }

  private isRuled({ modules, patterns }: Compiled, layer: LayerClass, part: LayerPart, names: LayerNames): boolean {
    if (patterns) return this.isNamed(patterns, layer, part, names);
    return modules === 'linear' || (modules === 'experts' && classOfPart(part) === 'experts');
  }

  /** Whether all modules of a part are named. That only some are is kept as what cannot be decided. */
  private isNamed(patterns: Patterns, layer: LayerClass, part: LayerPart, names: LayerNames): boolean {
    const experts = layer.feedForward.kind === 'moe' ? layer.feedForward.count : 1;
    const named = (path: string): Named => patterns.names(path, names, experts);
    let some: string | undefined;
    for (const { modules, apart = [] } of spellingsOf(part, this.states, isGatedIn(layer, part))) {
      const answers = modules.map(named);
      if (apart.some((path) => named(path) !== 'no')) continue;
      if (answers.every((answer) => answer === 'yes')) return true;
      const index = answers.findIndex((answer) => answer !== 'no');
      some ??= index < 0 ? undefined : `${names.stems[0]}.${modules[index]}`;
    }
    this.partial ??= some;
    return false;
  }

  /** The type of a table outside of layers, which only its names, or a class of modules, can mean. */
  private typeOutside(names: readonly string[], isClass: (rule: Rule) => boolean): NumberType {
    let type: Rule['type'] | undefined;
    for (const rule of this.rules) if (this.isRuledOutside(rule, names, isClass)) type ??= rule.type;
    return this.typeBy(type);
  }

  private isRuledOutside(rule: Compiled, names: readonly string[], isClass: (rule: Rule) => boolean): boolean {
    if (!rule.patterns) return isClass(rule);
    const isHead = names === HEAD_NAMES;
    if (rule.beside === 'nothing' || (rule.beside === 'head' && !isHead)) return false;
    // A head that is the embedding has no type that a rule could give it.
    if (isHead && this.model.tied && rule.type !== 'wide') return false;
    return rule.patterns.namesOutside(names);
  }

  /** A pattern that names nothing here, or a module of which only a part is named. */
  private unclear(): NotRead | undefined {
    for (const { patterns, type } of this.rules) {
      const unused = patterns?.unused() ?? [];
      const pattern = type === 'wide' ? unused.find((text) => !this.isKnown(text)) : unused[0];
      if (pattern !== undefined) return refused(pattern, 'names no module of this model that is known');
    }
    return this.partial === undefined
      ? undefined
      : refused(this.partial, 'has another type than what is one matrix with it, or only some of its experts have it');
  }

  /**
   * Whether a pattern that leaves something out, and named nothing, means what is never quantised, a module that other layers have,
   * or a prediction module that the model has not.
   */
  private isKnown(text: string): boolean {
    if (!text.startsWith('re:') && isNeverQuantised(text)) return true;
    const { length } = this.model.layers;
    const layer = Number(/(?:layers|h|blocks)\D{1,2}(\d+)/.exec(text)?.[1] ?? 0);
    const module = Number(/mtp\D{0,10}(\d+)/.exec(text)?.[1] ?? 0);
    if (Math.max(layer - length, module) > MOST_MODULES) return false;
    const alone = new Patterns([text], this.work);
    const named = (names: LayerNames) => (path: string) => alone.names(path, names, 1) !== 'no';
    const [inLayer, inModule] = [named(namesOfLayer(layer)), named(namesOfModule(module, length))];
    if (alone.namesOutside(OUTSIDE_NAMES) || WIDE_PATHS.some(inLayer) || WIDE_PATHS.some(inModule)) return true;
    const paths = ALL_PARTS.flatMap(modulesOf);
    return paths.some(inLayer) || (module >= this.modules && paths.some(inModule));
  }
}

function refused(pattern: string, why: string): NotRead {
  return { notRead: `\`${pattern}\` in its quantization ${why}` };
}
