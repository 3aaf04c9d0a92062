import type { LayerClass, ModulePart, NumberType, TensorTypes } from './model.ts';

/** A part of a layer. */
export type LayerPart = Exclude<ModulePart, 'head'>;

/** The class of a part of a layer. */
export const CLASS_OF_LAYER_PART: Readonly<Record<LayerPart, 'weights' | 'experts' | 'attention'>> = {
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
};

/** The class whose statement also decides a module. */
export const CLASS_OF_PART: Readonly<Record<ModulePart, 'weights' | 'experts' | 'attention' | 'embedding'>> = {
  ...CLASS_OF_LAYER_PART,
  head: 'embedding',
};

/** Every part that any layer may have. */
export const ALL_PARTS: readonly LayerPart[] = Object.keys(CLASS_OF_LAYER_PART).filter(isLayerPart);

function isLayerPart(text: string): text is LayerPart {
  return Object.hasOwn(CLASS_OF_LAYER_PART, text);
}

type OfClasses = Pick<TensorTypes, 'weights' | 'experts' | 'attention' | 'parts'>;

const CLASSES = ['weights', 'experts', 'attention'] as const;

/** More modules are not named in the name of a class. */
const MOST_NAMED = 2;

/**
 * Classes that have one name are told apart by what their types have that the model's have not: `dense in bf16`, `moe with attention
 * in bf16`. Classes with a name of their own have no such words.
 */
export function namedByTypes(classes: readonly LayerClass[], common: OfClasses): readonly LayerClass[] {
  const bare = classes.map(bareName);
  const given = new Map<string, number>();
  return classes.map((layer, index) => {
    const name = bare[index] ?? layer.name;
    const isShared = bare.some((other, otherIndex) => other === name && otherIndex !== index);
    const full = isShared ? `${name}${differences(layer, common)}` : name;
    const count = (given.get(full) ?? 0) + 1;
    given.set(full, count);
    const named = count > 1 && full !== name ? `${full} (${count})` : full;
    return named === layer.name ? layer : { ...layer, name: named };
  });
}

function differences({ types, feedForward }: LayerClass, common: OfClasses): string {
  if (!types) return '';
  const network = feedForward.kind === 'moe' ? 'experts' : feedForward.kind === 'dense' ? 'weights' : 'attention';
  const changed = CLASSES.filter((name) => types[name] !== common[name]);
  const further = changed
    .filter((name) => name !== network)
    .map((name) => `${name === 'weights' ? 'other weights' : name} in ${types[name]}`);
  const parts = ALL_PARTS.flatMap((part) => {
    const name = CLASS_OF_LAYER_PART[part];
    const isTold = types[name] !== common[name];
    const expected = isTold ? types[name] : (common.parts?.[part] ?? common[name]);
    const own: NumberType = types.parts[part] ?? types[name];
    return own === expected ? [] : [`${part} in ${own}`];
  });
  const words = [...further, ...parts];
  const named = words.slice(0, MOST_NAMED).join(' and ');
  const ofNetwork = changed.includes(network) ? ` in ${types[network]}` : '';
  return `${ofNetwork}${named === '' ? '' : ` with ${named}${words.length > MOST_NAMED ? ' and others' : ''}`}`;
}

/** Whether types of a layer say of every part what the model's say. */
export function areTypesOf(types: OfClasses, common: OfClasses): boolean {
  const of = (said: OfClasses, part: LayerPart) => said.parts?.[part] ?? said[CLASS_OF_LAYER_PART[part]];
  return ALL_PARTS.every((part) => of(types, part) === of(common, part));
}

/** Classes that differ in nothing but their names are one: for each the index of its own, and those that are left. */
export function mergedClasses(classes: readonly LayerClass[]): {
  readonly merged: readonly LayerClass[];
  readonly indices: readonly number[];
} {
  const merged: LayerClass[] = [];
  const indices = classes.map((layer) => {
    const same = merged.findIndex((other) => differOnlyInName(layer, other));
    return same >= 0 ? same : merged.push(layer) - 1;
  });
  return { merged, indices };
}

function differOnlyInName(one: LayerClass, other: LayerClass): boolean {
  const parts = ({ name, types, ...rest }: LayerClass) => Object.entries(rest);
  const [ofOne, ofOther] = [parts(one), new Map<string, unknown>(parts(other))];
  const haveSameTypes = JSON.stringify(one.types) === JSON.stringify(other.types);
  return (
    haveSameTypes &&
    bareName(one) === bareName(other) &&
    ofOne.length === ofOther.size &&
    ofOne.every(([field, value]) => ofOther.get(field) === value)
  );
}

/** The name of a class without what tells its types. */
function bareName({ name }: LayerClass): string {
  return name.replace(/ (?:in|with) .*$/, '');
}
