import { type Cluster, placeOf } from './cluster.ts';
import type { Deployment, Pool, Stage } from './deployment.ts';
import { type GroupKind, groupsOf } from './ranks.ts';

/** GPUs that exchange data and that nothing links. */
export type Unlinked =
  | { readonly kind: GroupKind; readonly pool: Pool; readonly gpus: readonly number[] }
  | { readonly kind: 'stages'; readonly pool: Pool; readonly gpus: readonly number[]; readonly ends: readonly string[] }
  | { readonly kind: 'pools'; readonly pool: Pool; readonly gpus: readonly number[]; readonly ends: readonly string[] };

/** The first exchange of a deployment that no link can carry. The cluster must have all the GPUs. */
export function unlinked(
  deployment: Pick<Deployment, 'cluster' | 'workload' | 'pools' | 'poolEdges'>,
): Unlinked | undefined {
  const { cluster, pools, poolEdges } = deployment;
  if (cluster.groups.every(({ node }) => node.scaleOutBandwidth > 0)) return undefined;
  const kinds: readonly GroupKind[] =
    deployment.workload.kind === 'training' ? ['tp', 'cp', 'dp', 'etp', 'ep', 'edp'] : ['tp', 'cp', 'etp', 'ep'];
  for (const pool of pools) {
    for (const [index, stage] of pool.stages.entries()) {
      const pair = kinds.flatMap((kind) => inGroups(cluster, pool, stage, kind) ?? [])[0];
      if (pair) return pair;
      const next = pool.stages[index + 1];
      const gpus = next && apart(cluster, stage.gpus, next.gpus);
      if (gpus) return { kind: 'stages', pool, gpus, ends: [stage.name, next.name] };
    }
  }
  for (const [from, to] of poolEdges) {
    const [source, target] = [pools[from], pools[to]];
    const gpus = source && target && apart(cluster, source.gpus, target.gpus);
    if (gpus) return { kind: 'pools', pool: source, gpus, ends: [source.name, target.name] };
  }
  return undefined;
}

function inGroups(cluster: Cluster, pool: Pool, stage: Stage, kind: GroupKind): Unlinked | undefined {
  if (pool.parallel[kind] === 1 || (kind.startsWith('e') && stage.experts.size === 0)) return undefined;
  const gpus = groupsOf(pool, stage, kind).find((group) => apart(cluster, group.slice(0, 1), group.slice(1)));
  return gpus && { kind, pool, gpus };
}

/** One GPU of each side, such that no link joins the two. */
function apart(cluster: Cluster, from: readonly number[], to: readonly number[]): readonly number[] | undefined {
  for (let index = 0; index < Math.max(from.length, to.length); index++) {
    const [source, target] = [from[index % from.length], to[index % to.length]];
    if (source !== undefined && target !== undefined && !linked(cluster, source, target)) return [source, target];
  }
  return undefined;
}

function linked(cluster: Cluster, left: number, right: number): boolean {
  if (left === right) return true;
  const [place, otherPlace] = [placeOf(cluster, left), placeOf(cluster, right)];
  if (place.group === otherPlace.group && place.domain === otherPlace.domain)
    return place.group.node.scaleUpBandwidth > 0;
  return place.group.node.scaleOutBandwidth > 0 && otherPlace.group.node.scaleOutBandwidth > 0;
}
