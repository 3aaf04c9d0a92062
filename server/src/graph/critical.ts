import { waitedSeconds } from './passTime.ts';
import type { Dag, DagNode } from './types.ts';

/**
 * Marks what determines the time of a micro-batch: the longest path from source to sink by exposed time, and the exposed
 * operations that the path's GPU runs beside it, since a GPU runs its operations one after the other. The GPUs of a stage
 * take equally long, so only the first of each stage is followed. Every edge must lead to a node that was added later than
 * its source, as the builder adds them along the flow.
 */
export function markCriticalPath(dag: Dag): void {
  const lanes = new Map<string, number>();
  dag.forEachNode((_, node) => {
    const stage = placeOf(node);
    if (node.lane && !lanes.has(stage)) lanes.set(stage, node.gpus[0] ?? -1);
  });
  const isFollowed = (node: DagNode) => {
    const lane = lanes.get(placeOf(node));
    return lane === undefined || node.block === '' || node.gpus.includes(lane);
  };
  const path = longestPath(dag, isFollowed);
  const blocks = new Set<string>();
  for (const key of path) {
    dag.setNodeAttribute(key, 'critical', true);
    const node = dag.getNodeAttributes(key);
    blocks.add(placeOf(node, node.block));
  }
  dag.forEachNode((key, node) => {
    if (node.block === '' || waitedSeconds(node) === 0 || !blocks.has(placeOf(node, node.block))) return;
    if (isFollowed(node)) dag.setNodeAttribute(key, 'critical', true);
  });
}

function placeOf({ pool, stage }: DagNode, block?: string): string {
  return [pool, stage, block].join('\n');
}

function longestPath(dag: Dag, isFollowed: (node: DagNode) => boolean): readonly string[] {
  const finish = new Map<string, number>();
  const before = new Map<string, string>();
  dag.forEachNode((node, attributes) => {
    if (!isFollowed(attributes)) return;
    let start = 0;
    let last: string | undefined;
    dag.forEachInNeighbor(node, (previous) => {
      const end = finish.get(previous);
      if (end === undefined || end < start || (end === start && last !== undefined)) return;
      start = end;
      last = previous;
    });
    if (last !== undefined) before.set(node, last);
    finish.set(node, start + waitedSeconds(attributes));
  });
  const path: string[] = [];
  for (let node: string | undefined = 'sink'; node !== undefined; node = before.get(node)) path.push(node);
  return path;
}
