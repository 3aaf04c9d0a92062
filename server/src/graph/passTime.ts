import type { Dag, DagNode } from './types.ts';

/** Seconds of a node in one pass over the layers: layers and equal stages that it stands for run one after the other. */
export function passSeconds({ seconds, layers, copies, opens }: DagNode): number {
  return seconds * (opens === undefined ? Math.max(1, layers.length) : copies);
}

/** Seconds of each node in a pass over those of the longest one, 0 to 1. */
export function timeShares(dag: Dag): (node: DagNode) => number {
  let most = 0;
  dag.forEachNode((_, node) => {
    most = Math.max(most, passSeconds(node));
  });
  return (node) => (most > 0 ? passSeconds(node) / most : 0);
}
