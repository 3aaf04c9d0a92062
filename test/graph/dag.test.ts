import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { buildDag } from '../../server/src/graph/build.ts';
import { layoutDag } from '../../server/src/graph/layout/layout.ts';
import { waitedSeconds } from '../../server/src/graph/passTime.ts';
import type { Dag, DagNode, DagOptions } from '../../server/src/graph/types.ts';
import { graphFacts, validateDag } from '../../server/src/graph/validate.ts';
import { exampleEvaluations } from '../support/analysed.ts';
import { analysis } from '../support/deployments.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { smallDeployment } from '../support/randomDeployments.ts';

const ALL_OPTIONS: readonly DagOptions[] = (['each', 'folded'] as const).flatMap((gpus) =>
  (['each', 'folded'] as const).flatMap((layers) =>
    (['each', 'grouped'] as const).map((experts) => ({ gpus, layers, experts })),
  ),
);

function expectSound(evaluation: Evaluation, options: Partial<DagOptions>): void {
  const dag = buildDag(evaluation, options);
  expect(graphFacts(dag)).toEqual({
    nodes: dag.order,
    edges: dag.size,
    acyclic: true,
    sources: 1,
    sinks: 1,
    connected: true,
  });
  for (const { name, holds, detail } of validateDag(dag, evaluation)) expect(holds, `${name}: ${detail}`).toBe(true);
}

/** What a GPU computes, sends and takes time for in the stages: each node once for each layer that it stands for. */
function costsOfGpu(dag: Dag, gpu: number): Readonly<Record<'flop' | 'bytes' | 'seconds', number>> {
  const sums = { flop: 0, bytes: 0, seconds: 0 };
  dag.forEachNode((_, { gpus, block, layers, flop, bytes, seconds }) => {
    if (block === '' || !gpus.includes(gpu)) return;
    const times = Math.max(1, layers.length);
    sums.flop += times * flop;
    sums.bytes += times * bytes;
    sums.seconds += times * seconds;
  });
  return sums;
}

/** The same of all GPUs: each node once for each equal one that it stands for. */
function costsOfAll(dag: Dag): Readonly<Record<'flop' | 'bytes' | 'seconds', number>> {
  const sums = { flop: 0, bytes: 0, seconds: 0 };
  dag.forEachNode((_, { copies, flop, bytes, seconds }) => {
    sums.flop += copies * flop;
    sums.bytes += copies * bytes;
    sums.seconds += copies * seconds;
  });
  return sums;
}

/** Equal but for the order in which floating-point numbers are added. */
function expectSame(left: object, right: object, where: string): void {
  const values = new Map(Object.entries(right));
  for (const [name, value] of Object.entries(left)) {
    const other = Number(values.get(name));
    expect(Math.abs(value - other), `${where} ${name}: ${value} and ${other}`).toBeLessThanOrEqual(
      1e-9 * Math.abs(other),
    );
  }
}

function expectFoldingKeepsCosts(evaluation: Evaluation): void {
  const whole = buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'grouped' });
  const gpus = evaluation.deployment.pools.flatMap((pool) => pool.stages.flatMap((stage) => stage.gpus));
  for (const options of ALL_OPTIONS) {
    const dag = buildDag(evaluation, options);
    expectSame(costsOfAll(dag), costsOfAll(whole), JSON.stringify(options));
    for (const gpu of gpus)
      expectSame(costsOfGpu(dag, gpu), costsOfGpu(whole, gpu), `${JSON.stringify(options)} GPU ${gpu}`);
  }
}

/** Nodes of one operation of one layer: their groups part the stage's GPUs, so that a collective is one node per group. */
function expectGroups(evaluation: Evaluation): void {
  const dag = buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'grouped' });
  const operations = new Map<string, DagNode[]>();
  dag.forEachNode((_, node) => {
    if (node.block === '') return;
    const key = `${node.pool ?? ''}/${node.stage}/${node.block}/${node.operation}`;
    operations.set(key, [...(operations.get(key) ?? []), node]);
  });
  for (const [key, nodes] of operations) {
    const pool = evaluation.deployment.pools.find(({ name }) => nodes[0]?.pool === undefined || name === nodes[0].pool);
    const stage = pool?.stages.find(({ name }) => name === nodes[0]?.stage);
    const covered = nodes.flatMap(({ gpus }) => gpus).sort((a, b) => a - b);
    expect(covered, key).toEqual(stage?.gpus.toSorted((a, b) => a - b));
    expect(new Set(nodes.map(({ gpus }) => gpus.length)).size, `${key}: groups of one size`).toBe(1);
  }
}

/** The marked nodes are a path from source to sink, and no path takes longer. */
function expectCriticalPath(dag: Dag, { prediction }: Evaluation): void {
  const marked = new Set(dag.filterNodes((_, { critical }) => critical));
  const reached = new Set(['source']);
  for (const at of reached) for (const next of dag.outNeighbors(at)) if (marked.has(next)) reached.add(next);
  expect(reached.has('sink')).toBe(true);
  const nodes = [...marked].map((id) => dag.getNodeAttributes(id));
  const seconds = nodes.reduce((sum, node) => sum + waitedSeconds(node), 0);
  // Of pools beside each other the longest is marked.
  const pools = prediction.pools.filter(({ pool }) =>
    nodes.some(({ kind, pool: own }) => kind !== 'source' && kind !== 'sink' && (own ?? pool.name) === pool.name),
  );
  const runs = pools.reduce(
    (sum, { steps }) => sum + (steps[0]?.stages ?? []).reduce((all, run) => all + run.seconds, 0),
    0,
  );
  const handed = nodes.reduce((sum, node) => sum + (node.operation === 'kv-transfer' ? node.seconds : 0), 0);
  expect(Math.abs(seconds - runs - handed)).toBeLessThanOrEqual(1e-9 * seconds);
}

const examples = [...exampleEvaluations()];
/** Of the file of mistakes one is computed and fails a validation: a circle. */
const valid = examples.filter(([name]) => name !== 'broken.moeplan circle');

describe.each(valid)('%s', (_, evaluation) => {
  test.each(ALL_OPTIONS)('$gpus GPUs, $layers layers, $experts experts: the six validations hold', (options) => {
    expectSound(evaluation, options);
  });

  test('folding equal GPUs, layers and experts changes no cost', () => expectFoldingKeepsCosts(evaluation));

  test('every operation is one node per group', () => expectGroups(evaluation));

  test('what is marked critical adds up to the time of a micro-batch', () => {
    for (const options of ALL_OPTIONS) expectCriticalPath(buildDag(evaluation, options), evaluation);
  });
});

describe('random small deployments', () => {
  const property = (check: (evaluation: Evaluation) => void) =>
    fc.assert(
      fc.property(smallDeployment, (deployment) => check(evaluate(deployment))),
      { numRuns: propertyRuns(60) },
    );

  test('the six validations hold', () => {
    property((evaluation) => {
      for (const options of ALL_OPTIONS) expectSound(evaluation, options);
    });
  });

  test('folding changes no cost', () => property(expectFoldingKeepsCosts));

  test('every operation is one node per group', () => property(expectGroups));

  test('what is marked critical adds up to the time of a micro-batch', () =>
    property((evaluation) => expectCriticalPath(buildDag(evaluation), evaluation)));
});

describe('worked cases', () => {
  const built = (parallel: Parameters<typeof analysis>[0], options: Partial<DagOptions> = {}) =>
    buildDag(evaluate(analysis(parallel)), { gpus: 'each', layers: 'each', experts: 'grouped', ...options });
  const count = (dag: Dag, of: (node: DagNode) => boolean) => dag.filterNodes((_, node) => of(node)).length;

  test('tp = 8 over 16 GPUs: attention reduces in two groups of 8 in each layer', () => {
    const dag = built({ tp: 8, ep: 16, etp: 1 });
    const groups = dag
      .mapNodes((_, node) => node)
      .filter(({ kind, block, gpus }) => kind === 'communication' && block === 'l0' && gpus.length === 8);
    expect(groups.map(({ gpus }) => gpus[0])).toEqual([0, 8]);
  });

  test('ep = 16: one dispatch and one combine over all GPUs in each of 4 layers', () => {
    const dag = built({ ep: 16, etp: 1 });
    for (const operation of ['dispatch', 'combine'])
      expect(count(dag, (node) => node.operation === operation && node.gpus.length === 16)).toBe(4);
  });

  test('experts one by one: 16 of each layer, each on its own GPU', () => {
    const dag = built({ ep: 16, etp: 1 }, { experts: 'each' });
    expect(count(dag, ({ operation, gpus }) => operation === 'experts' && gpus.length === 1)).toBe(64);
  });

  test('ep = 3 over 16 experts: GPUs hold 6, 5 and 5, and an expert left out of one is found', () => {
    const evaluation = exampleEvaluations().get('broken.moeplan degrees');
    if (!evaluation) throw new Error('the example has gone');
    const dag = buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'each' });
    const held = [0, 1, 2].map((gpu) =>
      count(dag, ({ operation, block, gpus }) => operation === 'experts' && block === 'l0' && gpus[0] === gpu),
    );
    expect(held).toEqual([6, 5, 5]);
    const dimensions = () => validateDag(dag, evaluation).find(({ name }) => name === 'dimensions-preserved')?.holds;
    expect(dimensions()).toBe(true);
    const [last] = dag.filterNodes((_, { operation, gpus }) => operation === 'experts' && gpus[0] === 2);
    dag.dropNode(last ?? '');
    expect(dimensions()).toBe(false);
  });

  test('pp = 2: a transfer from each GPU of the first stage to its counterpart', () => {
    const dag = built({ tp: 8, ep: 8, etp: 1, pp: 2 });
    const transfers = dag.filterNodes((_, { block, kind }) => block === '' && kind === 'communication');
    expect(transfers).toHaveLength(8);
    expect(dag.getNodeAttributes(transfers[3] ?? '').gpus).toEqual([3, 11]);
  });

  test('keys stay when another degree changes nothing about them', () => {
    const keys = built({ ep: 16, etp: 1 }).nodes();
    expect(built({ ep: 16, etp: 1 }).nodes()).toEqual(keys);
    expect(keys).toContain('stage-0/l0/gpu3/qkv');
  });

  test('an expert that lies nowhere is the counterexample of the validation', () => {
    const evaluation = evaluate(analysis({ ep: 16, etp: 1 }));
    const { deployment } = evaluation;
    const pools = deployment.pools.map((pool) => ({
      ...pool,
      stages: pool.stages.map((stage) => ({
        ...stage,
        experts: new Map([...stage.experts].map(([layer, { ranks }]) => [layer, { ranks: ranks.with(1, []) }])),
      })),
    }));
    const found = validateDag(buildDag(evaluation), { ...evaluation, deployment: { ...deployment, pools } });
    expect(found.filter(({ holds }) => !holds).map(({ name, detail }) => [name, detail])).toEqual([
      ['experts-placed', 'expert 1 of layer 0 is on no GPU'],
    ]);
  });

  test('a plan whose experts lie on no GPU is not computed', () => {
    expect(exampleEvaluations().has('broken.moeplan by-hand')).toBe(false);
  });

  test('arrows that run in a circle make a cycle, and the validation names its stages', () => {
    const evaluation = exampleEvaluations().get('broken.moeplan circle');
    if (!evaluation) throw new Error('the example has gone');
    for (const options of ALL_OPTIONS) {
      const dag = buildDag(evaluation, options);
      expect(graphFacts(dag)).toMatchObject({ acyclic: false, sources: 1, sinks: 1, connected: true });
      const acyclic = validateDag(dag, evaluation).find(({ name }) => name === 'acyclic');
      expect(acyclic).toMatchObject({
        holds: false,
        detail: expect.stringMatching(/(front -> back -> front|back -> front -> back)$/),
      });
      expect(layoutDag(dag).edges).toHaveLength(dag.size);
    }
  });

  test('only edges that carry data are counted as checked', () => {
    const evaluation = evaluate(analysis({ ep: 16, etp: 1 }));
    const dag = buildDag(evaluation);
    const data = dag.filterEdges((_, { kind }) => kind === 'data').length;
    expect(data).toBeLessThan(dag.size);
    const check = validateDag(dag, evaluation).find(({ name }) => name === 'dimensions-preserved');
    expect(check?.detail).toBe(`${data} edges with data join equal shapes`);
  });

  test('a broken DAG fails each validation that it should', () => {
    const evaluation = evaluate(analysis({ ep: 16, etp: 1 }));
    const failing = (change: (dag: Dag) => void) => {
      const dag = buildDag(evaluation);
      change(dag);
      return validateDag(dag, evaluation)
        .filter(({ holds }) => !holds)
        .map(({ name }) => name);
    };
    const edge = { kind: 'data' as const, shape: [], bytes: 0 };
    expect(failing(() => undefined)).toEqual([]);
    expect(failing((dag) => dag.addEdge('sink', 'source', edge))).toEqual(
      expect.arrayContaining(['acyclic', 'one-source-one-sink']),
    );
    expect(failing((dag) => dag.addNode('lonely', dag.getNodeAttributes('sink')))).toEqual(
      expect.arrayContaining(['one-source-one-sink', 'connected', 'paths-complete']),
    );
    expect(
      failing((dag) => dag.setNodeAttribute('stage-0/l0/gpu3/qkv', 'input', [{ name: 'hidden', size: 1 }])),
    ).toEqual(['dimensions-preserved']);
  });
});
