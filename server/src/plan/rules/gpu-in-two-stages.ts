import type { Rule } from '../../language/diagnostic.ts';
import type { Location } from '../../language/span.ts';
import { indexesBelow } from '../values.ts';
import { nameIndexes } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { addTo, placeOfProperty, poolsOf } from './context.ts';

/**
 * A GPU is given to two stages or pools, or twice to one.
 *
 * Each GPU runs one stage: its memory and its time cannot be given out twice.
 *
 * ## Not so
 * ```moeplan
 * stage front { layers = 0..1, gpus = 0..4 }
 * stage back  { layers = 2..3, gpus = 4..7 }
 * ```
 *
 * ## But so
 * ```moeplan
 * stage front { layers = 0..1, gpus = 0..3 }
 * stage back  { layers = 2..3, gpus = 4..7 }
 * ```
 *
 * ## How to fix it
 * Take the GPU out of one of the two.
 */
export const gpuInTwoStages: Rule<PlanContext> = {
  name: 'gpu-in-two-stages',
  family: 'gpus',
  severity: 'error',
  summary: 'A GPU is given to two stages or pools.',
  check({ plan }, report) {
    for (const resolved of plan.deployments) {
      const users = usersOf(poolsOf(resolved));
      const first = new Map<number, User>();
      for (const user of users) {
        const shared = new Map<User, number[]>();
        for (const gpu of user.gpus) {
          const other = first.get(gpu);
          if (!other) first.set(gpu, user);
          else if (!addTo(shared.get(other), gpu)) shared.set(other, [gpu]);
        }
        for (const [other, gpus] of shared) {
          const what = nameIndexes('GPU', gpus);
          const is = gpus.length === 1 ? 'is' : 'are';
          const pronoun = gpus.length === 1 ? 'it' : 'them';
          report({
            ...user.place,
            message:
              other === user
                ? `${what} ${is} named twice in ${user.name}; remove one`
                : `${what} ${is} in ${other.name} already; take ${pronoun} out of ${other.name} or ${user.name}`,
            related: other === user ? [] : [{ ...other.place, message: `${other.name} has ${what}` }],
          });
        }
      }
    }
  },
};

interface User {
  readonly name: string;
  readonly gpus: readonly number[];
  readonly place: Location;
}

/** The users of GPUs: stages that name theirs, and pools whose stages share the pool's GPUs. */
function usersOf(pools: readonly DraftPool[]): User[] {
  return pools.flatMap((draftPool): User[] => {
    const { pool, source } = draftPool;
    const stages = source.stages.flatMap(({ entity }, index): User[] => {
      const property = entity?.properties.get('gpus');
      return property
        ? [
            {
              name: `stage ${pool.stages[index]?.name ?? ''}`,
              gpus: indexesBelow(property.value, draftPool.draft.cluster.gpuCount),
              place: placeOfProperty(draftPool, property),
            },
          ]
        : [];
    });
    if (stages.length === pool.stages.length && stages.length > 0) return stages;
    const property = source.holder.properties.get('gpus');
    const poolGpus = property ? indexesBelow(property.value, draftPool.draft.cluster.gpuCount) : pool.gpus;
    const named = new Set(stages.flatMap((stage) => stage.gpus));
    const name = source.holder.keyword === 'pool' ? `pool ${pool.name}` : 'the deployment';
    return [
      ...stages,
      { name, gpus: poolGpus.filter((gpu) => !named.has(gpu)), place: placeOfProperty(draftPool, property) },
    ];
  });
}
