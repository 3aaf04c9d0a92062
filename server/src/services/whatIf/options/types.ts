import { expertsOf } from '../../../cost/parameters/parameters.ts';
import type { NumberType } from '../../../plan/model.ts';
import {
  type Option,
  type OptionPlace,
  type OptionSet,
  optionName,
  poolsByBlock,
  type SharingPools,
  withWritten,
} from './option.ts';

const TENSORS = { kv: 'KV cache', weights: 'weights', experts: 'experts' } as const;
type Tensor = keyof typeof TENSORS;

/** The number types of each pool that serves. Training has its types from its recipe. */
export function typeOptions(place: OptionPlace): readonly OptionSet[] {
  if (place.draft.workload.kind === 'training') return [];
  return poolsByBlock(place, 'types').map((pools) => typesOf(place, pools));
}

function typesOf(place: OptionPlace, { first, group, path }: SharingPools): OptionSet {
  const tensors: readonly Tensor[] = ['kv', 'weights', ...(expertsOf(first.model) ? (['experts'] as const) : [])];
  const options = tensors.map((tensor): Option => {
    const written = first.model.types[tensor];
    return {
      name: optionName(group, `${tensor}-type`),
      label: TENSORS[tensor],
      group,
      written,
      choices: withWritten(choicesOf(place, tensor), written),
    };
  });
  return {
    options,
    settings: (tried) =>
      tensors.flatMap((tensor) => {
        const value = tried.get(optionName(group, `${tensor}-type`));
        return value === undefined ? [] : [{ block: 'deployment', path, property: tensor, value } as const];
      }),
  };
}

/** Types that the GPUs compute in, and those that are widened before. */
function choicesOf({ draft }: OptionPlace, tensor: Tensor): readonly NumberType[] {
  const computes = (type: 'fp8' | 'fp4') => draft.cluster.groups.every(({ node }) => node.gpu.peak[type] !== undefined);
  const narrow: readonly NumberType[] = computes('fp8') ? ['fp8'] : [];
  if (tensor === 'kv') return ['bf16', ...narrow];
  return ['bf16', ...narrow, 'int4', ...(computes('fp4') ? (['nvfp4'] as const) : [])];
}
