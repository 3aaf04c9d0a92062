import type { Dag, DagNode } from './types.ts';

/** How often a micro-batch runs a node. The layers and equal stages that the node represents run one after the other. */
function timesOf({ layers, copies, opens }: DagNode): number {
  return opens === undefined ? Math.max(1, layers.length) : copies;
}

/** Seconds of a node in one pass over the layers. */
function passSeconds(node: DagNode): number {
  return node.seconds * timesOf(node);
}

/** The time that a micro-batch waits for a node in one pass, including what the engine adds after it. */
export function waitedSeconds(node: DagNode): number {
  return (node.exposedSeconds + (node.engineSeconds ?? 0)) * timesOf(node);
}

/** Seconds of each node in a pass over those of the longest node, 0 to 1. */
export function timeShares(dag: Dag): (node: DagNode) => number {
  let most = 0;
  dag.forEachNode((_, node) => {
    most = Math.max(most, passSeconds(node));
  });
  return (node) => (most > 0 ? passSeconds(node) / most : 0);
}

/**
 * The time that a micro-batch waits for some nodes. A GPU runs its operations one after the other, whatever the arrows
 * allow, and equal GPUs run theirs at the same time. For each operation the GPU with most of it counts.
 */
export function waitedTogether(nodes: readonly DagNode[]): number {
  const operations = new Map<string, Map<number, number>>();
  for (const node of nodes) {
    const key = [node.pool, node.stage, node.block, node.operation, node.operator].join('\n');
    const lanes = operations.get(key) ?? new Map<number, number>();
    const lane = node.gpus[0] ?? -1;
    lanes.set(lane, (lanes.get(lane) ?? 0) + waitedSeconds(node));
    operations.set(key, lanes);
  }
  let seconds = 0;
  for (const lanes of operations.values()) seconds += Math.max(...lanes.values());
  return seconds;
}
