import type { LayerClass, LayerTypes, Model, NumberType } from '../../model.ts';
import { namedByTypes } from '../../typedLayers.ts';
import { classOfPart, type LayerPart, type PartClass } from './modules.ts';

/** The type of each part that a layer has. */
export type PartTypes = ReadonlyMap<LayerPart, NumberType>;

const CLASSES: readonly PartClass[] = ['weights', 'experts', 'attention'];

/** The types that most layers have. */
export function commonTypes(layers: readonly PartTypes[], wide: NumberType): LayerTypes {
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
function ownTypes(types: PartTypes, common: LayerTypes): LayerTypes | undefined {
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
export function withTypes(
  model: Model,
  layers: readonly PartTypes[],
  common: LayerTypes,
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
  const named = namedByTypes(classes, common);
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
