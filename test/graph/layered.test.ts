import fc from 'fast-check';
import { DirectedGraph } from 'graphology';
import { describe, expect, test } from 'vitest';
import { Folding } from '../../server/src/graph/folding.ts';
import { layoutLayered } from '../../server/src/graph/layout/layered.ts';
import { layoutDag } from '../../server/src/graph/layout/layout.ts';
import type { Dag, DagEdge, DagNode } from '../../server/src/graph/types.ts';
import { analysed } from '../support/analysed.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { crosses, isInside, overlap } from '../support/scenes.ts';

function node(label: string): DagNode {
  return {
    label,
    kind: 'compute',
    gpus: [],
    copies: 1,
    layers: [],
    block: '',
    experts: [],
    operation: label,
    input: [],
    output: [],
    flop: 0,
    bytes: 0,
    exposedSeconds: 0,
    formula: 'gemm',
    seconds: 1,
    critical: false,
  };
}

/** A graph of `count` nodes with edges from lower to higher numbers. */
function dagOf(count: number, edges: readonly (readonly [number, number])[]): Dag {
  const dag: Dag = new DirectedGraph<DagNode, DagEdge>();
  for (let index = 0; index < count; index++) dag.addNode(`n${index}`, node(`n${index}`));
  for (const [from, to] of edges) dag.mergeEdge(`n${from}`, `n${to}`, { kind: 'data', shape: [], bytes: 0 });
  return dag;
}

const irregular = fc.integer({ min: 2, max: 40 }).chain((count) =>
  fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 80 }).map((pairs) =>
    dagOf(
      count,
      pairs.flatMap(([a, b]) => (a === b ? [] : [[Math.min(a, b), Math.max(a, b)] as const])),
    ),
  ),
);

function pairsThatCross(dag: Dag): number {
  const middles = new Map(layoutLayered(dag).nodes.map(({ id, x, y }) => [id, [x, y] as const]));
  const ends = dag.mapEdges((_, __, from, to) => [middles.get(from) ?? [0, 0], middles.get(to) ?? [0, 0]] as const);
  let count = 0;
  for (const [index, [a, b]] of ends.entries())
    for (const [c, d] of ends.slice(index + 1))
      if (a[0] === c[0] && b[0] === d[0] && (a[1] - c[1]) * (b[1] - d[1]) < 0) count += 1;
  return count;
}

describe('layers', () => {
  test('keep nodes apart, edges to the right and away from other nodes', () => {
    fc.assert(
      fc.property(irregular, (dag) => {
        const scene = layoutLayered(dag);
        expect(scene.nodes).toHaveLength(dag.order);
        expect(overlap(scene.nodes)).toBeUndefined();
        const page = { x: 0, y: 0, width: scene.width, height: scene.height };
        for (const box of scene.nodes) expect(isInside(box, page), box.id).toBe(true);
        const boxes = new Map(scene.nodes.map((box) => [box.id, box]));
        for (const { from, to, points } of scene.edges) {
          expect((boxes.get(from)?.x ?? 0) < (boxes.get(to)?.x ?? 0)).toBe(true);
          for (const box of scene.nodes)
            if (box.id !== from && box.id !== to)
              expect(crosses(points, box), `${from}>${to} in ${box.id}`).toBe(false);
        }
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  test('untangle what has an order without crossings', () => {
    // Two rows whose edges all cross in the order of the numbers.
    const dag = dagOf(9, [
      ...[1, 2, 3, 4].map((end) => [0, end] as const),
      ...[1, 2, 3, 4].map((end) => [end, 9 - end] as const),
    ]);
    expect(pairsThatCross(dag)).toBe(0);
  });

  test('equal graphs give equal scenes, also where the budget ends first', () => {
    const edges = Array.from({ length: 300 }, (_, index) => [index % 90, 90 + ((index * 37) % 60)] as const);
    for (const budget of [0, 2_000, undefined])
      expect(layoutLayered(dagOf(150, edges), budget)).toEqual(layoutLayered(dagOf(150, edges), budget));
  });

  test('an edge back, which closes a circle, runs below the nodes', () => {
    const dag = dagOf(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    const scene = layoutLayered(dag);
    const lowest = Math.max(...scene.nodes.map(({ y, height }) => y + height));
    const back = scene.edges.find(({ from }) => from === 'n2');
    expect(Math.max(...(back?.points.filter((_, index) => index % 2 === 1) ?? []))).toBeGreaterThan(lowest);
    expect(scene.height).toBeGreaterThan(lowest);
  });
});

const BRANCHING = `
model m { layers = 6, hidden = 1024
  attention { heads = 8, head-size = 128 }
  dense { ffn = 4096 }
}
cluster c { node = DGX-H100, count = 1 }
workload w { sequences = 8, length = 128 tokens }
deployment d {
  model = m, cluster = c, workload = w
  parallel { pp = 6 }
  stage a { layers = 0..0, gpus = 0..0 }
  stage b { layers = 1..1, gpus = 1..1 }
  stage c { layers = 2..2, gpus = 2..2 }
  stage d { layers = 3..3, gpus = 3..3 }
  stage e { layers = 4..4, gpus = 4..4 }
  stage f { layers = 5..5, gpus = 5..5 }
  a -> b -> d -> e -> f
  a -> c -> d
}
`;

test('arrows that branch are drawn: between open stages, and between closed ones in layers', () => {
  const analysis = analysed(BRANCHING);
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(resolved?.invalid ?? 'not computed');
  const stages = ['a', 'b', 'c', 'd', 'e', 'f'];
  const open = new Folding(evaluation, { opened: stages.map((name) => `stage /${name}`), closed: [] }).dag();
  const joins = (dag: Dag, from: string, to: string) =>
    dag.filterEdges(
      (_, __, source, target) =>
        dag.getNodeAttribute(source, 'stage') === from && dag.getNodeAttribute(target, 'stage') === to,
    ).length;
  expect(joins(open, 'a', 'c')).toBeGreaterThan(0);
  expect(joins(open, 'b', 'd')).toBeGreaterThan(0);
  expect(joins(open, 'a', 'e')).toBe(0);
  const closed = new Folding(evaluation, {
    opened: ['stages /a..f', 'stages /b..e'],
    closed: stages.map((name) => `stage /${name}`),
  }).dag();
  expect(joins(closed, 'a', 'c')).toBeGreaterThan(0);
  const scene = layoutDag(closed, 'page');
  expect(overlap(scene.nodes)).toBeUndefined();
  expect(scene.groups).toEqual([]);
});
