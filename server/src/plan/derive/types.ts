import {
  BYTES_PER_ELEMENT,
  type LayerClass,
  type Model,
  type NumberType,
  type StatedTypes,
  type TensorTypes,
  type TypesByPart,
} from '../model.ts';
import { areTypesOf, CLASS_OF_PART, mergedClasses, namedByTypes } from '../typedLayers.ts';

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
    ...(said.weights === undefined && ground?.zeroPoints && { zeroPoints: ground.zeroPoints }),
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

/** What a checkpoint has of single modules, where nothing is stated of their class. All classes follow `weights`. */
function partsOf(said: StatedTypes, parts: TypesByPart | undefined): Pick<TensorTypes, 'parts'> {
  if (!parts || said.weights !== undefined) return {};
  const kept = Object.entries(CLASS_OF_PART).flatMap(([part, of]) => {
    const type = Object.getOwnPropertyDescriptor(parts, part)?.value;
    return type === undefined || said[of] !== undefined ? [] : [[part, type] as const];
  });
  return kept.length > 0 ? { parts: Object.fromEntries(kept) } : {};
}

/** A model in other types. What is stated of a class holds in every layer, and layers are named by the types that they still have. */
export function modelInTypes(model: Model, said: StatedTypes): Model {
  const types = completeTypes(said, model.types);
  const { mtpLayer } = model;
  if (![...model.classes, mtpLayer].some((layer) => layer?.types)) return { ...model, types };
  const { merged, indices } = mergedClasses(model.classes.map((layer) => inTypes(layer, said, types)));
  const classes = namedByTypes(merged, types);
  const ofModule = mtpLayer && indices[model.classes.indexOf(mtpLayer)];
  return {
    ...model,
    types,
    classes,
    layers: model.layers.map((index) => indices[index] ?? index),
    ...(mtpLayer && {
      mtpLayer: (ofModule === undefined ? undefined : classes[ofModule]) ?? inTypes(mtpLayer, said, types),
    }),
  };
}

function inTypes(layer: LayerClass, said: StatedTypes, common: TensorTypes): LayerClass {
  const { types, ...untyped } = layer;
  if (!types) return layer;
  if (said.weights !== undefined) return untyped;
  const { parts = {} } = partsOf(said, types.parts);
  const { weights, experts, attention } = types;
  const own = { weights, experts: said.experts ?? experts, attention: said.attention ?? attention, parts };
  return areTypesOf(own, common) ? untyped : { ...untyped, types: own };
}
