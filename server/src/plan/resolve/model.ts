import type { Entity, EvaluatedEntry } from '../../language/entity.ts';
import { MOST_LAYERS } from '../../language/vocabulary/types.ts';
import { type Attention, attentionLacks, isPresent, NO_ATTENTION, resolveAttention, shapeOf } from '../attention.ts';
import { completeTypes, modelInTypes } from '../derive/types.ts';
import { type DrawnLayer, drawnLayerNamed, leftOut, runBy, widthsBeside } from '../drawnLayer.ts';
import { modelFromConfig } from '../huggingFace/config.ts';
import { emptyLayer, missingPart, nameOfParts, PATTERN_PARTS } from '../layerParts.ts';
import {
  type DenseFeedForward,
  type Experts,
  type FeedForward,
  hashedExperts,
  type LayerClass,
  type Model,
  NO_FEED_FORWARD,
} from '../model.ts';
import {
  childOf,
  childrenOf,
  flagOf,
  indexesOf,
  itemsOf,
  lastIndexOf,
  numberOf,
  rejectedIn,
  textOf,
} from '../values.ts';
import { reportFaults } from './configFaults.ts';
import { resolveDense, resolveExperts, resolvePopularity, resolveResidual } from './parts.ts';
import type { PlanProblem } from './resolved.ts';
import { tooLarge } from './size.ts';
import { typesOfModel } from './types.ts';

type Report = (problem: PlanProblem) => void;

/**
 * A `model` block as plain data. Its `config.json` is the ground, and the braces override it. Undefined when the layers,
 * the hidden width or the sizes of a part are not known: each missing fact has a diagnostic of its own.
 */
export function resolveModel(entity: Entity, report: Report): Model | undefined {
  if (rejectedIn(entity) !== undefined) return undefined;
  const ground = entity.config && modelFromConfig(entity.name ?? '', entity.config, entity, report);
  if (entity.config && !ground) return undefined;
  const hidden = numberOf(entity, 'hidden') ?? ground?.hidden;
  const count = layerCount(entity) ?? ground?.layers.length;
  if (hidden === undefined || count === undefined || count > MOST_LAYERS) return undefined;
  if (childrenOf(entity, 'attention').some((block) => attentionLacks(block).length > 0)) return undefined;
  const parts = new LayerParts(entity, hidden, ground, report);
  const assigned = assignLayers(entity, { count, hidden }, parts, ground, report);
  if (!assigned || !parts.isUnderstood) return undefined;
  if (ground) reportFaults(entity, assigned.classes, report);
  const model: Model = {
    // What only a config states, such as copies of tables and norms of prediction modules, stays as it is.
    ...ground,
    name: entity.name ?? '',
    hidden,
    ...assigned,
    vocabulary: numberOf(entity, 'vocabulary') ?? ground?.vocabulary ?? 0,
    tied: flagOf(entity, 'tied') ?? ground?.tied ?? false,
    ...tableParts(entity, ground),
    ...mtpLayer(assigned, parts),
    mtpModules: numberOf(entity, 'mtp') ?? ground?.mtpModules ?? 0,
    visionBytes: numberOf(entity, 'vision') ?? ground?.visionBytes ?? 0,
    types: ground?.types ?? completeTypes({}, undefined),
  };
  return modelInTypes(model, typesOfModel(entity));
}

/** What the braces say of the model's ends and of what runs through its layers. */
function tableParts(
  entity: Entity,
  ground: Model | undefined,
): Pick<Model, 'headBias' | 'positions' | 'context' | 'finalNorms' | 'residual'> {
  const headBias = flagOf(entity, 'head-bias');
  const positions = numberOf(entity, 'positions');
  const context = numberOf(entity, 'context');
  const residual = resolveResidual(entity, ground?.residual);
  return {
    ...(headBias !== undefined && { headBias }),
    ...(positions !== undefined && { positions }),
    ...(context !== undefined && { context }),
    ...(flagOf(entity, 'norm-bias') === true && { finalNorms: 2 }),
    ...(residual && { residual }),
  };
}

/** The layer of prediction modules, where attention of the name `mtp` makes it another than the last layer. */
function mtpLayer({ classes, layers }: Pick<Model, 'classes' | 'layers'>, parts: LayerParts): Pick<Model, 'mtpLayer'> {
  const last = classes[layers.at(-1) ?? 0];
  const attention = parts.attention.get(MTP);
  if (!attention || !last) return {};
  return { mtpLayer: { ...last, name: nameOfParts(attention, last.feedForward), attention } };
}

/** The name of the class of attention that prediction modules have. */
const MTP = 'mtp';

/** Norm vectors of a layer with attention and feed-forward network. */
function normsOf(entity: Entity, ground: Model | undefined): number {
  const written = numberOf(entity, 'norms');
  const isBiased = flagOf(entity, 'norm-bias');
  const whole = ground?.classes.find(({ attention, feedForward }) => !isSingle(attention, feedForward));
  if (written === undefined && isBiased === undefined && whole) return whole.norms;
  return (written ?? 2) * (isBiased ? 2 : 1);
}

function layerCount(entity: Entity): number | undefined {
  const stated = numberOf(entity, 'layers');
  if (stated !== undefined) return stated;
  const last = (childOf(entity, 'layers')?.entries ?? []).reduce(
    (most, { range }) => Math.max(most, lastIndexOf(range)),
    -1,
  );
  if (last >= 0) return last + 1;
  return textOf(entity, 'pattern')?.length;
}

/** The attention classes and feed-forward networks that the layers of a model may be made of. */
class LayerParts {
  readonly attention: ReadonlyMap<string, Attention>;
  readonly first: Attention | undefined;
  readonly linear: Attention | undefined;
  readonly moe: Experts | undefined;
  /** The same with a table of token ids, and the layers from which on a router chooses. */
  readonly hashed: Experts | undefined;
  readonly firstRouted: number;
  readonly dense: DenseFeedForward | undefined;
  /** False when the file with the popularity of experts is not understood. */
  readonly isUnderstood: boolean;
  private readonly entity: Entity;
  private readonly drawn = new Map<string, DrawnLayer | undefined>();

  constructor(entity: Entity, hidden: number, ground: Model | undefined, report: Report) {
    const written = childrenOf(entity, 'attention').map((block) => resolveAttention(block, hidden));
    const inherited = (ground?.classes ?? []).map((layerClass) => layerClass.attention).filter(isPresent);
    const attentions = written.length > 0 ? written : inherited;
    this.attention = new Map(attentions.map((attention) => [attention.name, attention]));
    const ofLayers = attentions.filter(({ name }) => name !== MTP);
    this.first = ofLayers.find((attention) => shapeOf(attention)?.letter === '*') ?? ofLayers[0];
    this.linear = attentions.find((attention) => shapeOf(attention)?.letter === 'M');
    const experts = childOf(entity, 'experts');
    const inheritedFfns = (ground?.classes ?? []).map((layerClass) => layerClass.feedForward);
    const mixtures = inheritedFfns.filter((ffn) => ffn.kind === 'moe');
    const inheritedMoe = mixtures.find(({ hashed }) => !hashed) ?? mixtures[0];
    const inheritedDense = inheritedFfns.find((ffn) => ffn.kind === 'dense');
    const dense = childOf(entity, 'dense');
    const count = numberOf(experts, 'count') ?? inheritedMoe?.count ?? 1;
    const popularity = experts && resolvePopularity(experts, count, report);
    this.isUnderstood = !experts || popularity !== undefined;
    this.moe = experts ? resolveExperts(experts, inheritedMoe, popularity) : inheritedMoe;
    this.firstRouted = numberOf(experts, 'hashed') ?? 0;
    const hasTable = this.firstRouted > 0 || mixtures.some(({ hashed }) => hashed);
    this.hashed = this.moe && hasTable ? hashedExperts(this.moe) : undefined;
    this.dense = dense ? resolveDense(dense) : inheritedDense;
    this.entity = entity;
  }

  /** The hand-drawn layer with this name. The same name gives the same object. */
  drawnNamed(name: string): DrawnLayer | undefined {
    const drawnLayer = this.drawn.has(name)
      ? this.drawn.get(name)
      : drawnLayerNamed(this.entity, name, this.moe && this.dense);
    this.drawn.set(name, drawnLayer);
    return drawnLayer;
  }

  get defaultFeedForward(): FeedForward {
    return this.moe ?? this.dense ?? NO_FEED_FORWARD;
  }
}

interface Choice {
  attention: Attention;
  feedForward: FeedForward;
  /** What only a config states of a layer. */
  beside?: OfConfig;
  drawn?: DrawnLayer | undefined;
}

type OfConfig = Pick<LayerClass, 'types' | 'tokenWidth' | 'isScaled'>;

function assignLayers(
  entity: Entity,
  { count, hidden }: { readonly count: number; readonly hidden: number },
  parts: LayerParts,
  ground: Model | undefined,
  report: Report,
): Pick<Model, 'classes' | 'layers'> | undefined {
  const experts = childOf(entity, 'experts');
  const ownLayout =
    experts ?? childOf(entity, 'dense') ?? childOf(entity, 'layers') ?? childrenOf(entity, 'attention')[0];
  if (ground && !ownLayout && textOf(entity, 'pattern') === undefined) {
    const last = ground.layers.at(-1) ?? 0;
    return {
      classes: ground.classes,
      layers: Array.from({ length: count }, (_, layer) => ground.layers[layer] ?? last),
    };
  }
  const every = numberOf(experts, 'every') ?? 1;
  // Without `first` the last of every n layers has experts, as in configs (`decoder_sparse_step`, `moe_layer_freq`).
  const first = numberOf(experts, 'first') ?? every - 1;
  const isWritten = numberOf(experts, 'every') !== undefined || numberOf(experts, 'first') !== undefined;
  const choices: Choice[] = Array.from({ length: count }, (_, layer) => {
    const configClass = isWritten ? undefined : ground?.classes[ground.layers[layer] ?? ground.layers.at(-1) ?? 0];
    if (configClass) return overridden(configClass, parts, childrenOf(entity, 'attention').length > 0);
    const isMoe = parts.moe !== undefined && layer >= first && (layer - first) % every === 0;
    return {
      attention: parts.first ?? NO_ATTENTION,
      feedForward: isMoe ? parts.defaultFeedForward : parts.moe ? (parts.dense ?? parts.moe) : parts.defaultFeedForward,
    };
  });
  if (tooLarge(entity) !== undefined || !applyPattern(entity, choices, parts, report)) return undefined;
  for (const entry of childOf(entity, 'layers')?.entries ?? []) {
    const words = itemsOf(entry.value).flatMap((value) => (value.kind === 'word' ? [value.text] : []));
    const lacking = words.flatMap((word) => missingPart(word, parts) ?? [])[0];
    if (lacking !== undefined) {
      report({ rule: 'layer-pattern', uri: entry.uri, span: entry.node.value.span, message: lacking });
      return undefined;
    }
    const layers = indexesOf(entry.range);
    for (const layer of layers) {
      const choice = choices[layer];
      if (!choice) continue;
      for (const word of words) applyWord(choice, word, parts);
    }
    const named = choices[layers[0] ?? -1];
    if (named?.drawn && words.includes(named.drawn.name)) reportDrawn(entry, named, { hidden, parts }, report);
    const outside = layers.find((layer) => layer >= count);
    if (outside !== undefined) {
      report({
        rule: 'layer-outside-model',
        uri: entry.uri,
        span: entry.node.range.span,
        message: `layer ${outside} is not a layer of model ${entity.name ?? ''}: its ${count} layers are 0..${count - 1}; use these`,
      });
    }
  }
  choices.slice(0, parts.firstRouted).forEach((choice) => {
    if (choice.feedForward === parts.moe) choice.feedForward = parts.hashed ?? choice.feedForward;
  });
  const isBiased = flagOf(entity, 'norm-bias') ?? (ground?.finalNorms ?? 1) > 1;
  const made = choices.map((choice) => (choice.drawn ? runBy(choice.drawn, choice.attention, parts) : choice));
  const empty = emptyLayer(made);
  if (empty !== undefined) {
    const { span } = entity.node.name ?? entity.node.keyword;
    // A model without any part is an incomplete block, which is reported elsewhere.
    if (hasParts(entity, ground))
      report({
        rule: 'layer-pattern',
        uri: entity.uri,
        span,
        message: `layer ${empty} of model ${entity.name ?? ''} computes nothing: give it attention or a feed-forward network, or leave it out`,
      });
    return undefined;
  }
  return foldClasses(made, normsOf(entity, ground), isBiased ? 2 : 1);
}

/** Reports at the use of a hand-drawn layer what does not fit the model or is not computed. */
function reportDrawn(
  entry: EvaluatedEntry,
  { drawn, attention }: Choice,
  { hidden, parts }: { readonly hidden: number; readonly parts: LayerParts },
  report: Report,
): void {
  if (!drawn) return;
  const place = { uri: entry.uri, span: entry.node.value.span };
  const [layer] = foldClasses([runBy(drawn, attention, parts)], 2, 1).classes;
  const left = layer && leftOut(layer);
  if (left !== undefined)
    report({
      ...place,
      rule: 'not-computed',
      message: `the prediction leaves out of layer ${drawn.name}: ${left}; use operators of other kinds with sizes that are numbers, or take memory and time for lower bounds`,
    });
  const [other] = widthsBeside(drawn, hidden);
  if (other)
    report({
      ...place,
      rule: 'shape-mismatch',
      message: `operator ${other.name} of layer ${drawn.name} is ${other.width} wide where the layer joins others, and the model's hidden width is ${hidden}; correct one of the two`,
    });
}

/** A layer of the config with the parts that the braces override. The layout stays the config's. */
function overridden(configClass: LayerClass, parts: LayerParts, ownAttention: boolean): Choice {
  const { feedForward, attention, types, tokenWidth, isScaled } = configClass;
  return {
    beside: {
      ...(types && { types }),
      ...(tokenWidth !== undefined && { tokenWidth }),
      ...(isScaled !== undefined && { isScaled }),
    },
    attention:
      ownAttention && isPresent(attention)
        ? (parts.attention.get(attention.name) ?? parts.first ?? attention)
        : attention,
    feedForward: inPlaceOf(feedForward, parts),
  };
}

function inPlaceOf(feedForward: FeedForward, { moe, hashed, firstRouted, dense }: LayerParts): FeedForward {
  if (feedForward.kind === 'dense') return dense ?? feedForward;
  if (feedForward.kind !== 'moe' || !moe) return feedForward;
  // How many layers are chosen by a table stays as the config has it, unless the braces say it.
  return feedForward.hashed && firstRouted === 0 ? (hashed ?? feedForward) : moe;
}

/** Returns false for a pattern that is not understood, after reporting it. */
function applyPattern(entity: Entity, choices: Choice[], parts: LayerParts, report: Report): boolean {
  const pattern = textOf(entity, 'pattern');
  const property = entity.properties.get('pattern');
  if (!pattern || !property) return true;
  const letters = [...new Set(pattern)];
  const unknown = letters.find((letter) => !PATTERN_PARTS.has(letter));
  const message =
    unknown === undefined
      ? letters.flatMap((letter) => missingPart(letter, parts) ?? [])[0]
      : `\`${unknown}\` is no letter of a layer pattern: write E (experts), - (dense), M (linear layer) or * (attention)`;
  if (message !== undefined) {
    report({ rule: 'layer-pattern', uri: property.uri, span: property.node.value.span, message });
    return false;
  }
  // In a pattern every letter is one layer with one part, as in Nemotron-H: attention and feed-forward are separate layers.
  choices.forEach((choice, layer) => {
    const letter = pattern[layer % pattern.length];
    if (letter === 'E') Object.assign(choice, { attention: NO_ATTENTION, feedForward: parts.moe ?? NO_FEED_FORWARD });
    if (letter === '-') Object.assign(choice, { attention: NO_ATTENTION, feedForward: parts.dense ?? NO_FEED_FORWARD });
    if (letter === 'M')
      Object.assign(choice, { attention: parts.linear ?? NO_ATTENTION, feedForward: NO_FEED_FORWARD });
    if (letter === '*') Object.assign(choice, { attention: parts.first ?? NO_ATTENTION, feedForward: NO_FEED_FORWARD });
  });
  return true;
}

function applyWord(choice: Choice, word: string, parts: LayerParts): void {
  const attention = parts.attention.get(word);
  if (attention) {
    choice.attention = attention;
    return;
  }
  choice.drawn = undefined;
  if (word === 'moe') choice.feedForward = parts.moe ?? choice.feedForward;
  else if (word === 'dense') choice.feedForward = parts.dense ?? choice.feedForward;
  else if (word === 'none') choice.feedForward = NO_FEED_FORWARD;
  else choice.drawn = parts.drawnNamed(word);
}

function isSingle(attention: Attention, feedForward: FeedForward): boolean {
  return !isPresent(attention) || feedForward.kind === 'none';
}

/** `perNorm` is the number of vectors of one norm. Hand-drawn layers count their norms one by one. */
function foldClasses(choices: readonly Choice[], norms: number, perNorm: number): Pick<Model, 'classes' | 'layers'> {
  const classes: LayerClass[] = [];
  const layers = choices.map(({ attention, feedForward, beside, drawn }) => {
    const classIndex = classes.findIndex(
      (layerClass) =>
        layerClass.attention === attention &&
        layerClass.feedForward === feedForward &&
        layerClass.types === beside?.types &&
        layerClass.tokenWidth === beside?.tokenWidth &&
        layerClass.isScaled === beside?.isScaled &&
        layerClass.drawn === drawn,
    );
    if (classIndex >= 0) return classIndex;
    if (drawn) {
      const written = drawn.operators.filter(({ kind }) => kind === 'norm').length;
      classes.push({ name: drawn.name, attention, feedForward, norms: written * perNorm, drawn });
    } else {
      const ownNorms = isSingle(attention, feedForward) ? Math.ceil(norms / 2) : norms;
      classes.push({ name: nameOfParts(attention, feedForward), attention, feedForward, norms: ownNorms, ...beside });
    }
    return classes.length - 1;
  });
  return { classes, layers };
}

/** Whether the block or its config states anything that layers compute: attention, a feed-forward network, or a pattern. */
export function hasParts(entity: Entity, ground: Model | undefined): boolean {
  return (
    ground !== undefined || ['attention', 'experts', 'dense', 'layers'].some((keyword) => childOf(entity, keyword))
  );
}
