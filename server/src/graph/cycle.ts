import type { Dag } from './types.ts';

/**
 * A way along the edges that ends where it starts, with the first node repeated at the end. Undefined when there is none.
 */
export function cycleOf(dag: Dag): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of dag.nodes()) {
    if (done.has(start)) continue;
    const trail = [{ node: start, next: dag.outNeighbors(start) }];
    const onTrail = new Set([start]);
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const node = top.next.pop();
      if (node === undefined) {
        done.add(top.node);
        onTrail.delete(top.node);
        trail.pop();
      } else if (onTrail.has(node)) {
        const way = trail.map((step) => step.node);
        return [...way.slice(way.indexOf(node)), node];
      } else if (!done.has(node)) {
        onTrail.add(node);
        trail.push({ node, next: dag.outNeighbors(node) });
      }
    }
  }
  return undefined;
}

/** The cycle as a user wrote it: the stages on it, each once even when the cycle passes several of its nodes. */
export function describeCycle(dag: Dag, cycle: readonly string[]): string {
  const names: string[] = [];
  for (const node of cycle) {
    const { pool, stage, block, label } = dag.getNodeAttributes(node);
    // A node between stages is named after the stage that it leaves.
    const name = stage === undefined ? label : [...(pool === undefined ? [] : [pool]), stage].join('/');
    if (names.at(-1) !== name && (block !== '' || stage === undefined)) names.push(name);
  }
  const [first] = names;
  if (first !== undefined && (names.length === 1 || names.at(-1) !== first)) names.push(first);
  return names.join(' -> ');
}
