import type { Entity } from '../language/entity.ts';
import { BYTES_PER_ELEMENT, type NumberType, type TensorTypes } from './model.ts';
import { wordOf } from './values.ts';

const TENSORS = [
  'weights',
  'experts',
  'attention',
  'embedding',
  'kv',
  'activations',
  'compute',
  'gradients',
  'moments',
] as const satisfies readonly (keyof TensorTypes)[];

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

/** What a block says of number types. */
export function typesWritten(block: Entity | undefined): Partial<TensorTypes> {
  const stated: { -readonly [Name in keyof TensorTypes]?: TensorTypes[Name] } = {};
  for (const name of TENSORS) {
    const type = typeOf(block, name);
    if (type !== undefined) stated[name] = type;
  }
  return stated;
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
  const weights = typeOf(block, 'weights') ?? typeOf(model, 'weights');
  return completeTypes({ ...typesWritten(block), ...(weights && { weights }) }, ground);
}

/** The same for what is said already. */
export function completeTypes(said: Partial<TensorTypes>, ground: TensorTypes | undefined): TensorTypes {
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
    ...optional('compute', said.compute ?? ground?.compute),
    ...optional('gradients', said.gradients ?? ground?.gradients),
    ...optional('moments', said.moments ?? ground?.moments),
  };
}
