import type { Entity, EvaluatedEdge } from '../../language/entity.ts';

/**
 * Stages in the order in which the arrows run through them. Where arrows do not say or run in a circle, the written order
 * counts.
 */
export function inFlowOrder(blocks: readonly Entity[], edges: readonly EvaluatedEdge[]): readonly Entity[] {
  const indexOf = new Map(blocks.map((block, index) => [block.name ?? '', index]));
  const behind = blocks.map(() => new Set<number>());
  const waiting = blocks.map(() => 0);
  for (const { path } of edges) {
    path.slice(1).forEach((word, step) => {
      const [from, to] = [indexOf.get(path[step]?.text ?? ''), indexOf.get(word.text)];
      if (from === undefined || to === undefined || behind[from]?.has(to)) return;
      behind[from]?.add(to);
      waiting[to] = (waiting[to] ?? 0) + 1;
    });
  }
  // Blocks that wait for nothing, in descending order: the first as written is at the end.
  const ready = blocks.flatMap((_, index) => (waiting[index] === 0 ? index : [])).reverse();
  const ordered: Entity[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    const block = blocks[next];
    if (block) ordered.push(block);
    for (const index of behind[next] ?? []) {
      waiting[index] = (waiting[index] ?? 0) - 1;
      if (waiting[index] === 0) ready.splice(placeIn(ready, index), 0, index);
    }
  }
  return ordered.length === blocks.length ? ordered : blocks;
}

/** Where an index belongs in a descending list. */
function placeIn(descending: readonly number[], index: number): number {
  let low = 0;
  let high = descending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((descending[middle] ?? 0) > index) low = middle + 1;
    else high = middle;
  }
  return low;
}
