import type { Rule } from '../../language/diagnostic.ts';
import { type Entity, locationOfProperty } from '../../language/entity.ts';
import type { Location } from '../../language/span.ts';
import type { ResolvedDeployment } from '../resolve/resolved.ts';
import { indexesBelow, wordsOf } from '../values.ts';
import { nameIndexes } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { placeOfProperty, poolsOf } from './context.ts';
import { gpusGivenTwice } from './faults.ts';
import { clashesOver } from './sharing.ts';

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
      const twice = gpusGivenTwice(resolved);
      if (twice.size === 0) continue;
      const reported = new Set<number>();
      for (const { owner: user, other, indexes: gpus } of clashesOver(usersOf(poolsOf(resolved)), twice)) {
        for (const gpu of gpus) reported.add(gpu);
        const what = nameIndexes('GPU', gpus);
        const [is, pronoun] = gpus.length === 1 ? ['is', 'it'] : ['are', 'them'];
        report({
          ...user.place,
          message:
            other === user
              ? `${what} ${is} named twice in ${user.name}; remove one`
              : `${what} ${is} in ${other.name} already; take ${pronoun} out of ${other.name} or ${user.name}`,
          related: other === user ? [] : [{ ...other.place, message: `${other.name} has ${what}` }],
        });
      }
      for (const finding of repeatsInLists(resolved, twice, reported)) report(finding);
    }
  },
};

/**
 * Where GPUs come from that are given out twice though no two stages or pools name them: a list of the deployment, or of
 * replicas, that repeats them, or the order of the ranks. `reported` has those that have a finding.
 */
function* repeatsInLists(resolved: ResolvedDeployment, twice: ReadonlySet<number>, reported: ReadonlySet<number>) {
  const { entity, draft, sources } = resolved;
  const unreported = new Set([...twice].filter((gpu) => !reported.has(gpu)));
  for (const holder of new Set([entity, ...sources.map((source) => source.holder)])) {
    const property = holder.properties.get('gpus');
    const repeated = repeatedIn(property ? indexesBelow(property.value, draft?.cluster.gpuCount ?? 0) : []);
    const gpus = [...repeated].filter((gpu) => unreported.delete(gpu));
    if (!property || gpus.length === 0) continue;
    const is = gpus.length === 1 ? 'is' : 'are';
    yield {
      ...locationOfProperty(property),
      message: `${nameIndexes('GPU', gpus)} ${is} named twice in ${nameHolder(holder)}; remove one`,
    };
  }
  const order = entity.properties.get('order');
  const [axis] = repeatedIn(wordsOf(order));
  if (!order || axis === undefined || unreported.size === 0) return;
  yield {
    ...locationOfProperty(order),
    message: `\`order\` names ${axis} twice, which gives ${nameIndexes('GPU', [...unreported])} out twice; remove one`,
  };
}

function repeatedIn<Item>(items: readonly Item[]): ReadonlySet<Item> {
  const before = new Set<Item>();
  return new Set(items.filter((item) => before.size === before.add(item).size));
}

interface User {
  readonly name: string;
  readonly indexes: readonly number[];
  readonly place: Location;
}

/** The users of GPUs: stages that name theirs, and pools whose stages or other replicas share the pool's GPUs. */
function usersOf(pools: readonly DraftPool[]): User[] {
  return pools.flatMap((draftPool): User[] => {
    const { pool, source } = draftPool;
    const stages = source.stages.flatMap(({ entity }, index): User[] => {
      const property = entity?.properties.get('gpus');
      return property
        ? [
            {
              name: `stage ${pool.stages[index]?.name ?? ''}`,
              indexes: indexesBelow(property.value, draftPool.draft.cluster.gpuCount),
              place: placeOfProperty(draftPool, property),
            },
          ]
        : [];
    });
    if (stages.length === pool.stages.length && stages.length > 0 && pool.replicas <= 1) return stages;
    const property = source.holder.properties.get('gpus');
    const poolGpus = property ? indexesBelow(property.value, draftPool.draft.cluster.gpuCount) : pool.gpus;
    const named = new Set(stages.flatMap((stage) => stage.indexes));
    const rest = poolGpus.filter((gpu) => !named.has(gpu));
    return [...stages, { name: nameHolder(source.holder), indexes: rest, place: placeOfProperty(draftPool, property) }];
  });
}

function nameHolder({ keyword, name = '' }: Entity): string {
  return keyword === 'pool' ? `pool ${name}` : 'the deployment';
}
