import type { Deployment, Pool } from '../deployment.ts';
import type { ResolvedDeployment } from '../resolved.ts';
import { classesOfPool, type DraftPool, draftPools, type PlanContext } from './context.ts';
import { outsideGpus } from './gpu-oversubscribed.ts';
import { unevenHeads } from './heads-not-divisible.ts';
import { degreesFinding } from './parallel-mismatch.ts';

/**
 * Facts that other rules build on. Each has a rule of its own that reports when it does not hold. A rule names the facts
 * without which its findings would mean nothing: when one does not hold, that is the mistake, and its consequences are not
 * reported again.
 * - `gpus`: the pool has GPUs that exist, that it may use, and that nothing else uses.
 * - `heads`: attention can be split over `tp`.
 * - `degrees`: the degrees multiply to the GPUs of every stage.
 * - `layers`: every layer of the model is in one stage.
 */
export type Fact = 'gpus' | 'heads' | 'degrees' | 'layers';

/** The pools for which all of these hold. */
export function poolsWith(context: PlanContext, ...facts: readonly Fact[]): DraftPool[] {
  return draftPools(context).filter((draftPool) => facts.every((fact) => holds(draftPool, fact)));
}

const factsOfPools = new WeakMap<Pool, Map<Fact, boolean>>();

export function holds(draftPool: DraftPool, fact: Fact): boolean {
  const ofPool = factsOfPools.get(draftPool.pool) ?? new Map<Fact, boolean>();
  factsOfPools.set(draftPool.pool, ofPool);
  const isTrue = ofPool.get(fact) ?? CHECKS[fact](draftPool);
  ofPool.set(fact, isTrue);
  return isTrue;
}

const CHECKS: Readonly<Record<Fact, (draftPool: DraftPool) => boolean>> = {
  gpus: ({ pool, draft, resolved }) => {
    const { shared, isOutside } = sharedGpus(draft, resolved);
    return !isOutside && !pool.gpus.some((gpu) => shared.has(gpu));
  },
  heads: ({ pool }) =>
    unevenHeads(
      classesOfPool(pool).map(({ attention }) => attention),
      pool.parallel.tp,
    ).length === 0,
  degrees: (draftPool) => {
    const { source } = draftPool;
    const isWhole = !source.holder.incomplete && !source.parallel?.incomplete;
    return isWhole && holds(draftPool, 'gpus') && degreesFinding(draftPool) === undefined;
  },
  layers: ({ pool, source }) => {
    const count = pool.model.layers.length;
    const held = pool.stages.flatMap(({ layers }) => layers);
    return (
      !source.holder.incomplete &&
      held.every((layer) => layer < count) &&
      held.length === count &&
      new Set(held).size === count
    );
  },
};

interface GivenGpus {
  /** GPUs that two stages or pools use, or that one uses twice. */
  readonly shared: ReadonlySet<number>;
  /** Whether a GPU is named that the cluster does not have or that the deployment may not use. */
  readonly isOutside: boolean;
}

const given = new WeakMap<Deployment, GivenGpus>();

function sharedGpus(draft: Deployment, resolved: ResolvedDeployment): GivenGpus {
  const before = given.get(draft);
  if (before) return before;
  const used = new Set<number>();
  const shared = new Set<number>();
  const use = (gpus: readonly number[]) => {
    for (const gpu of gpus)
      if (used.has(gpu)) shared.add(gpu);
      else used.add(gpu);
  };
  for (const { gpus, stages, replicas } of draft.pools) {
    const staged = stages.flatMap((stage) => stage.gpus);
    use(staged);
    // `stages` are those of the first replica. The other replicas use the remaining GPUs of the pool.
    const stageGpus = new Set(staged);
    if (replicas > 1) use(gpus.filter((gpu) => !stageGpus.has(gpu)));
  }
  const gpuUse = { shared, isOutside: outsideGpus(draft, resolved).length > 0 };
  given.set(draft, gpuUse);
  return gpuUse;
}
