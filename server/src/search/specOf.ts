import type { PlanSpec, PoolSpec } from '../plan/spec.ts';
import { type Degrees, withDegrees } from './layouts.ts';
import { SETTINGS } from './settings.ts';
import { type Chosen, DEGREE_AXES, SETTING_AXES, type SearchSpace } from './space.ts';
import { pairOf, startOf } from './twoPools.ts';

/** The plan of a space with these values. It is the one that the search scored for them. */
export function specOf(space: SearchSpace, chosen: readonly Chosen[]): PlanSpec {
  const { base, plan, pools } = space;
  const node = chosenValue(chosen, 'node');
  const cluster = plan.clusters?.find((named) => named.node === node)?.cluster ?? base.cluster;
  const concurrency = chosenValue(chosen, 'concurrency');
  const microBatch = chosenValue(chosen, 'micro-batch');
  const workload = {
    ...base.workload,
    ...(typeof concurrency === 'number' && { concurrency }),
    ...(typeof microBatch === 'number' && { microBatch }),
  };
  const changed = base.pools.map((said, index) => poolOf(said, chosen, index));
  if (pools.every(({ gpus }) => gpus === undefined)) return { ...base, cluster, workload, pools: changed };
  const { gpus: _, ...rest } = base;
  const counts = changed.map((said, index) => Number(chosenValue(chosen, 'gpus', index) ?? said.gpus?.length ?? 0));
  const pair = pairOf(base);
  const starts = changed.map((_, index) =>
    pair && index === pair[1] ? startOf(space, cluster, counts[pair[0]] ?? 0, counts[pair[1]] ?? 0) : 0,
  );
  return {
    ...rest,
    cluster,
    workload,
    pools: changed.map((said, index) => ({
      ...said,
      gpus: Array.from({ length: counts[index] ?? 0 }, (_, gpu) => (starts[index] ?? 0) + gpu),
    })),
  };
}

function poolOf(said: PoolSpec, chosen: readonly Chosen[], index: number): PoolSpec {
  let pool = said;
  for (const name of SETTING_AXES) {
    const value = chosenValue(chosen, name, index);
    if (value !== undefined) pool = SETTINGS[name].apply(pool, value);
  }
  const degrees: Degrees = {};
  for (const name of DEGREE_AXES) {
    const value = chosenValue(chosen, name, index);
    if (typeof value === 'number') degrees[name] = value;
  }
  const layout = chosenValue(chosen, 'layout', index);
  return withDegrees(pool, degrees, typeof layout === 'string' ? layout : undefined);
}

export function chosenValue(
  chosen: readonly Chosen[],
  axis: Chosen['axis'],
  pool?: number,
): Chosen['value'] | undefined {
  return chosen.find((choice) => choice.axis === axis && choice.pool === pool)?.value;
}
