import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { balanceExperts, type EplbInput, pack, replicate } from '../../server/src/plan/eplb.ts';

type Ranks = readonly (readonly number[])[];

function copiesOf(ranks: Ranks, experts: number): number[] {
  const copies = new Array<number>(experts).fill(0);
  for (const expert of ranks.flat()) copies[expert] = (copies[expert] ?? 0) + 1;
  return copies;
}

/** Load of the fullest rank over the mean. */
function imbalance(ranks: Ranks, load: readonly number[]): number {
  const copies = copiesOf(ranks, load.length);
  const loads = ranks.map((experts) =>
    experts.reduce((sum, expert) => sum + (load[expert] ?? 0) / (copies[expert] ?? 1), 0),
  );
  return Math.max(...loads) / (loads.reduce((sum, one) => sum + one, 0) / loads.length);
}

function contiguous(experts: number, ranks: number): Ranks {
  const size = experts / ranks;
  return Array.from({ length: ranks }, (_, rank) => Array.from({ length: size }, (__, index) => rank * size + index));
}

const zipf = Array.from({ length: 256 }, (_, expert) => (expert + 1) ** -0.8);

/** A setting of whole nodes: groups divide over them, replicas over the ranks. */
const settings: fc.Arbitrary<EplbInput> = fc
  .record({
    nodes: fc.constantFrom(1, 2, 4),
    perNode: fc.constantFrom(2, 4, 8),
    groupsPerNode: fc.constantFrom(1, 2),
    perGroup: fc.constantFrom(4, 8),
    extra: fc.integer({ min: 0, max: 2 }),
    seed: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 64, maxLength: 64 }),
  })
  .map(({ nodes, perNode, groupsPerNode, perGroup, extra, seed }) => {
    const groups = nodes * groupsPerNode;
    const experts = groups * perGroup;
    const ranks = nodes * perNode;
    const load = Array.from({ length: experts }, (_, expert) => (seed[expert % seed.length] ?? 0) + expert);
    return { load, physical: (Math.ceil(experts / ranks) + extra) * ranks, groups, nodes, ranks };
  });

/** The published algorithm as it is written there: each step looks through all packs, or all items. */
function packByLooking(weights: readonly number[], packs: number): number[][] {
  const size = Math.ceil(weights.length / packs);
  const result = Array.from({ length: packs }, () => ({ items: [] as number[], weight: 0 }));
  const order = weights.map((_, item) => item).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  for (const item of order) {
    const open = result.filter(({ items }) => items.length < size);
    const lightest = open.reduce((best, each) => (each.weight < best.weight ? each : best));
    lightest.items.push(item);
    lightest.weight += weights[item] ?? 0;
  }
  return result.map(({ items }) => items);
}

function replicateByLooking(load: readonly number[], physical: number): number[] {
  const copies = load.map((_, item) => item);
  const perCopy = (item: number) => (load[item] ?? 0) / copies.filter((copy) => copy === item).length;
  while (copies.length < physical)
    copies.push(load.map((_, item) => item).reduce((best, item) => (perCopy(item) > perCopy(best) ? item : best)));
  return copies;
}

const loads = fc.array(fc.nat(20), { minLength: 4, maxLength: 40 });

describe('expert placement by load', () => {
  test('choosing by heap chooses what looking through all would', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 8 }), (load, packs) => {
        if (Math.ceil(load.length / packs) > 1) expect(pack(load, packs)).toEqual(packByLooking(load, packs));
        expect(replicate(load, load.length + 3 * packs)).toEqual(replicateByLooking(load, load.length + 3 * packs));
      }),
    );
  });

  test('the example of the published code', () => {
    // deepseek-ai/EPLB, README: two layers of 12 experts in 4 groups, 16 replicas on 2 nodes of 4 GPUs.
    const layers = [
      [90, 132, 40, 61, 104, 165, 39, 4, 73, 56, 183, 86],
      [20, 107, 104, 64, 19, 197, 187, 157, 172, 86, 16, 27],
    ];
    const placed = layers.map((load) => balanceExperts({ load, physical: 16, groups: 4, nodes: 2, ranks: 8 }).flat());
    expect(placed).toEqual([
      [5, 6, 5, 7, 8, 4, 3, 4, 10, 9, 10, 2, 0, 1, 11, 1],
      [7, 10, 6, 8, 6, 11, 8, 9, 2, 4, 5, 1, 5, 0, 3, 1],
    ]);
  });

  test('every expert is somewhere, ranks hold equally many, nothing is added or lost', () => {
    fc.assert(
      fc.property(settings, (input) => {
        const ranks = balanceExperts(input);
        expect(ranks.length).toBe(input.ranks);
        expect(new Set(ranks.map((experts) => experts.length))).toEqual(new Set([input.physical / input.ranks]));
        expect(Math.min(...copiesOf(ranks, input.load.length))).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test('groups that divide over the nodes stay whole on one', () => {
    fc.assert(
      fc.property(settings, (input) => {
        const { load, groups, nodes } = input;
        const ranks = balanceExperts(input);
        const perNode = ranks.length / nodes;
        const size = load.length / groups;
        const nodesOf = Array.from({ length: groups }, () => new Set<number>());
        ranks.forEach((experts, rank) => {
          for (const expert of experts) nodesOf[Math.floor(expert / size)]?.add(Math.floor(rank / perNode));
        });
        expect(nodesOf.map((one) => one.size)).toEqual(nodesOf.map(() => 1));
      }),
    );
  });

  test('groups that do not divide over the nodes are ignored: the busiest experts go where there is room', () => {
    const ranks = balanceExperts({ load: zipf, physical: 288, groups: 8, nodes: 3, ranks: 24 });
    const node = (rank: number) => Math.floor(rank / 8);
    const ofFirstGroup = ranks.flatMap((experts, rank) => (experts.some((expert) => expert < 32) ? [node(rank)] : []));
    expect(new Set(ofFirstGroup)).toEqual(new Set([0, 1, 2]));
  });

  test('it balances: without replicas, and nearly to perfection with some', () => {
    const before = imbalance(contiguous(256, 32), zipf);
    const moved = imbalance(balanceExperts({ load: zipf, physical: 256, groups: 1, nodes: 1, ranks: 32 }), zipf);
    const copied = imbalance(balanceExperts({ load: zipf, physical: 288, groups: 1, nodes: 1, ranks: 32 }), zipf);
    expect(before).toBeGreaterThan(5);
    expect(moved).toBeLessThan(before / 2);
    expect(copied).toBeLessThan(1.1);
  });

  test('uniform load stays uniform', () => {
    const load = new Array<number>(64).fill(1);
    expect(imbalance(balanceExperts({ load, physical: 64, groups: 8, nodes: 2, ranks: 16 }), load)).toBe(1);
  });
});

describe('its parts', () => {
  test('replicas go where the load per copy is largest', () => {
    expect(replicate([10, 4, 3], 6)).toEqual([0, 1, 2, 0, 0, 1]);
    expect(replicate([1, 1], 2)).toEqual([0, 1]);
  });

  test('packs are equally long and get the heaviest first', () => {
    expect(pack([1, 9, 8, 2], 2)).toEqual([
      [1, 0],
      [2, 3],
    ]);
    expect(pack([3, 1, 2], 3)).toEqual([[0], [1], [2]]);
  });
});
