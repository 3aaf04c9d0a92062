import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { buildDag, overviewOptions } from '../../server/src/graph/build.ts';
import { closedDag } from '../../server/src/graph/detail.ts';
import { Folding } from '../../server/src/graph/folding.ts';
import { waitedSeconds } from '../../server/src/graph/passTime.ts';
import type { Dag, DagNode } from '../../server/src/graph/types.ts';
import { graphFacts } from '../../server/src/graph/validate.ts';
import { exportGraph } from '../../server/src/services/outputs/export.ts';
import { inspect } from '../../server/src/services/outputs/inspect.ts';
import { analysed, evaluated } from '../support/analysed.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

/** A plan with a stage on a GPU of its own for each letter: `d` for a dense layer, `m` for experts. */
function textOf(layers: string): string {
  const entries = [...layers].map((letter, layer) => `${layer} = ${letter === 'd' ? 'dense' : 'moe'}`);
  return `model m {
  hidden = 1024, vocabulary = 32_000
  attention { heads = 8, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = 512 }
  dense { ffn = 4096 }
  layers {
    ${entries.join('\n    ')}
  }
}
cluster c { node = DGX-H100, count = ${Math.ceil(layers.length / 8)} }
workload w { sequences = 128, length = 1_000 tokens }
deployment d {
  model = m, cluster = c, workload = w, gpus = 0..${layers.length - 1}
  parallel { pp = ${layers.length} }
}
`;
}

function evaluationOf(layers: string): Evaluation {
  return evaluated(textOf(layers));
}

function sum(dag: Dag, of: (node: DagNode) => number): number {
  return dag.reduceNodes((total, _, node) => total + of(node), 0);
}

/** What runs, and what a micro-batch waits for, is the same however it is drawn: a stage has one GPU here. */
function expectSameCosts(dag: Dag, evaluation: Evaluation): void {
  const whole = buildDag(evaluation, overviewOptions());
  for (const of of [
    (node: DagNode) => node.flop * node.copies,
    (node: DagNode) => node.bytes * node.copies,
    waitedSeconds,
  ])
    expect(sum(dag, of) / sum(whole, of)).toBeCloseTo(1, 9);
}

/** Boxes in their order: how many stages they stand for, and which. */
function boxesOf(dag: Dag): readonly (readonly [times: number, stages: string])[] {
  return dag
    .mapNodes((_, { opens, copies, stages, stage = '' }) =>
      opens === undefined ? [] : [[copies, stages ?? stage] as const],
    )
    .flat();
}

describe('stages that take turns', () => {
  test.each([
    [
      'dmdmdmdm',
      [
        [1, 'stage-0'],
        [3, 'stage-1, stage-3, stage-5'],
        [3, 'stage-2, stage-4, stage-6'],
        [1, 'stage-7'],
      ],
    ],
    [
      `d${'dddm'.repeat(4)}d`,
      [
        [1, 'stage-0'],
        [12, 'stage-1..stage-3, stage-5..stage-7, …, stage-13..stage-15'],
        [4, 'stage-4, stage-8, …, stage-16'],
        [1, 'stage-17'],
      ],
    ],
    [
      'dmmmmmmd',
      [
        [1, 'stage-0'],
        [6, 'stage-1..stage-6'],
        [1, 'stage-7'],
      ],
    ],
  ] as const)('%s: are a box for each kind, which says how many and which', (layers, boxes) => {
    const evaluation = evaluationOf(layers);
    const dag = closedDag(evaluation);
    expect(boxesOf(dag)).toEqual(boxes);
    expect(graphFacts(dag)).toMatchObject({ acyclic: true, sources: 1, sinks: 1, connected: true });
    expectSameCosts(dag, evaluation);
  });

  test('have the GPUs of their own stages, and not those that they send to', () => {
    const dag = closedDag(evaluationOf('dmdmdmdm'));
    expect(dag.filterNodes((_, { copies }) => copies > 1).map((id) => dag.getNodeAttribute(id, 'gpus'))).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
  });

  test('open and close together, at any of their boxes', () => {
    const evaluation = evaluationOf('dmdmdmdm');
    const dag = closedDag(evaluation);
    const ids = new Set(dag.mapNodes((_, { copies, opens }) => (copies > 1 ? opens : undefined)));
    ids.delete(undefined);
    expect([...ids]).toEqual(['stages /stage-1..stage-6']);
    const open = new Folding(evaluation, { opened: ['stages /stage-1..stage-6', 'stage /stage-3'], closed: [] });
    expect(boxesOf(open.dag()).filter(([, stage]) => stage !== 'stage-3')).toEqual(
      [0, 1, 2, 4, 5, 6, 7].map((stage) => [1, `stage-${stage}`]),
    );
    const box = { x: 0, y: 0, width: 1, height: 1 };
    expect(open.switchesOf({ ...box, id: 'stage /stage-3', kind: 'stage', label: '', depth: 1 })).toContainEqual({
      id: 'stages /stage-1..stage-6',
      label: '6 stages in turn',
      open: true,
    });
  });

  test('of any order cost what they cost one by one', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('d', 'm'), minLength: 5, maxLength: 24 }), (layers) => {
        const evaluation = evaluationOf(layers);
        const dag = closedDag(evaluation);
        expect(graphFacts(dag)).toMatchObject({ acyclic: true, sources: 1, sinks: 1, connected: true });
        expect(boxesOf(dag).reduce((all, [times]) => all + times, 0)).toBe(layers.length);
        expectSameCosts(dag, evaluation);
      }),
      { numRuns: propertyRuns(20) },
    );
  });
});

describe('6,400 stages that take turns', () => {
  const evaluation = evaluationOf('dm'.repeat(3_200));

  test('are four boxes, whose costs add up to the whole', () => {
    const dag = closedDag(evaluation);
    expect(boxesOf(dag)).toEqual([
      [1, 'stage-0'],
      [3_199, 'stage-1, stage-3, …, stage-6397'],
      [3_199, 'stage-2, stage-4, …, stage-6398'],
      [1, 'stage-6399'],
    ]);
    expectSameCosts(dag, evaluation);
  });

  test.each(['dot', 'mermaid', 'svg'] as const)('are a short file as %s, in every detail', (format) => {
    for (const detail of ['page', 'folded', 'each'] as const) {
      const file = exportGraph(evaluation, format, { detail });
      expect(file).toContain('Stages in turn x3199');
      expect(file).toContain('stage-2, stage-4, …, stage-6398');
      expect(file.length).toBeLessThan(30_000);
    }
  });
});

/** A list that counts how often it is read. */
function counted<Item>(items: readonly Item[]): { readonly items: readonly Item[]; readonly reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(items, {
    get(target, name, receiver) {
      reads += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  return { items: proxy, reads: () => reads };
}

/** Layers in no order, so that most stages are a box of their own. */
const UNLIKE = 'ddmdmmddmmdmddmmmdmd'.repeat(20);

test('folding reads each stage a few times, and not once for every node', () => {
  const reads = [200, 400].map((length) => {
    const evaluation = evaluationOf(UNLIKE.slice(0, length));
    const { prediction } = evaluation;
    const [pool] = prediction.pools;
    const [step] = pool?.steps ?? [];
    if (!pool || !step) throw new Error('nothing is predicted');
    const stages = counted(step.stages);
    const pools = [{ ...pool, steps: [{ ...step, stages: stages.items }] }];
    closedDag({ ...evaluation, prediction: { ...prediction, pools } });
    return stages.reads() / length;
  });
  expect(reads[0]).toBeGreaterThan(1);
  expect(reads[1]).toBeLessThan(1.2 * (reads[0] ?? 0));
});

test('inspect reads each GPU of a pool a few times, and not once for every stage', () => {
  const reads = [200, 400].map((length) => {
    const analysis = analysed(textOf(UNLIKE.slice(0, length)));
    const [resolved] = analysis.plan.deployments;
    const evaluation = resolved && analysis.evaluationOf(resolved);
    const [pool] = evaluation?.deployment.pools ?? [];
    if (!evaluation || !pool) throw new Error('the plan is not computed');
    const gpus = counted(pool.gpus);
    const deployment = { ...evaluation.deployment, pools: [{ ...pool, gpus: gpus.items }] };
    inspect({ ...analysis, evaluationOf: () => ({ ...evaluation, deployment }) });
    return gpus.reads() / length;
  });
  expect(reads[0]).toBeGreaterThan(1);
  expect(reads[1]).toBeLessThan(1.2 * (reads[0] ?? 0));
});
