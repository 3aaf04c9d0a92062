import { Memo } from '../../language/memo.ts';
import type { Pool } from '../deployment.ts';
import type { ResolvedDeployment } from '../resolve/resolved.ts';
import { childrenOf, lineRejected, mayLack } from '../values.ts';
import { classesOfPool, type DraftPool, draftPools, type PlanContext, type WrittenDegree } from './context.ts';
import { degreesFinding } from './degrees.ts';
import { gpusGivenTwice, poolFaults } from './faults.ts';
import { outsideGpus } from './gpu-oversubscribed.ts';
import { unevenHeads } from './heads-not-divisible.ts';

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

const factsOfPools = new Memo<Pool, Map<Fact, boolean>>();

export function holds(draftPool: DraftPool, fact: Fact): boolean {
  const ofPool = factsOfPools.get(draftPool.pool) ?? new Map<Fact, boolean>();
  factsOfPools.set(draftPool.pool, ofPool);
  const isTrue = ofPool.get(fact) ?? CHECKS[fact](draftPool);
  ofPool.set(fact, isTrue);
  return isTrue;
}

const CHECKS: Readonly<Record<Fact, (draftPool: DraftPool) => boolean>> = {
  gpus: ({ pool, resolved }) => {
    const { twice, isOutside } = givenGpus(resolved);
    return !isOutside && !pool.gpus.some((gpu) => twice.has(gpu));
  },
  heads: ({ pool }) =>
    unevenHeads(
      classesOfPool(pool).map(({ attention }) => attention),
      pool.parallel.tp,
    ).length === 0,
  degrees: (draftPool) =>
    areDegreesRead(draftPool) && holds(draftPool, 'gpus') && degreesFinding(draftPool) === undefined,
  layers: (draftPool) =>
    areLayersRead(draftPool) && LAYER_FAULTS.every((kind) => poolFaults(draftPool, kind).length === 0),
};

/** Whether everything could be read that says how the GPUs of a pool are shared. A mistake elsewhere in the plan is another one. */
export function areDegreesRead({ source: { holder, parallel } }: DraftPool): boolean {
  return (
    !mayLack(holder, ['gpus', 'replicas', 'redundant-experts', 'stage', 'parallel']) &&
    !mayLack(parallel, DEGREES) &&
    childrenOf(holder, 'stage').every((stage) => !mayLack(stage, ['gpus', 'layers']))
  );
}

/** Whether everything could be read that says which layers the stages of a pool have. */
export function areLayersRead({ source: { holder, parallel } }: DraftPool): boolean {
  return (
    !mayLack(holder, ['stage', 'parallel']) &&
    !mayLack(parallel, ['pp']) &&
    childrenOf(holder, 'stage').every((stage) => !mayLack(stage, ['layers']))
  );
}

/** Whether every line could be read that places experts of the pool. */
export function areLinesRead({ resolved: { entity }, source: { holder } }: DraftPool): boolean {
  return [entity, holder, ...childrenOf(holder, 'stage')].every(
    (block) => !mayLack(block, ['balance', 'redundant-experts']) && lineRejected(block) === undefined,
  );
}

const DEGREES: readonly WrittenDegree[] = ['tp', 'cp', 'dp', 'etp', 'ep', 'edp', 'pp'];

const LAYER_FAULTS = ['layer-outside', 'layer-in-two-stages', 'layers-missing'] as const;

interface GivenGpus {
  readonly twice: ReadonlySet<number>;
  /** Whether a GPU is named that the cluster does not have or that the deployment may not use. */
  readonly isOutside: boolean;
}

const given = new Memo<ResolvedDeployment, GivenGpus>();

function givenGpus(resolved: ResolvedDeployment): GivenGpus {
  const cachedGpus = given.get(resolved);
  if (cachedGpus) return cachedGpus;
  const isOutside = resolved.draft !== undefined && outsideGpus(resolved.draft, resolved).length > 0;
  const gpus = { twice: gpusGivenTwice(resolved), isOutside };
  given.set(resolved, gpus);
  return gpus;
}
