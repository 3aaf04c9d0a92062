import type { Entity } from '../language/entity.ts';
import { BYTES_PER_ELEMENT, type NumberType, type TensorTypes } from './model.ts';
import { wordOf } from './values.ts';

function isNumberType(word: string | undefined): word is NumberType {
  return word !== undefined && Object.hasOwn(BYTES_PER_ELEMENT, word);
}

function typeOf(entity: Entity | undefined, name: string): NumberType | undefined {
  const word = wordOf(entity, name);
  return isNumberType(word) ? word : undefined;
}

function optional(name: 'compute' | 'gradients' | 'moments', type: NumberType | undefined): Partial<TensorTypes> {
  return type === undefined ? {} : { [name]: type };
}

/**
 * Number types by class of tensor: `types { }` over the model's `weights`, over what the config or the model said.
 * What is not said follows `weights`; embeddings stay bf16 where `weights` is narrower, as published checkpoints do.
 */
export function resolveTypes(
  block: Entity | undefined,
  model: Entity | undefined,
  ground: TensorTypes | undefined,
): TensorTypes {
  const stated = typeOf(block, 'weights') ?? typeOf(model, 'weights');
  const weights = stated ?? ground?.weights ?? 'bf16';
  const follow = stated === undefined ? ground : undefined;
  const wide: NumberType = BYTES_PER_ELEMENT[weights] < 2 ? 'bf16' : weights;
  return {
    weights,
    experts: typeOf(block, 'experts') ?? follow?.experts ?? weights,
    attention: typeOf(block, 'attention') ?? follow?.attention ?? weights,
    embedding: typeOf(block, 'embedding') ?? follow?.embedding ?? wide,
    kv: typeOf(block, 'kv') ?? ground?.kv ?? 'bf16',
    activations: typeOf(block, 'activations') ?? ground?.activations ?? 'bf16',
    ...optional('compute', typeOf(block, 'compute') ?? ground?.compute),
    ...optional('gradients', typeOf(block, 'gradients') ?? ground?.gradients),
    ...optional('moments', typeOf(block, 'moments') ?? ground?.moments),
  };
}
