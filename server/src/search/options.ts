import { expertsOf } from '../cost/parameters/parameters.ts';
import type { Cluster } from '../plan/cluster.ts';
import { divisors } from '../plan/divisors.ts';
import type { PoolSpec } from '../plan/spec.ts';
import { type Degrees, layoutsOf, pipelineLayouts, replicasOf, withDegrees } from './layouts.ts';
import { SETTINGS, type SettingPlace } from './settings.ts';
import { type Chosen, DEGREE_AXES, SETTING_AXES, type SearchSpace, type SettingName } from './space.ts';

/** A pool with values for some of its axes. */
export interface Option {
  readonly pool: PoolSpec;
  readonly chosen: readonly Chosen[];
}

/** Settings on which rules of a layout depend, so they are chosen before it. The others are chosen after it. */
const BEFORE_LAYOUT: readonly SettingName[] = ['engine', 'kv', 'weights', 'experts', 'redundant-experts'];
const BEHIND_LAYOUT = SETTING_AXES.filter((name) => !BEFORE_LAYOUT.includes(name));

/** Where options of a pool are sought. */
export interface OptionPlace {
  readonly space: SearchSpace;
  readonly cluster: Cluster;
  /** The pool by its place in the plan. */
  readonly index: number;
  /** Its GPUs. */
  readonly gpus: number;
}

/** One instance of the pool on so many GPUs in every layout, with the settings on which rules of layouts depend. */
export function* layoutOptions(place: OptionPlace): Generator<Option> {
  const { space, index, gpus } = place;
  const said = space.base.pools[index];
  const axes = space.pools[index];
  if (!said || !axes) return;
  for (const option of settingOptions(place, { pool: said, chosen: [] }, BEFORE_LAYOUT)) {
    const experts = expertsOf(space.base.model)?.count ?? 0;
    const bounds = { layers: space.base.model.layers.length, experts: experts && experts + option.pool.redundant };
    for (const degrees of layoutsOf(said, axes, gpus, bounds)) {
      const chosen = [...option.chosen, ...chosenDegrees(degrees, index)];
      for (const layout of pipelineLayouts(said, degrees, space.base.model, space.base.workload)) {
        const ofLayers: readonly Chosen[] =
          layout === undefined ? [] : [{ axis: 'layout', pool: index, value: layout }];
        yield { pool: withDegrees(option.pool, degrees, layout), chosen: [...chosen, ...ofLayers] };
      }
    }
  }
}

/** The pool on so many GPUs in every layout and number of instances. */
export function* replicatedOptions(place: OptionPlace): Generator<Option> {
  const { space, index, gpus } = place;
  const said = space.base.pools[index];
  const axes = space.pools[index];
  if (!said || !axes) return;
  for (const replicas of replicasOf(said, axes, gpus))
    for (const option of layoutOptions({ ...place, gpus: gpus / replicas }))
      yield withReplicas(place, option, replicas);
}

/** An option with so many instances, if their number is tried. */
export function withReplicas({ space, index }: OptionPlace, { pool, chosen }: Option, replicas: number): Option {
  if (!space.pools[index]?.replicas) return { pool, chosen };
  return {
    pool: { ...pool, replicas },
    chosen: [{ axis: 'replicas', pool: index, value: replicas }, ...chosen],
  };
}

/** The same layout with every value of the settings that leave it alone. */
export function settingsBehind(place: OptionPlace, option: Option): readonly Option[] {
  return [...settingOptions(place, option, BEHIND_LAYOUT)];
}

function* settingOptions(
  place: OptionPlace,
  option: Option,
  [name, ...others]: readonly SettingName[],
): Generator<Option> {
  if (name === undefined) {
    yield option;
    return;
  }
  const { space, index, cluster } = place;
  const tried = space.pools[index]?.[name];
  if (tried === undefined) {
    yield* settingOptions(place, option, others);
    return;
  }
  const { all, apply } = SETTINGS[name];
  const at: SettingPlace = { cluster, workload: space.base.workload, pool: option.pool };
  for (const value of tried === 'all' ? all(at) : tried) {
    const chosen: Chosen = { axis: name, pool: index, value };
    yield* settingOptions(place, { pool: apply(option.pool, value), chosen: [...option.chosen, chosen] }, others);
  }
}

function chosenDegrees(degrees: Degrees, pool: number): readonly Chosen[] {
  return DEGREE_AXES.flatMap((axis) => {
    const value = degrees[axis];
    return value === undefined ? [] : [{ axis, pool, value }];
  });
}

/**
 * Numbers of GPUs that a pool may have: those named, or all parts of a host and all multiples of one. `whole` leaves whole nodes or
 * scale-up domains only. Without GPUs to try the pool keeps its own, `stays`.
 */
export function gpuCounts(
  { pools, whole }: SearchSpace,
  cluster: Cluster,
  index: number,
  stays: number,
): readonly number[] {
  const tried = pools[index]?.gpus;
  if (tried === undefined) return [stays];
  const node = cluster.groups[0]?.node;
  const host = node?.hostGpus ?? 1;
  const hosts = Array.from({ length: Math.floor(cluster.gpuCount / host) }, (_, count) => (count + 1) * host);
  const parts = divisors(host).filter((part) => part < host);
  const counts = tried === 'all' ? [...parts, ...hosts] : tried;
  const unit = whole === 'node' ? node?.gpus : whole === 'domain' ? node?.domain : 1;
  return counts.filter((count) => count <= cluster.gpuCount && count % (unit ?? 1) === 0);
}

/** GPUs that a pool of the base has: its own, all that the only pool may use, or an even share. */
export function gpusOfBase({ base }: SearchSpace, cluster: Cluster, index: number): number {
  const { pools, gpus } = base;
  return pools[index]?.gpus?.length ?? Math.ceil((gpus?.length ?? cluster.gpuCount) / pools.length);
}
