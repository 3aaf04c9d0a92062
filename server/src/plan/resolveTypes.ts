import type { Entity } from '../language/entity.ts';
import { completeTypes } from './derive/types.ts';
import { BYTES_PER_ELEMENT, type NumberType, type TensorTypes } from './model.ts';
import { wordOf, writtenFields } from './values.ts';

/** Classes of tensors by the words for their types: the plan calls them as the language does. */
const TENSORS = {
  weights: 'weights',
  experts: 'experts',
  attention: 'attention',
  embedding: 'embedding',
  kv: 'kv',
  activations: 'activations',
  compute: 'compute',
  gradients: 'gradients',
  moments: 'moments',
} as const satisfies Readonly<Record<keyof TensorTypes, keyof TensorTypes>>;

function isNumberType(word: string | undefined): word is NumberType {
  return word !== undefined && Object.hasOwn(BYTES_PER_ELEMENT, word);
}

function typeOf(entity: Entity | undefined, name: string): NumberType | undefined {
  const word = wordOf(entity, name);
  return isNumberType(word) ? word : undefined;
}

/** What a block says of number types. */
export function typesWritten(block: Entity | undefined): Partial<TensorTypes> {
  return writtenFields(TENSORS, (name) => typeOf(block, name));
}

/** Number types of a `types { }` block over the model's `weights`, over what the config or the model said. */
export function resolveTypes(
  block: Entity | undefined,
  model: Entity | undefined,
  ground: TensorTypes | undefined,
): TensorTypes {
  const weights = typeOf(block, 'weights') ?? typeOf(model, 'weights');
  return completeTypes({ ...typesWritten(block), ...(weights && { weights }) }, ground);
}
