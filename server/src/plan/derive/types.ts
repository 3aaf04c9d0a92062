import {
  BYTES_PER_ELEMENT,
  type LayerClass,
  type Model,
  type ModulePart,
  type NumberType,
  type StatedTypes,
  type TensorTypes,
  type TypesByPart,
} from '../model.ts';

/**
 * Number types by class of tensor: those stated, then those of a config or model. Classes that neither states follow
 * `weights`. Embeddings stay bf16 where `weights` is narrower, as in published checkpoints.
 */
export function completeTypes(said: StatedTypes, ground: TensorTypes | undefined): TensorTypes {
  const weights = said.weights ?? ground?.weights ?? 'bf16';
  const follow = said.weights === undefined ? ground : undefined;
  const wide: NumberType = BYTES_PER_ELEMENT[weights] < 2 ? 'bf16' : weights;
  return {
    weights,
    experts: said.experts ?? follow?.experts ?? weights,
    attention: said.attention ?? follow?.attention ?? weights,
    embedding: said.embedding ?? follow?.embedding ?? wide,
    kv: said.kv ?? ground?.kv ?? 'bf16',
    activations: said.activations ?? ground?.activations ?? 'bf16',
    ...partsOf(said, ground?.parts),
    ...optional('compute', said.compute ?? ground?.compute),
    ...optional('gradients', said.gradients ?? ground?.gradients),
    ...optional('main', said.main ?? ground?.main),
    ...optional('moments', said.moments ?? ground?.moments),
    // What is said of both moments is meant of each, whatever the ground says of one.
    ...optional('firstMoment', said.firstMoment ?? said.moments ?? ground?.firstMoment),
    ...optional('secondMoment', said.secondMoment ?? said.moments ?? ground?.secondMoment),
  };
}

type OfTraining = keyof Pick<
  TensorTypes,
  'compute' | 'gradients' | 'main' | 'moments' | 'firstMoment' | 'secondMoment'
>;

function optional(name: OfTraining, type: NumberType | undefined): Partial<TensorTypes> {
  return type === undefined ? {} : { [name]: type };
}

/** The class whose statement also decides a module. */
const CLASS_OF_PART: Readonly<Record<ModulePart, 'weights' | 'experts' | 'attention' | 'embedding'>> = {
  q: 'attention',
  k: 'attention',
  v: 'attention',
  o: 'attention',
  gate: 'attention',
  'q-a': 'attention',
  'q-b': 'attention',
  'kv-a': 'attention',
  'kv-b': 'attention',
  'o-a': 'attention',
  'index-q': 'attention',
  'index-k': 'attention',
  'state-in': 'attention',
  'state-out': 'attention',
  'ffn-up': 'weights',
  'ffn-down': 'weights',
  'shared-up': 'weights',
  'shared-down': 'weights',
  latent: 'weights',
  'expert-up': 'experts',
  'expert-down': 'experts',
  head: 'embedding',
};

/** What a checkpoint has of single modules, where nothing is stated of their class. All classes follow `weights`. */
function partsOf(said: StatedTypes, parts: TypesByPart | undefined): Pick<TensorTypes, 'parts'> {
  if (!parts || said.weights !== undefined) return {};
  const kept = Object.entries(CLASS_OF_PART).flatMap(([part, of]) => {
    const type = Object.getOwnPropertyDescriptor(parts, part)?.value;
    return type === undefined || said[of] !== undefined ? [] : [[part, type] as const];
  });
  return kept.length > 0 ? { parts: Object.fromEntries(kept) } : {};
}

/** A model in other types. What is stated of a class holds in every layer. */
export function modelInTypes(model: Model, said: StatedTypes): Model {
  const types = completeTypes(said, model.types);
  const retyped = new Map(model.classes.map((layer) => [layer, inTypes(layer, said)]));
  const { mtpLayer } = model;
  return {
    ...model,
    types,
    classes: [...retyped.values()],
    ...(mtpLayer && { mtpLayer: retyped.get(mtpLayer) ?? inTypes(mtpLayer, said) }),
  };
}

function inTypes(layer: LayerClass, said: StatedTypes): LayerClass {
  const { types, ...untyped } = layer;
  if (!types) return layer;
  if (said.weights !== undefined) return untyped;
  const { parts = {} } = partsOf(said, types.parts);
  const { weights, experts, attention } = types;
  return {
    ...untyped,
    types: { weights, experts: said.experts ?? experts, attention: said.attention ?? attention, parts },
  };
}
