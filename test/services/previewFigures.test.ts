import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import type { Operation, StageRun } from '../../server/src/cost/operation.ts';
import { handover } from '../../server/src/cost/serving/handover.ts';
import { isCommunication } from '../../server/src/cost/steps/layer.ts';
import { buildDag } from '../../server/src/graph/build.ts';
import { memoryBars } from '../../server/src/services/preview/memoryBars.ts';
import { previewTimelines } from '../../server/src/services/preview/timeline.ts';
import { slicer, timelineOf } from '../../server/src/services/timeline/timeline.ts';
import { trafficOf } from '../../server/src/services/traffic/traffic.ts';
import { evaluated, exampleEvaluations } from '../support/analysed.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { smallDeployment } from '../support/randomDeployments.ts';

/** Every view of the preview draws the same evaluation: what one of them adds up is what was computed. */

const SERVED = (inside: string) => `model small {
  layers = 8, hidden = 1_024, vocabulary = 32_000
  attention { heads = 16, kv-heads = 4 }
  experts { count = 16, top-k = 2, ffn = 2_048 }
}
cluster one { node = DGX-H100, count = 2 }
workload chat { input = 1_010 tokens, output = 100 tokens, concurrency = 64 }
deployment plan {
  model = small, cluster = one, workload = chat
  ${inside}
}
`;

const evaluations = new Map([
  ...exampleEvaluations(),
  [
    'pools in one node',
    evaluated(
      SERVED(
        'pool a { role = prefill, gpus = 0..3, parallel { ep = 4 } }\n  pool b { role = decode, gpus = 4..7, parallel { ep = 4 } }\n  a -> b',
      ),
    ),
  ],
  [
    'pools in two nodes',
    evaluated(
      SERVED(
        'pool a { role = prefill, gpus = 0..7, parallel { tp = 4, pp = 2, ep = 4 } }\n  pool b { role = decode, gpus = 8..15, parallel { dp = 8, ep = 8 } }\n  a -> b',
      ),
    ),
  ],
  [
    'small all-reduces',
    evaluated(SERVED('gpus = 0..7\n  engine { name = vllm, chunk = 300 tokens }\n  parallel { tp = 8, etp = 8 }')),
  ],
]);

function expectEqual(actual: number, expected: number, what: string): void {
  expect(Math.abs(actual - expected), `${what}: ${actual} and ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(Math.abs(actual), Math.abs(expected)),
  );
}

/** Bars hold every GPU once, and their parts are the memory of the evaluation, to the byte. */
function expectMemory(evaluation: Evaluation): void {
  const bars = memoryBars(evaluation);
  const drawn = bars.flatMap(({ gpus }) => gpus).toSorted((a, b) => a - b);
  expect(drawn).toEqual(evaluation.deployment.gpus.toSorted((a, b) => a - b));
  const classes = evaluation.memory.flatMap((pool) => pool.classes);
  for (const [index, { segments, capacityBytes, fits }] of bars.entries()) {
    const one = classes[index];
    if (!one) throw new Error('a bar without its GPUs');
    const sum = (names: (name: string) => boolean) =>
      segments.reduce((bytes, each) => bytes + (names(each.name) ? each.bytes : 0), 0);
    const used = sum((name) => name !== 'free' && name !== 'over');
    expectEqual(used, one.totalBytes, 'used');
    expectEqual(used + sum((name) => name === 'free'), capacityBytes + sum((name) => name === 'over'), 'capacity');
    expect(fits).toBe(one.totalBytes <= one.capacityBytes);
  }
}

function operationsOf(run: StageRun): readonly (readonly [operation: Operation, times: number])[] {
  return [
    ...[...run.entry, ...run.exit].map((operation) => [operation, 1] as const),
    ...run.layers.flatMap(({ layers, operations }) => operations.map((one) => [one, layers.length] as const)),
  ];
}

/** In the graph drawn one by one each GPU has each operation of its layers once, with the time, FLOP and bytes computed. */
function expectGraph(evaluation: Evaluation): void {
  const dag = buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'grouped' });
  for (const { pool, steps: own } of evaluation.prediction.pools) {
    for (const run of own[0]?.stages ?? []) {
      const stage = pool.stages[run.stage];
      const [gpu] = stage?.gpus ?? [];
      if (!stage || gpu === undefined) continue;
      const sums = { seconds: 0, flop: 0, bytes: 0 };
      dag.forEachNode((_, node) => {
        if (node.stage !== stage.name || (node.pool ?? pool.name) !== pool.name || !node.gpus.includes(gpu)) return;
        if (node.operation === run.transfer?.key) return;
        for (const key of ['seconds', 'flop', 'bytes'] as const) sums[key] += node[key];
      });
      for (const key of ['seconds', 'flop', 'bytes'] as const)
        expectEqual(
          sums[key],
          operationsOf(run).reduce((sum, [one, times]) => sum + times * one[key], 0),
          key,
        );
    }
  }
}

/** Formulas whose bytes are counted where they end: what is handed on between nodes comes on top. */
const HANDED_ON = /^deepep/;

/** All that GPUs send in the layers of a step is what the operations there send, each as often as it runs. */
function expectTraffic(evaluation: Evaluation): void {
  for (const prediction of evaluation.prediction.pools) {
    for (const step of prediction.steps) {
      const { pool } = prediction;
      const passes =
        step.phase === 'prefill'
          ? step.tokens / (pool.parallel.dp * pool.replicas * step.tokensPerRank)
          : step.microBatches;
      // In training each is sent again on the way back.
      const times = passes * (step.phase === 'training' ? 2 : 1);
      const collectives = step.stages.flatMap((run) => {
        const gpus = pool.stages[run.stage]?.gpus.length ?? 0;
        return operationsOf(run).flatMap(([one, layers]) =>
          isCommunication(one) ? [[one, layers * gpus] as const] : [],
        );
      });
      const all = collectives.flatMap(([one]) => [one, ...(one.parts ?? [])]);
      if (all.some(({ formula }) => HANDED_ON.test(formula)) || pool.parallel.recompute.length > 0) continue;
      const sent = collectives.reduce((sum, [{ bytes }, count]) => sum + bytes * count * times, 0);
      const { operations } = trafficOf(evaluation, prediction, step);
      const others = ['kv-transfer', 'dp', 'edp', ...step.stages.map(({ transfer }) => transfer?.key)];
      const drawn = operations.flatMap(({ operation, bytes }) => (others.includes(operation) ? [] : bytes));
      expectEqual(
        drawn.reduce((sum, bytes) => sum + bytes, 0),
        sent,
        `${pool.name} ${step.phase}`,
      );
      if (step.phase === 'training') continue;
      const forward = step.stages.reduce(
        (sum, { stage, transfer }) => sum + (transfer?.bytes ?? 0) * (pool.stages[stage]?.gpus.length ?? 0) * passes,
        0,
      );
      const transferred = operations.filter(({ group }) => group === 'GPU to GPU').flatMap(({ bytes }) => bytes);
      expectEqual(
        transferred.reduce((sum, bytes) => sum + bytes, 0),
        forward,
        'between stages',
      );
    }
  }
}

/** A drawn step is as long as the one computed, and each pass on it as its stage. */
function expectTimeline(evaluation: Evaluation): void {
  for (const prediction of evaluation.prediction.pools) {
    for (const step of prediction.steps) {
      const timeline = timelineOf(evaluation, prediction.pool, step);
      if (!timeline || timeline.microBatches < step.microBatches) continue;
      const drawn = previewTimelines(evaluation).find(({ id }) => id.endsWith(`/${step.phase}`));
      expect(drawn?.end).toBe(Math.round(1e9 * (drawn?.rest ? step.seconds : timeline.seconds)));
      if (step.phase === 'training') continue;
      const slices = slicer(timeline);
      for (const event of timeline.events) {
        const run = step.stages[event.layersOf ?? event.stage];
        const { start, end } = event.whole ?? event;
        if (!run || event.kind === 'T') continue;
        expectEqual(end - start, run.seconds - (run.transfer?.seconds ?? 0), `${step.phase} pass`);
        const isInTurns = prediction.pool.engine.twoBatchOverlap;
        // Each operation is as long as it is predicted to run, with two-batch overlap in two halves.
        for (const { operation, layer, start: from, end: to } of slices(event)) {
          const isHalf =
            isInTurns &&
            layer !== undefined &&
            operationsOf(run).some(([{ exposedSeconds, seconds }]) => exposedSeconds < seconds);
          expectEqual((to - from) * (end - start), operation.seconds / (isHalf ? 2 : 1), operation.key);
        }
      }
    }
  }
}

describe.each([...evaluations])('%s', (_, evaluation) => {
  test('memory bars are the memory of each GPU', () => expectMemory(evaluation));
  test('the traffic is what the operations send', () => expectTraffic(evaluation));
  test('the timeline is the step', () => expectTimeline(evaluation));

  test('a KV cache is handed over in the graph, the traffic and the prediction alike', () => {
    const { deployment, cluster, prediction } = evaluation;
    const dag = buildDag(evaluation);
    for (const [from, to] of deployment.poolEdges) {
      const [source, target] = [deployment.pools[from], deployment.pools[to]];
      const { workload } = deployment;
      if (!source || !target || workload.kind !== 'serving') throw new Error('pools that serve nothing');
      const { bytes, seconds } = handover(cluster, source, target, workload);
      const node = dag
        .filterNodes((_id, { operation }) => operation === 'kv-transfer')
        .map((id) => dag.getNodeAttributes(id));
      expect(node.map((one) => [one.bytes, one.seconds])).toEqual([[Math.max(...bytes), seconds]]);
      const ofSource = prediction.pools[from];
      const prefill = ofSource?.steps.find(({ phase }) => phase === 'prefill');
      if (!ofSource || !prefill) throw new Error('no prompt is read');
      const { operations } = trafficOf(evaluation, ofSource, prefill);
      const flow = operations.find(({ operation }) => operation === 'kv-transfer');
      expect(flow?.seconds).toBe(seconds);
      const sent = source.stages.reduce((sum, { gpus }, index) => sum + gpus.length * (bytes[index] ?? 0), 0);
      expectEqual(
        (flow?.bytes ?? []).reduce((sum, each) => sum + each, 0),
        sent,
        'bytes',
      );
    }
  });
});

test('what is compared above has the formulas that count bytes in ways of their own', () => {
  const formulas = [...evaluations.values()].flatMap(({ prediction }) =>
    prediction.pools.flatMap(({ steps }) => steps.flatMap(({ stages }) => stages.flatMap(operationsOf))),
  );
  const found = new Set(formulas.map(([{ formula }]) => formula));
  for (const formula of ['all-reduce-one-shot', 'all-reduce', 'all-to-all'])
    expect([...found], formula).toContain(formula);
});

test('the graph of the analysis has each operation of a GPU once, as it was computed', () => {
  for (const [name, evaluation] of evaluations) if (!name.startsWith('deepseek')) expectGraph(evaluation);
});

test('any small deployment: memory, graph, traffic and timeline are those computed', () => {
  fc.assert(
    fc.property(smallDeployment, (deployment) => {
      const evaluation = evaluate(deployment);
      expectMemory(evaluation);
      expectGraph(evaluation);
      expectTraffic(evaluation);
      expectTimeline(evaluation);
    }),
    { numRuns: propertyRuns(60) },
  );
});
