import type { Deployment, Pool } from '../deployment.ts';
import { unlinked } from '../links.ts';
import { linesOfStage, misplaced, mostExtraCopies } from '../placement.ts';
import type { PlacementLine, PlanSpec } from '../spec.ts';
import type { PlanFault, RoleFault } from './faults.ts';
import { gpusInUse, isAbsent } from './pool.ts';

/** The role that no pool has. */
export function missingRole({ workload, pools }: Pick<Deployment, 'workload' | 'pools'>): RoleFault | undefined {
  if (workload.kind !== 'serving') return undefined;
  if (pools.every(({ role }) => role === 'prefill')) return { role: 'decode' };
  if (pools.every(({ role }) => role === 'decode')) return { role: 'prefill' };
  return undefined;
}

/** The pools of a plan, and what it says of them. */
export interface PlacedPools extends Pick<Deployment, 'pools' | 'poolEdges'> {
  readonly spec: PlanSpec;
}

/** What is wrong with pools together. Each of them is looked at by itself in `faultsOfPool`. */
export function* faultsOfPlan({ spec, pools, poolEdges }: PlacedPools): Generator<PlanFault, void, undefined> {
  const { cluster, workload } = spec;
  const used = new Set<number>();
  let areAllThere = true;
  for (const pool of pools) {
    for (const gpu of gpusInUse(pool)) {
      if (used.has(gpu)) yield { kind: 'gpu-given-twice', gpu };
      used.add(gpu);
      areAllThere &&= !isAbsent(cluster, gpu);
    }
  }
  if (used.size === 0) yield { kind: 'no-gpus' };
  // A GPU that is not there has no links.
  const pair = areAllThere ? unlinked({ cluster, workload, pools, poolEdges }) : undefined;
  if (pair) yield { kind: 'unlinked', unlinked: pair };
  for (const index of pools.keys()) yield* faultsOfPlacement({ spec, pools, poolEdges }, index, used);
}

/** Why experts do not lie as the lines say. Cutting a line short would make another plan. */
function* faultsOfPlacement(
  { spec, pools }: PlacedPools,
  index: number,
  used: ReadonlySet<number>,
): Generator<PlanFault, void, undefined> {
  const [pool, said] = [pools[index], spec.pools[index]];
  if (!pool || !said) return;
  for (const [line, wrong] of misplacedLines(said.placements, pool, pool.gpus, used))
    yield { kind: 'misplaced', pool: index, line, misplaced: wrong };
  for (const [stage, { gpus, layers }] of pool.stages.entries()) {
    const own = said.stages[stage]?.placements ?? [];
    for (const [line, wrong] of misplacedLines(own, pool, gpus, used))
      yield { kind: 'misplaced', pool: index, stage, line, misplaced: wrong };
    const copies = mostExtraCopies(linesOfStage(said.placements, own, gpus, pool.parallel), layers);
    if (copies > said.redundant) yield { kind: 'experts-repeated', pool: index, stage, copies };
  }
}

function* misplacedLines(
  lines: readonly PlacementLine[],
  { model }: Pool,
  gpus: readonly number[],
  used: ReadonlySet<number>,
) {
  if (lines.length === 0) return;
  const own = new Set(gpus);
  for (const [index, line] of lines.entries()) {
    const wrong = misplaced(line, model, line.isCommon ? used : own);
    if (wrong) yield [index, wrong] as const;
  }
}
