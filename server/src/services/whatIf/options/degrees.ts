import { expertsOf } from '../../../cost/parameters/parameters.ts';
import { isWorkingDegree } from '../../../cost/rules/largerDegrees.ts';
import type { Pool } from '../../../plan/deployment.ts';
import { divisors } from '../../../plan/divisors.ts';
import { numberOf } from '../../../plan/values.ts';
import type { Setting } from '../settings.ts';
import {
  type Option,
  type OptionPlace,
  type OptionSet,
  optionName,
  poolsByBlock,
  type SharingPools,
  withWritten,
} from './option.ts';

type Degree = 'tp' | 'cp' | 'dp' | 'pp' | 'ep' | 'etp' | 'edp';

/** The degrees of parallelism of each pool. */
export function degreeOptions(place: OptionPlace): readonly OptionSet[] {
  return poolsByBlock(place, 'parallel').map((pools) => degreesOf(place, pools));
}

function degreesOf(place: OptionPlace, pools: SharingPools): OptionSet {
  const { first, group } = pools;
  const options = offered(place, pools).map((degree): Option => {
    const written = String(first.parallel[degree]);
    return {
      name: optionName(group, degree),
      label: degree,
      group,
      written,
      choices: withWritten(choicesOf(place, first, degree).map(String), written),
    };
  });
  return { options, settings: (tried) => settingsOf(place, pools, tried) };
}

function offered({ resolved, draft }: OptionPlace, { first, index }: SharingPools): readonly Degree[] {
  const { parallel, model } = first;
  const hasStages = (resolved.spec?.pools[index]?.stages.length ?? 0) > 0 || parallel.layout !== undefined;
  const isTraining = draft.workload.kind === 'training';
  return [
    'tp',
    ...(isTraining || parallel.cp > 1 ? (['cp'] as const) : []),
    'dp',
    // The number of written stages is theirs.
    ...(hasStages ? [] : (['pp'] as const)),
    ...(expertsOf(model) ? (['ep', 'etp'] as const) : []),
  ];
}

/** Values that divide the GPUs of a copy and what the degree splits. */
function choicesOf({ draft, scale }: OptionPlace, pool: Pool, degree: Degree): readonly number[] {
  const values = divisors(Math.max(1, Math.floor((scale * pool.gpus.length) / pool.replicas)));
  // Stages need not be alike.
  if (degree === 'pp') return values.filter((value) => value <= pool.model.layers.length);
  if (degree === 'dp' || degree === 'cp' || degree === 'edp') return values;
  return values.filter((value) => isWorkingDegree(draft.cluster, pool, degree, value));
}

/**
 * The degrees that are tried. Written ones that nobody tries follow them, so that the product stays the GPUs of a stage: `dp` those
 * of attention (`tp` where `dp` itself is tried, or where a smaller stage leaves no room for it), `edp` and then `ep` those of
 * experts. Written micro-batches are fewer where more copies share the batch.
 */
function settingsOf(
  place: OptionPlace,
  { first, index, group, path }: SharingPools,
  tried: ReadonlyMap<string, string>,
): readonly Setting[] {
  const { parallel } = first;
  const block = place.resolved.sources[index]?.parallel;
  const triedOf = (degree: Degree) => {
    const value = tried.get(optionName(group, degree));
    return value === undefined ? undefined : Number(value);
  };
  const isWritten = (name: Degree) => numberOf(block, name) !== undefined;
  const changes = new Map<Degree, number>();
  const degree = (name: Degree) => changes.get(name) ?? parallel[name];
  for (const name of ['tp', 'cp', 'dp', 'pp', 'ep', 'etp'] as const) {
    const value = triedOf(name);
    if (value !== undefined) changes.set(name, value);
  }
  const stage = (place.scale * first.gpus.length) / first.replicas / degree('pp');
  const follow = (name: Degree, others: readonly Degree[]) => {
    const value = others.reduce((left, other) => left / degree(other), stage);
    if (!isWritten(name) || changes.has(name) || !Number.isInteger(value) || value < 1) return;
    if (value !== parallel[name]) changes.set(name, value);
  };
  const divides = (...names: readonly Degree[]) =>
    Number.isInteger(names.reduce((left, name) => left / degree(name), stage));
  if (changes.has('dp') || !divides('tp', 'cp')) follow('tp', changes.has('dp') ? ['dp', 'cp'] : ['cp']);
  follow('dp', ['tp', 'cp']);
  if (!divides('etp', 'ep')) follow('ep', ['etp']);
  follow('edp', ['etp', 'ep']);
  const settings = [...changes].map(([property, value]): Setting => ({ block: 'deployment', path, property, value }));
  const microBatches = numberOf(block, 'micro-batches');
  if (microBatches === undefined) return settings;
  const dp = changes.get('dp') ?? (isWritten('dp') ? parallel.dp : stage / degree('tp') / degree('cp'));
  const needed = (microBatches * place.batchScale * parallel.dp) / dp;
  if (!Number.isInteger(needed) || needed < 1) return settings;
  return [...settings, { block: 'deployment', path, property: 'micro-batches', value: needed }];
}
