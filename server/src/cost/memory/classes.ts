import type { Cluster, Node } from '../../plan/cluster.ts';
import { placeOf } from '../../plan/cluster.ts';
import type { ExpertMap, Pool, Stage } from '../../plan/deployment.ts';
import type { GpuClass } from '../../plan/ranks.ts';
import { rankOf } from '../../plan/ranks.ts';

/** A class of equal GPUs with what distinguishes it from the other classes of its stage. */
export interface StageClass {
  readonly gpuClass: GpuClass;
  readonly node: Node;
  /** Routed experts (or parts) held of each layer class, by its index. */
  readonly expertsByClass: ReadonlyMap<number, number>;
}

/** A distinct placement of a stage, with the number of layers of each class that have it. */
interface Placement {
  readonly classIndex: number;
  readonly map: ExpertMap;
  layers: number;
}

/**
 * The classes of equal GPUs of a stage: GPUs of one kind that hold equally many experts of every layer class. GPUs of the
 * pool's other replicas are counted with the corresponding GPU of the first.
 */
export function stageClasses(cluster: Cluster, pool: Pool, stage: Stage): readonly StageClass[] {
  const placements = placementsOf(pool, stage);
  const { etp, ep } = pool.parallel;
  const classesByName = new Map<string, { members: number[]; first: number; held: Map<number, number>; node: Node }>();
  const heldByRank: { readonly held: Map<number, number>; readonly key: string }[] = [];
  for (let rank = 0; rank < ep; rank++) {
    const held = heldBy(placements, rank);
    let key = '';
    for (const [index, count] of held) key += `/${index}:${count}`;
    heldByRank.push({ held, key });
  }
  const single = cluster.groups.length === 1 ? cluster.groups[0] : undefined;
  for (let position = 0; position < stage.gpus.length; position++) {
    const gpu = stage.gpus[position] ?? 0;
    const rank = Math.floor(position / etp) % ep;
    const { held, key } = heldByRank[rank] ?? { held: new Map<number, number>(), key: '' };
    const group = single ?? placeOf(cluster, gpu).group;
    const name = single ? key : `${group.name}${key}`;
    const sameClass = classesByName.get(name);
    if (sameClass) sameClass.members.push(gpu);
    else classesByName.set(name, { members: [gpu], first: position, held, node: group.node });
  }
  const classes: StageClass[] = [];
  for (const { members, first, held, node } of classesByName.values()) {
    let experts = 0;
    for (const count of held.values()) experts += count;
    classes.push({
      gpuClass: { stage, gpus: withReplicas(pool, members), rank: rankOf(pool, stage, first), experts },
      node,
      expertsByClass: held,
    });
  }
  return classes;
}

function placementsOf(pool: Pool, stage: Stage): Placement[] {
  const placements: Placement[] = [];
  for (const layer of stage.layers) {
    const map = stage.experts.get(layer);
    const classIndex = pool.model.layers[layer];
    if (!map || classIndex === undefined) continue;
    const samePlacement = placements.find((placement) => placement.map === map && placement.classIndex === classIndex);
    if (samePlacement) samePlacement.layers++;
    else placements.push({ classIndex, map, layers: 1 });
  }
  return placements;
}

function heldBy(placements: readonly Placement[], rank: number): Map<number, number> {
  const held = new Map<number, number>();
  for (const { classIndex, map, layers } of placements) {
    const count = layers * (map.ranks[rank]?.length ?? 0);
    held.set(classIndex, (held.get(classIndex) ?? 0) + count);
  }
  return held;
}

/** Replicas have equal shares of the pool's GPUs, and GPUs at the same place of each share hold the same. */
function withReplicas(pool: Pool, members: readonly number[]): readonly number[] {
  if (pool.replicas <= 1) return members;
  const share = Math.floor(pool.gpus.length / pool.replicas);
  const stageGpus: number[] = [];
  for (const gpu of members) {
    const index = pool.gpus.indexOf(gpu);
    if (index < 0 || index >= share) {
      stageGpus.push(gpu);
      continue;
    }
    for (let replica = 0; replica < pool.replicas; replica++) {
      const copy = pool.gpus[index + replica * share];
      if (copy !== undefined) stageGpus.push(copy);
    }
  }
  return stageGpus.sort((a, b) => a - b);
}
