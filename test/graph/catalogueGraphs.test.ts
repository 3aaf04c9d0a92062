import { Graphviz } from '@hpcc-js/wasm-graphviz';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { buildDag, defaultOptions, isDrawable } from '../../server/src/graph/build.ts';
import { closedDag, type Detail, dagOf, sceneOf } from '../../server/src/graph/detail.ts';
import { toDot } from '../../server/src/graph/dot.ts';
import { Folding } from '../../server/src/graph/folding.ts';
import { orderedRuns } from '../../server/src/graph/runs.ts';
import { graphFacts, validateDag } from '../../server/src/graph/validate.ts';
import { exportGraph, GRAPH_FORMATS } from '../../server/src/services/outputs/export.ts';
import { CATALOG } from '../catalog/catalog.ts';
import { analysed } from '../support/analysed.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { parseXml } from '../support/xml.ts';

const MODELS = [...CATALOG.values()].flatMap((text) =>
  [...text.matchAll(/^model ([\w.-]+)/gm)].map(([, name = '']) => name),
);

const SERVING = 'workload w { input = 1_000 tokens, output = 500 tokens, concurrency = 64 }';
const BATCH = 'workload w { sequences = 64, length = 2_000 tokens }';
const TRAINING = `workload w { global-batch = 256, length = 4_096 tokens }
training t { optimizer = adamw }`;

/** A deployment of a model on DGX-H100, whether it fits there or not. */
function planOf(model: string, nodes: number, workload: string, more = ''): string {
  return `cluster c { node = DGX-H100, count = ${nodes} }
${workload}
deployment d {
  model = ${model}, cluster = c, workload = w${workload === TRAINING ? ', training = t' : ''}
  parallel { tp = 8, dp = ${nodes} }${more}
}
`;
}

/** Undefined for what the rules refuse, as training of a model that is only served. */
function evaluationOf(text: string): Evaluation | undefined {
  const analysis = analysed(text);
  const [resolved] = analysis.plan.deployments;
  return resolved && analysis.evaluationOf(resolved);
}

const DETAILS: readonly Detail[] = ['page', 'folded', 'each'];
/** More nodes than this are no picture; what is closed into boxes may have more only where a plan has as many stages. */
const MOST_NODES = 2_000;

function expectExports(evaluation: Evaluation): void {
  for (const detail of DETAILS) {
    if (detail !== 'page') {
      const dag = dagOf(evaluation, detail);
      expect(dag.order).toBeLessThanOrEqual(MOST_NODES);
      expect(graphFacts(dag)).toMatchObject({ acyclic: true, sources: 1, sinks: 1, connected: true });
    }
    for (const format of GRAPH_FORMATS) {
      const text = exportGraph(evaluation, format, { detail });
      expect(text.length).toBeGreaterThan(500);
      if (format === 'json') JSON.parse(text);
    }
  }
}

test('every model of the catalogue, on any number of nodes, served or trained, is drawn in every form and detail', {
  timeout: 120_000,
}, () => {
  let drawn = 0;
  const plan = fc.record({
    model: fc.constantFrom(...MODELS),
    nodes: fc.constantFrom(1, 2, 4, 16, 64, 256),
    workload: fc.constantFrom(SERVING, BATCH, TRAINING),
  });
  fc.assert(
    fc.property(plan, ({ model, nodes, workload }) => {
      const evaluation = evaluationOf(planOf(model, nodes, workload));
      if (!evaluation) return;
      drawn += 1;
      expectExports(evaluation);
    }),
    {
      numRuns: propertyRuns(8),
      // The smallest of what crashed: more than 100,000 parts of a DOT file.
      examples: [[{ model: 'LongCat-Flash', nodes: 1, workload: SERVING }]],
    },
  );
  expect(drawn).toBeGreaterThan(propertyRuns(8) / 4);
});

test('pools, stages and balanced experts are drawn in every form and detail', { timeout: 120_000 }, () => {
  const parts = [
    'pool front { gpus = [0..15], role = prefill, parallel { tp = 8, dp = 2 } }',
    'pool back { gpus = [16..31], role = decode, parallel { dp = 16, ep = 16 } }',
  ];
  const pools = `cluster c { node = DGX-H100, count = 4 }
${SERVING}
deployment d {
  model = DeepSeek-V3, cluster = c, workload = w
  ${parts.join('\n  ')}
}
`;
  const stages = planOf('Qwen3-235B-A22B', 8, TRAINING).replace('tp = 8, dp = 8', 'pp = 8, tp = 2, dp = 4');
  const balanced = planOf('gpt-oss-120b', 4, SERVING, '\n  balance = eplb').replace(
    'tp = 8, dp = 4',
    'dp = 32, ep = 32',
  );
  for (const text of [pools, stages, balanced]) {
    const evaluation = evaluationOf(text);
    if (!evaluation) throw new Error(`this plan cannot be computed:\n${text}`);
    expectExports(evaluation);
  }
});

describe('a model whose layers take turns', () => {
  const evaluation = evaluationOf(planOf('LongCat-Flash', 1, SERVING));
  if (!evaluation) throw new Error('LongCat-Flash cannot be computed');

  test('shows each kind once, and no figure depends on it', () => {
    const runs = evaluation.prediction.pools.flatMap(({ steps }) => steps[0]?.stages ?? []).map(({ layers }) => layers);
    expect(runs.flatMap((layers) => orderedRuns(layers, true)).map(({ layers }) => [layers[0], layers.length])).toEqual(
      [
        [0, 28],
        [1, 28],
      ],
    );
    const dag = dagOf(evaluation, 'folded');
    const total = (of: 'flop' | 'bytes') =>
      dag.reduceNodes((sum, _, node) => sum + node[of] * node.copies, 0) /
      dagOf(evaluation, 'each').reduceNodes((sum, _, node) => sum + node[of] * node.copies, 0);
    expect(total('flop')).toBeCloseTo(1, 9);
    expect(total('bytes')).toBeCloseTo(1, 9);
    for (const { holds, detail } of validateDag(dag, evaluation)) expect(holds, detail).toBe(true);
  });

  test('opens and closes all of them together, in their order', () => {
    const id = 'layers /all/l0-55';
    const dag = new Folding(evaluation, { opened: [id], closed: [] }).dag();
    const layers = [...new Set(dag.mapNodes((_, node) => node.layers[0]))].filter((layer) => layer !== undefined);
    expect(layers).toEqual(Array.from({ length: 56 }, (_, layer) => layer));
  });

  test('is read by Graphviz', async () => {
    const graphviz = await Graphviz.load();
    const dag = dagOf(evaluation, 'folded');
    const plain = graphviz.layout(toDot(dag, 'd'), 'plain', 'dot').split('\n');
    expect(plain.filter((line) => line.startsWith('node '))).toHaveLength(dag.order);
  });
});

test('letters of a pattern that mean the same are layers of one class', () => {
  const evaluation = evaluationOf(planOf('Nemotron-3-Nano-30B-A3B', 1, SERVING));
  expect(evaluation?.deployment.model.classes.map(({ name }) => name).sort()).toEqual(['full', 'mamba', 'moe']);
});

test('no level is drawn that counts more nodes than it should', () => {
  for (const model of ['Jamba-v0.1', 'gpt-oss-120b', 'Nemotron-3-Super-120B-A12B', 'DeepSeek-V3']) {
    const evaluation = evaluationOf(planOf(model, 2, SERVING));
    if (!evaluation) throw new Error(`${model} cannot be computed`);
    for (const most of [50, 500, 2_000, 20_000]) {
      const options = defaultOptions(evaluation, most);
      if (isDrawable(evaluation, options, most))
        expect(buildDag(evaluation, options).order, `${model} with ${most}`).toBeLessThanOrEqual(most);
    }
  }
});

/** A slide has 1280 x 720; smaller than 0.6 of its size text of 12 is below 5.5 points on it. */
test('what is drawn for a page fits one with text that can be read, for all models of the catalogue', {
  timeout: 120_000,
}, () => {
  const sizes = MODELS.flatMap((model) => {
    const evaluation = evaluationOf(planOf(model, 2, SERVING));
    if (!evaluation) return [];
    const scene = sceneOf(evaluation, 'page');
    const boxes = closedDag(evaluation).order;
    return [{ model, boxes, scale: Math.min(1280 / scene.width, 580 / scene.height) }];
  });
  expect(sizes.length).toBe(MODELS.length);
  expect(sizes.filter(({ scale }) => scale < 0.6)).toEqual([]);
  const { attributes } = parseXml(exportGraph(evaluationOf(planOf('DeepSeek-V3', 256, SERVING)) ?? fail(), 'svg'));
  expect(Number(attributes.get('width'))).toBeLessThan(2_100);
  expect(Number(attributes.get('height'))).toBeLessThan(1_100);
});

function fail(): never {
  throw new Error('DeepSeek-V3 cannot be computed');
}
