import type { Entity } from '../../language/entity.ts';
import { BYTES_PER_ELEMENT, type NumberType, type StatedTypes } from '../model.ts';
import { childOf, wordOf, writtenFields } from '../values.ts';

/** Classes of tensors by the words of the language. */
const TENSORS = {
  weights: 'weights',
  experts: 'experts',
  attention: 'attention',
  embedding: 'embedding',
  kv: 'kv',
  activations: 'activations',
  compute: 'compute',
  gradients: 'gradients',
  main: 'main',
  moments: 'moments',
  'first-moment': 'firstMoment',
  'second-moment': 'secondMoment',
} as const satisfies Readonly<Record<string, keyof StatedTypes>>;

function isNumberType(word: string | undefined): word is NumberType {
  return word !== undefined && Object.hasOwn(BYTES_PER_ELEMENT, word);
}

function typeOf(entity: Entity | undefined, name: string): NumberType | undefined {
  const word = wordOf(entity, name);
  return isNumberType(word) ? word : undefined;
}

/** The number types that a block states. */
export function typesWritten(block: Entity | undefined): StatedTypes {
  return writtenFields(TENSORS, (name) => typeOf(block, name));
}

/** The number types that a `model` states: those of its `types { }` block, then its `weights`. */
export function typesOfModel(model: Entity): StatedTypes {
  const block = childOf(model, 'types');
  const weights = typeOf(block, 'weights') ?? typeOf(model, 'weights');
  return { ...typesWritten(block), ...(weights && { weights }) };
}
