import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { buildDag, overviewOptions } from '../../server/src/graph/build.ts';
import { Folding, type FoldState } from '../../server/src/graph/folding.ts';
import { layoutDag } from '../../server/src/graph/layout/layout.ts';
import type { Dag, FoldSwitch, Scene } from '../../server/src/graph/types.ts';
import { graphFacts } from '../../server/src/graph/validate.ts';
import { analysed, evaluated, exampleEvaluations } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { smallDeployment } from '../support/randomDeployments.ts';
import { crosses, isInside, overlap } from '../support/scenes.ts';

const CLOSED: FoldState = { opened: [], closed: [] };

interface Folded {
  readonly dag: Dag;
  readonly scene: Scene;
  /** Everything that a reader can press. */
  readonly switches: readonly FoldSwitch[];
}

function folded(evaluation: Evaluation, state: FoldState): Folded {
  const folding = new Folding(evaluation, state);
  const dag = folding.dag();
  const scene = layoutDag(dag, 'page');
  const boxes = dag.mapNodes((_, { opens }) => (opens === undefined ? [] : [{ id: opens, label: '', open: false }]));
  const all = [...scene.groups.flatMap((group) => folding.switchesOf(group)), ...boxes.flat()];
  return { dag, scene, switches: [...new Map(all.map((each) => [each.id, each])).values()] };
}

function press({ opened, closed }: FoldState, { id, open }: FoldSwitch): FoldState {
  const without = (ids: readonly string[]) => ids.filter((each) => each !== id);
  return open
    ? { opened: without(opened), closed: [...without(closed), id] }
    : { opened: [...without(opened), id], closed: without(closed) };
}

function expectSound({ dag, scene }: Folded): void {
  expect(graphFacts(dag)).toMatchObject({ acyclic: true, sources: 1, sinks: 1, connected: true });
  expect(scene.nodes.map(({ id }) => id).sort()).toEqual(dag.nodes().sort());
  expect(new Set(scene.groups.map(({ id }) => id)).size).toBe(scene.groups.length);
  expect(overlap(scene.nodes)).toBeUndefined();
  const page = { x: 0, y: 0, width: scene.width, height: scene.height };
  for (const box of [...scene.nodes, ...scene.groups]) expect(isInside(box, page), box.id).toBe(true);
}

/** FLOP and bytes of everything that runs, however it is drawn. */
function totals(dag: Dag): readonly number[] {
  return (['flop', 'bytes'] as const).map((name) =>
    dag.reduceNodes((sum, _, node) => sum + node[name] * node.copies, 0),
  );
}

function expectSameTotals(dag: Dag, other: Dag): void {
  const [a, b] = [totals(dag), totals(other)];
  for (const [index, value] of a.entries()) expect(value / (b[index] ?? 0)).toBeCloseTo(1, 9);
}

/** Presses random switches, one after the other; after each the picture is sound and costs what it did before. */
function walk(evaluation: Evaluation, choices: readonly number[], most: number): void {
  const whole = buildDag(evaluation, overviewOptions());
  let state = CLOSED;
  for (const choice of choices) {
    const { switches } = folded(evaluation, state);
    const chosen = switches[choice % switches.length];
    if (!chosen) return;
    const next = press(state, chosen);
    const after = folded(evaluation, next);
    if (after.dag.order > most) continue;
    const now = after.switches.find(({ id }) => id === chosen.id);
    const isTurned = now === undefined || now.open !== chosen.open;
    expect(isTurned, `pressing ${chosen.id} turns it`).toBe(true);
    expectSound(after);
    expectSameTotals(after.dag, whole);
    state = next;
  }
}

/** Without the example whose arrows run in a circle. */
const examples = [...exampleEvaluations()].filter(([name]) => !name.startsWith('broken'));

describe.each(examples)('%s', (_, evaluation) => {
  test('at first it is the overview, with equal layers as boxes where that has many operations', () => {
    const { dag, scene } = folded(evaluation, CLOSED);
    const whole = buildDag(evaluation, overviewOptions());
    if (whole.order <= 34) expect(dag.nodes()).toEqual(whole.nodes());
    else expect(dag.filterNodes((_, { opens }) => opens?.startsWith('layer ') ?? false)).not.toEqual([]);
    expect(Math.min(1_000 / scene.width, 640 / scene.height), 'its labels can be read').toBeGreaterThan(0.45);
  });

  test('whatever is opened and closed, the picture is sound and its costs are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 5 }), (choices) =>
        walk(evaluation, choices, 1_500),
      ),
      { numRuns: propertyRuns(12) },
    );
  });
});

test('random small deployments: whatever is opened and closed, the picture is sound', () => {
  fc.assert(
    fc.property(smallDeployment, fc.array(fc.nat(1_000), { minLength: 1, maxLength: 4 }), (deployment, choices) =>
      walk(evaluate(deployment), choices, 1_500),
    ),
    { numRuns: propertyRuns(40) },
  );
});

/** Stages of two kinds that take turns, in two pools. */
const TURNS = `
model m { hidden = 1024, vocabulary = 32_000
  attention { heads = 8, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = 512 }
  dense { ffn = 4096 }
  layers { ${Array.from({ length: 8 }, (_, layer) => `${layer} = ${layer % 2 === 0 ? 'dense' : 'moe'}`).join(', ')} } }
cluster pair { node = DGX-H100, count = 3 }
workload chat { input = 1_000 tokens, output = 100 tokens, concurrency = 64 }
deployment turns { model = m, cluster = pair, workload = chat
  pool prefill { gpus = 0..15, parallel { pp = 8, tp = 2 } }
  pool decode { gpus = 16..23, parallel { pp = 8 } }
  prefill -> decode }
`;

test('stages that take turns: whatever is opened and closed, the picture is sound and its costs are the same', () => {
  const evaluation = evaluated(TURNS);
  const { dag } = folded(evaluation, CLOSED);
  expect(dag.filterNodes((_, { label }) => label === 'Stages in turn')).toHaveLength(4);
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 6 }), (choices) => walk(evaluation, choices, 1_500)),
    { numRuns: propertyRuns(12) },
  );
});

function planned(file: string, name: string): Evaluation {
  const analysis = analysed(readFileSync(join(projectRoot, 'test/fixtures/plans', file), 'utf8'));
  const resolved = analysis.plan.deployments.find((each) => each.name === name);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(`${name} is not computed`);
  return evaluation;
}

describe('2,048 GPUs', () => {
  const evaluation = planned('training.moeplan', 'train-2048');

  test('are as calm as 16: equal stages are one box, every stage is closed', () => {
    const { dag } = folded(evaluation, CLOSED);
    expect(dag.order).toBeLessThan(12);
    const equal = dag.filterNodes((_, { copies, opens }) => opens?.startsWith('stages ') && copies > 1);
    expect(equal.length).toBeGreaterThan(0);
    const box = layoutDag(dag, 'page').nodes.find(({ id }) => id === equal[0]);
    expect([box?.label, box?.lines[1]]).toEqual(['Equal stages x12', 'stage-1..stage-12, layers 4..51']);
  });

  test('any one GPU opens by its number, in its stage, beside the others of the stage', () => {
    for (const gpu of [0, 777, 2_047]) {
      const { dag, scene } = folded(evaluation, { opened: [`gpu ${gpu}`], closed: [] });
      const own = dag.filterNodes((_, { gpus }) => gpus.length === 1 && gpus[0] === gpu);
      expect(own.length).toBeGreaterThan(10);
      const others = dag.filterNodes((_, { gpus, lane }) => lane === true && gpus.length === 127);
      expect(others.length).toBe(own.length);
      expect(overlap(scene.nodes)).toBeUndefined();
      expect(scene.groups.filter(({ label }) => label === `GPU ${gpu}`).length).toBeGreaterThan(0);
    }
  });

  test('the nodes of a stage open, then the GPUs of one of them', () => {
    const key = '/stage-1';
    const opened = [`stages ${key}..stage-12`, `stage ${key}`, `gpus ${key}`];
    const lanesOf = (ids: readonly string[]) => [
      ...new Set(
        folded(evaluation, { opened: ids, closed: [] }).dag.mapNodes((_, { gpus, lane, stage }) =>
          lane && stage === 'stage-1' ? gpus.length : 0,
        ),
      ),
    ];
    expect(lanesOf(opened).filter(Boolean)).toEqual([8]);
    expect(
      lanesOf([...opened, `node ${key}/16`])
        .filter(Boolean)
        .sort(),
    ).toEqual([1, 8]);
  });
});

test('the experts of a GPU are one node until they are opened, and a grid then', () => {
  const evaluation = planned('training.moeplan', 'train-2048');
  const big = exampleEvaluations().get('deployment-analysis.moeplan baseline-split') ?? evaluation;
  const open = folded(big, { opened: ['gpus /front', 'experts /front/0'], closed: [] });
  const own = open.scene.nodes.filter(({ id }) => id.includes('/gpu0/experts-'));
  expect(own).toHaveLength(16);
  expect(new Set(own.map(({ x }) => x)).size).toBe(4);
  const [edge] = open.scene.edges.filter(({ to }) => to === own[5]?.id);
  expect(edge).toBeDefined();
  for (const node of open.scene.nodes)
    if (node.id !== edge?.from && node.id !== edge?.to)
      expect(crosses(edge?.points ?? [], node), `${edge?.id} crosses ${node.id}`).toBe(false);
});

test('no edge of an opened picture leads through a node that is not its end', () => {
  for (const opened of [['gpus /front'], ['gpu 9'], ['gpus /front', 'gpus /back', 'layers /back/l2-3']]) {
    const evaluation = exampleEvaluations().get('deployment-analysis.moeplan baseline-whole');
    if (!evaluation) throw new Error('the example is not computed');
    const { scene } = folded(evaluation, { opened, closed: [] });
    for (const { id, from, to, points } of scene.edges)
      for (const node of scene.nodes)
        if (node.id !== from && node.id !== to) expect(crosses(points, node), `${id} crosses ${node.id}`).toBe(false);
  }
});

/** Two pools of two stages each. */
const POOLS = `
model small { layers = 8, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 8, top-k = 2, ffn = 2048 } }
cluster pair { node = DGX-H100, count = 2 }
workload chat { input = 1_000 tokens, output = 100 tokens, concurrency = 64 }
deployment pooled { model = small, cluster = pair, workload = chat
  pool prefill { gpus = 0..7, parallel { pp = 2, tp = 4, ep = 4 } }
  pool decode { gpus = 8..15, parallel { pp = 2, dp = 4, ep = 4 } }
  prefill -> decode }
`;

function pooled(): Evaluation {
  const { plan, evaluationOf } = analysed(POOLS);
  const [resolved] = plan.deployments;
  const evaluation = resolved && evaluationOf(resolved);
  if (!evaluation) throw new Error('the plan is not computed');
  return evaluation;
}

test('a pool of several stages has a frame around them, whose switch closes it to a box and opens it again', () => {
  const evaluation = pooled();
  const { scene, switches } = folded(evaluation, CLOSED);
  const frames = scene.groups.filter(({ kind }) => kind === 'pool');
  expect(frames.map(({ label }) => label)).toEqual(['Pool prefill', 'Pool decode']);
  for (const frame of frames) {
    const stages = scene.groups.filter(
      ({ kind, id }) => kind === 'stage' && id.startsWith(`stage ${frame.id.slice(5)}/`),
    );
    expect(stages.map(({ label }) => label)).toHaveLength(2);
    for (const stage of stages) expect(isInside(stage, frame), `${stage.id} in ${frame.id}`).toBe(true);
    // The frame tells the pool: its stages do not say it again.
    for (const { label } of stages) expect(label).toMatch(/^stage-\d, GPUs \d+..\d+$/);
  }
  const close = switches.find(({ id }) => id === 'pool prefill');
  expect(close).toMatchObject({ label: 'pool', open: true });
  const closed = folded(evaluation, { opened: [], closed: ['pool prefill'] });
  expect(closed.scene.groups.map(({ id }) => id)).not.toContain('pool prefill');
  expect(closed.dag.getNodeAttributes('pool prefill')).toMatchObject({ label: 'Pool prefill', opens: 'pool prefill' });
  expect(closed.switches).toContainEqual({ id: 'pool prefill', label: '', open: false });
  expectSound(closed);
});

test.each([...examples, ['two pools of two stages', pooled()] as const])(
  '%s: no edge of the first picture leads through a node that is not its end',
  (_, evaluation) => {
    const { scene } = folded(evaluation, CLOSED);
    for (const { id, from, to, points } of scene.edges)
      for (const node of scene.nodes)
        if (node.id !== from && node.id !== to) expect(crosses(points, node), `${id} crosses ${node.id}`).toBe(false);
  },
);
