import { BYTES_PER_ELEMENT, type NumberType, type TensorTypes } from '../model.ts';

/**
 * Number types by class of tensor: those stated, then those of a config or model. Classes that neither states follow
 * `weights`. Embeddings stay bf16 where `weights` is narrower, as in published checkpoints.
 */
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
