import type { Dag } from './types.ts';

/**
 * Marks the longest path by seconds from source to sink. Every edge must lead to a node that was added later than the
 * one it leaves: the order in which the builder follows the flow.
 */
export function markCriticalPath(dag: Dag): void {
  const finish = new Map<string, number>();
  const before = new Map<string, string>();
  dag.forEachNode((node, { seconds }) => {
    let start = 0;
    let last: string | undefined;
    dag.forEachInNeighbor(node, (previous) => {
      const end = finish.get(previous) ?? 0;
      if (end < start || (end === start && last !== undefined)) return;
      start = end;
      last = previous;
    });
    if (last !== undefined) before.set(node, last);
    finish.set(node, start + seconds);
  });
  for (let node: string | undefined = 'sink'; node !== undefined; node = before.get(node))
    dag.setNodeAttribute(node, 'critical', true);
}
