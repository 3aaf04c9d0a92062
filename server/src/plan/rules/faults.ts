import { Memo } from '../../language/memo.ts';
import type { Deployment, Pool } from '../deployment.ts';
import type { ResolvedDeployment } from '../resolve/resolved.ts';
import type { PlanFault, PoolFault } from '../validity/faults.ts';
import { faultsOfPlan } from '../validity/plan.ts';
import { faultsOfPool } from '../validity/pool.ts';
import { addTo, type DraftPool } from './context.ts';

/*
 * The faults of a deployment, for its rules. What is a fault is decided in `plan/validity/`, as for `derive`; a rule finds
 * the place of those of its kind, and says them there.
 */

interface DraftFaults {
  readonly ofPools: ReadonlyMap<Pool, readonly PoolFault[]>;
  readonly ofPlan: readonly PlanFault[];
}

const NONE: DraftFaults = { ofPools: new Map(), ofPlan: [] };

const faultsOfDrafts = new Memo<Deployment, DraftFaults>();

export function faultsOf({ draft, spec }: ResolvedDeployment): DraftFaults {
  if (!draft || !spec) return NONE;
  const cachedFaults = faultsOfDrafts.get(draft);
  if (cachedFaults) return cachedFaults;
  const { cluster, pools, poolEdges } = draft;
  const ofPools = pools.map((pool, index) => {
    const { parallel, replicas, stages, gpus, model } = pool;
    const written = spec.pools[index]?.stages ?? [];
    const writtenStages = written.length;
    const namesLayers = written.some((stage) => stage.layers);
    const placed = { parallel, replicas, stages, gpus, model, cluster, writtenStages, namesLayers };
    return [pool, [...faultsOfPool(placed)]] as const;
  });
  const faults = { ofPools: new Map(ofPools), ofPlan: [...faultsOfPlan({ spec, pools, poolEdges })] };
  faultsOfDrafts.set(draft, faults);
  return faults;
}

/** The faults of one kind that a pool has by itself. */
export function poolFaults<Kind extends PoolFault['kind']>(
  { resolved, pool }: Pick<DraftPool, 'resolved' | 'pool'>,
  kind: Kind,
): Extract<PoolFault, { kind: Kind }>[] {
  const isOfKind = (fault: PoolFault): fault is Extract<PoolFault, { kind: Kind }> => fault.kind === kind;
  return faultsOf(resolved).ofPools.get(pool)?.filter(isOfKind) ?? [];
}

/** The faults of one kind that the pools of a deployment have together. */
export function planFaults<Kind extends PlanFault['kind']>(
  resolved: ResolvedDeployment,
  kind: Kind,
): Extract<PlanFault, { kind: Kind }>[] {
  const isOfKind = (fault: PlanFault): fault is Extract<PlanFault, { kind: Kind }> => fault.kind === kind;
  return faultsOf(resolved).ofPlan.filter(isOfKind);
}

/** Faults by the part of the plan that they are about. */
export function faultsBy<Fault, Part>(faults: readonly Fault[], partOf: (fault: Fault) => Part): Map<Part, Fault[]> {
  const ofParts = new Map<Part, Fault[]>();
  for (const fault of faults) {
    const part = partOf(fault);
    if (!addTo(ofParts.get(part), fault)) ofParts.set(part, [fault]);
  }
  return ofParts;
}

/** GPUs that are given out twice, inside a pool or to two pools. */
export function gpusGivenTwice(resolved: ResolvedDeployment): ReadonlySet<number> {
  const inPools = resolved.draft?.pools.flatMap((pool) => poolFaults({ resolved, pool }, 'gpu-in-two-stages')) ?? [];
  return new Set([...inPools, ...planFaults(resolved, 'gpu-given-twice')].map(({ gpu }) => gpu));
}
