import { topologicalSort } from 'graphology-dag';
import type { Dag } from './types.ts';

/** Marks the longest path by seconds from source to sink. The graph must be acyclic. */
export function markCriticalPath(dag: Dag): void {
  const finish = new Map<string, number>();
  const before = new Map<string, string>();
  for (const node of topologicalSort(dag)) {
    let start = 0;
    for (const previous of dag.inNeighbors(node)) {
      const end = finish.get(previous) ?? 0;
      if (end < start || (end === start && before.has(node))) continue;
      start = end;
      before.set(node, previous);
    }
    finish.set(node, start + dag.getNodeAttribute(node, 'seconds'));
  }
  for (let node: string | undefined = 'sink'; node !== undefined; node = before.get(node))
    dag.setNodeAttribute(node, 'critical', true);
}
