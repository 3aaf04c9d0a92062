import TinyQueue from 'tinyqueue';

/**
 * Expert placement by load: the EPLB algorithm that DeepSeek published with V3 (github.com/deepseek-ai/EPLB, read
 * 2026-11-23), as a pure function. It is hierarchical when groups of experts divide over the nodes, and global otherwise.
 */
export interface EplbInput {
  /** Load of each expert, in any unit. */
  readonly load: readonly number[];
  /** Number of experts including replicas, a multiple of `ranks`. */
  readonly physical: number;
  /** Number of groups in group-limited routing. */
  readonly groups: number;
  readonly nodes: number;
  /** Number of ranks over all nodes. */
  readonly ranks: number;
}

/** The experts of each rank. An expert with replicas is on several ranks. */
export function balanceExperts({ load, physical, groups, nodes, ranks }: EplbInput): readonly (readonly number[])[] {
  const hierarchical =
    groups % nodes === 0 && load.length % groups === 0 && physical % nodes === 0 && ranks % nodes === 0;
  const [groupCount, nodeCount] = hierarchical ? [groups, nodes] : [1, 1];
  const groupSize = load.length / groupCount;
  const groupLoad = Array.from({ length: groupCount }, (_, group) =>
    sum(load.slice(group * groupSize, (group + 1) * groupSize)),
  );
  return pack(groupLoad, nodeCount).flatMap((groupsOfNode) => {
    const experts = groupsOfNode.flatMap((group) =>
      Array.from({ length: groupSize }, (_, index) => group * groupSize + index),
    );
    const copies = replicate(
      experts.map((expert) => load[expert] ?? 0),
      physical / nodeCount,
    );
    const count = new Map<number, number>();
    for (const local of copies) count.set(local, (count.get(local) ?? 0) + 1);
    const share = copies.map((local) => (load[experts[local] ?? 0] ?? 0) / (count.get(local) ?? 1));
    return pack(share, ranks / nodeCount).map((items) => items.map((item) => experts[copies[item] ?? 0] ?? 0));
  });
}

/** Packs weighted items into packs of equal length: heaviest first, each into the lightest pack with room. */
export function pack(weights: readonly number[], packs: number): number[][] {
  const size = Math.ceil(weights.length / packs);
  // With one item per pack there is nothing to balance, and the published code keeps the order.
  if (size === 1) return Array.from({ length: packs }, (_, item) => (item < weights.length ? [item] : []));
  const result = Array.from({ length: packs }, (): number[] => []);
  const packed = result.map(() => 0);
  const lightest = new TinyQueue(
    result.map((_, index) => index),
    (left, right) => (packed[left] ?? 0) - (packed[right] ?? 0) || left - right,
  );
  const heaviestFirst = weights.map((_, item) => item).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  for (const item of heaviestFirst) {
    const into = lightest.pop();
    if (into === undefined) break;
    result[into]?.push(item);
    packed[into] = (packed[into] ?? 0) + (weights[item] ?? 0);
    if (result[into]?.length !== size) lightest.push(into);
  }
  return result;
}

/** Copies of items up to `physical`: each further copy goes to the item with the largest load per copy. */
export function replicate(load: readonly number[], physical: number): number[] {
  const copies = load.map((_, item) => item);
  const count = load.map(() => 1);
  const perCopy = (item: number) => (load[item] ?? 0) / (count[item] ?? 1);
  const heaviest = new TinyQueue(
    load.map((_, item) => item),
    (left, right) => perCopy(right) - perCopy(left) || left - right,
  );
  while (copies.length < physical) {
    const item = heaviest.pop();
    if (item === undefined) break;
    copies.push(item);
    count[item] = (count[item] ?? 1) + 1;
    heaviest.push(item);
  }
  return copies;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
