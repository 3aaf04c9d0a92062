import type { Entity } from '../../language/entity.ts';
import { TENSORS } from '../fields.ts';
import { isNumberType, type NumberType, type StatedTypes } from '../model.ts';
import { childOf, wordOf, writtenFields } from '../values.ts';

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
