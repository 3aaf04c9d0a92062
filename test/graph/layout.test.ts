import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { buildDag, defaultOptions, overviewOptions } from '../../server/src/graph/build.ts';
import { layoutDag } from '../../server/src/graph/layout/layout.ts';
import { textWidth } from '../../server/src/graph/layout/textWidth.ts';
import type { DagOptions, SceneNode } from '../../server/src/graph/types.ts';
import { exampleEvaluations } from '../support/analysed.ts';
import { analysis } from '../support/deployments.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { smallDeployment } from '../support/randomDeployments.ts';
import { isInside, overlap, TOLERANCE } from '../support/scenes.ts';

function expectSoundScene(evaluation: Evaluation, options: Partial<DagOptions>): void {
  const dag = buildDag(evaluation, options);
  const scene = layoutDag(dag);
  const page = { x: 0, y: 0, width: scene.width, height: scene.height };
  const nodes = new Map(scene.nodes.map((node) => [node.id, node]));
  expect([...nodes.keys()].sort()).toEqual(dag.nodes().sort());
  expect(overlap(scene.nodes)).toBeUndefined();
  for (const box of [...scene.nodes, ...scene.groups]) {
    expect(Object.values(box).every((value) => typeof value !== 'number' || Number.isFinite(value))).toBe(true);
    expect(isInside(box, page), `${box.id} on the page`).toBe(true);
  }
  const groups = new Map(scene.groups.map((group) => [group.id, group]));
  expect(groups.size).toBe(scene.groups.length);
  dag.forEachNode((id, { pool, stage, block, layers }) => {
    const node = nodes.get(id);
    if (!node || block === '') return;
    const key = `${pool ?? ''}/${stage ?? ''}`;
    const own = [`stage ${key}`, ...(layers.length > 0 ? [`layer ${key}/${block}`] : [])];
    for (const name of own) {
      const group = groups.get(name);
      expect(group, name).toBeDefined();
      if (group) expect(isInside(node, group), `${id} in ${name}`).toBe(true);
    }
  });
  expect(scene.edges.map(({ from, to }) => `${from}>${to}`).sort()).toEqual(
    dag.mapEdges((_, __, from, to) => `${from}>${to}`).sort(),
  );
  for (const node of scene.nodes)
    expect(textOverlap(node), `${node.label} in its shape`).toBeLessThanOrEqual(TOLERANCE);
  for (const { from, to, points } of scene.edges) {
    const [source, target] = [nodes.get(from), nodes.get(to)];
    if (!source || !target) throw new Error(`an edge from ${from} to ${to}`);
    const [x0 = Number.NaN, y0 = Number.NaN] = points;
    const [x1 = Number.NaN, y1 = Number.NaN] = points.slice(-2);
    expect(isOnOutline(x0, y0, source), `${from} > ${to} starts at its node`).toBe(true);
    expect(isOnOutline(x1, y1, target), `${from} > ${to} ends at its node`).toBe(true);
  }
}

/** How far the text of an ellipse reaches over its outline, as text is placed in pictures; capitals are 9 and 7 high. */
function textOverlap({ kind, width, height, label, lines }: SceneNode): number {
  if (kind !== 'communication') return 0;
  const first = 4 - (lines.length * 12.5) / 2;
  const texts = [
    { text: label, size: 12, away: Math.abs(first - 9) },
    ...lines.map((text, index) => {
      const baseline = first + 14 + index * 12;
      return { text, size: 10, away: Math.max(Math.abs(baseline), Math.abs(baseline - 7)) };
    }),
  ];
  return Math.max(
    ...texts.map(({ text, size, away }) => textWidth(text, size) - width * Math.sqrt(1 - (away / (height / 2)) ** 2)),
  );
}

/** Whether a point lies on the shape that is drawn for a node: ellipse, parallelogram or rectangle. */
function isOnOutline(px: number, py: number, { kind, x, y, width, height }: SceneNode): boolean {
  if (kind === 'communication') {
    const away = Math.hypot((px - x - width / 2) / (width / 2), (py - y - height / 2) / (height / 2));
    return Math.abs(away - 1) * Math.min(width, height) < TOLERANCE;
  }
  const slant = kind === 'routing' || kind === 'aggregation' ? Math.min(14, height / 3) : 0;
  const corners = [
    [x + slant, y],
    [x + width, y],
    [x + width - slant, y + height],
    [x, y + height],
  ] as const;
  return corners.some((corner, index) => toSide(px, py, corner, corners[(index + 1) % 4] ?? corner) < TOLERANCE);
}

/** Distance of a point to a straight line between two others. */
function toSide(px: number, py: number, [ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]) {
  const share = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
  const near = Math.max(0, Math.min(1, share));
  return Math.hypot(px - ax - near * (bx - ax), py - ay - near * (by - ay));
}

const LEVELS: readonly (readonly [string, (evaluation: Evaluation) => DagOptions])[] = [
  ['as it is exported', defaultOptions],
  ['the overview', overviewOptions],
  ['layers folded', () => ({ gpus: 'each', layers: 'folded', experts: 'grouped' })],
  ['GPUs folded', () => ({ gpus: 'folded', layers: 'each', experts: 'grouped' })],
  ['experts one by one', () => ({ gpus: 'each', layers: 'folded', experts: 'each' })],
];

describe.each([...exampleEvaluations()])('%s', (_, evaluation) => {
  test.each(LEVELS)('%s: nodes apart, inside their groups, edges at their nodes', (__, options) => {
    expectSoundScene(evaluation, options(evaluation));
  });

  test('equal plans give equal scenes', () => {
    const scene = () => layoutDag(buildDag(evaluation, overviewOptions()));
    expect(scene()).toEqual(scene());
  });
});

test('random small deployments: nodes apart, inside their groups, edges at their nodes', () => {
  fc.assert(
    fc.property(smallDeployment, fc.constantFrom(...LEVELS), (deployment, [, options]) => {
      const evaluation = evaluate(deployment);
      expectSoundScene(evaluation, options(evaluation));
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('groups that lie between each other share the height: context parallel ranks over tensor parallel groups', () => {
  const evaluation = evaluate(analysis({ tp: 2, cp: 2, ep: 4, etp: 4 }));
  const options: DagOptions = { gpus: 'each', layers: 'folded', experts: 'grouped' };
  expect(buildDag(evaluation, options).hasNode('stage-0/l0-3/cp[0,2]/context-gather')).toBe(true);
  expectSoundScene(evaluation, options);
});
