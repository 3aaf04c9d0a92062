import type { Entity } from '../../language/entity.ts';
import { completeTypes } from '../derive/types.ts';
import { BYTES_PER_ELEMENT, type NumberType, type TensorTypes } from '../model.ts';
import { wordOf, writtenFields } from '../values.ts';

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
} as const satisfies Readonly<Record<string, keyof TensorTypes>>;

function isNumberType(word: string | undefined): word is NumberType {
  return word !== undefined && Object.hasOwn(BYTES_PER_ELEMENT, word);
}

function typeOf(entity: Entity | undefined, name: string): NumberType | undefined {
  const word = wordOf(entity, name);
  return isNumberType(word) ? word : undefined;
}

/** The number types that a block states. */
export function typesWritten(block: Entity | undefined): Partial<TensorTypes> {
  return writtenFields(TENSORS, (name) => typeOf(block, name));
}

/** Number types: those of a `types { }` block, then the model's `weights`, then those of the config or the model. */
export function resolveTypes(
  block: Entity | undefined,
  model: Entity | undefined,
  ground: TensorTypes | undefined,
): TensorTypes {
  const weights = typeOf(block, 'weights') ?? typeOf(model, 'weights');
  return completeTypes({ ...typesWritten(block), ...(weights && { weights }) }, ground);
}
