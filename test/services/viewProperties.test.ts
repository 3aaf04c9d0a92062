import { describe, expect, test } from 'vitest';
import type { Evaluation, PoolPrediction } from '../../server/src/cost/evaluation.ts';
import { type Operation, type Step, shownSeconds } from '../../server/src/cost/operation.ts';
import { isCommunication } from '../../server/src/cost/steps/layer.ts';
import { buildDag, defaultOptions } from '../../server/src/graph/build.ts';
import { asDrawn } from '../../server/src/graph/builder/handDrawn.ts';
import { Folding } from '../../server/src/graph/folding.ts';
import { waitedSeconds } from '../../server/src/graph/passTime.ts';
import type { Dag } from '../../server/src/graph/types.ts';
import { slicer, timelineOf } from '../../server/src/services/timeline/timeline.ts';
import { trafficOf } from '../../server/src/services/traffic/traffic.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { plansReader, randomPlan, textOf } from '../support/randomPlans.ts';

function expectEqual(value: number, expected: number, what: string): void {
  expect(Math.abs(value - expected), `${what}: ${value} and ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.abs(expected),
  );
}

function add(sums: Map<string, number>, key: string, value: number): void {
  if (value > 0) sums.set(key, (sums.get(key) ?? 0) + value);
}

function expectSame(found: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>, view: string): void {
  expect([...found.keys()].sort(), view).toEqual([...expected.keys()].sort());
  for (const [key, value] of expected) expectEqual(found.get(key) ?? 0, value, `${view} ${key}`);
}

/** Seconds of each kind of operation in a micro-batch, over the layers of each stage. */
function predicted(step: Step, of: (operation: Operation) => number = ({ seconds }) => seconds): Map<string, number> {
  const sums = new Map<string, number>();
  step.stages.forEach((run, stage) => {
    for (const one of [...run.entry, ...run.exit]) add(sums, `${stage} ${one.key}`, of(one));
    for (const { layers, operations } of run.layers)
      for (const one of asDrawn(operations)) add(sums, `${stage} ${one.key}`, layers.length * of(one));
  });
  return sums;
}

function drawn(dag: Dag, { pool }: PoolPrediction, several: boolean): Map<string, number> {
  const sums = new Map<string, Map<string, number>>();
  dag.forEachNode((_, node) => {
    const stage = pool.stages.findIndex(({ name }) => name === node.stage);
    if (stage < 0 || node.block === '' || (several && node.pool !== pool.name)) return;
    const key = `${stage} ${node.operation}`;
    const lanes = sums.get(key) ?? new Map<string, number>();
    add(lanes, node.gpus.join(), node.seconds * Math.max(1, node.layers.length));
    sums.set(key, lanes);
  });
  return new Map([...sums].flatMap(([key, lanes]) => (lanes.size > 0 ? [[key, Math.max(...lanes.values())]] : [])));
}

function traced(evaluation: Evaluation, { pool }: PoolPrediction, step: Step): Map<string, number> | undefined {
  const timeline = timelineOf(evaluation, pool, step);
  // Every chunk of a prompt is drawn as the last one: the step takes the mean.
  if (timeline && step.phase !== 'prefill') expect(timeline.seconds).toBeLessThanOrEqual(step.seconds * (1 + 1e-9));
  if (!timeline || step.phase === 'training') return undefined;
  const sums = new Map<string, number>();
  const slices = slicer(timeline);
  const seen = new Set<number>();
  for (const event of timeline.events) {
    if (event.kind === 'T' || seen.has(event.stage)) continue;
    seen.add(event.stage);
    const { start, end } = event.whole ?? event;
    for (const { operation, start: from, end: to } of slices(event))
      add(sums, `${event.stage} ${operation.key}`, (to - from) * (end - start));
  }
  return sums;
}

/** Seconds of each kind of operation as they were computed, a hand-drawn layer's kernels one by one. */
function computed(step: Step): Map<string, number> {
  const sums = new Map<string, number>();
  step.stages.forEach((run, stage) => {
    for (const one of [...run.entry, ...run.exit]) add(sums, `${stage} ${one.key}`, one.seconds);
    for (const { layers, operations } of run.layers)
      for (const one of operations) add(sums, `${stage} ${one.key}`, layers.length * one.seconds);
  });
  return sums;
}

function expectOneStep(evaluation: Evaluation): void {
  const { prediction } = evaluation;
  const several = prediction.pools.length > 1;
  const options = defaultOptions(evaluation);
  const dag = buildDag(evaluation, { ...options, gpus: 'folded', layers: 'folded', experts: 'grouped' });
  for (const pool of prediction.pools) {
    for (const [index, step] of pool.steps.entries()) {
      const times = traced(evaluation, pool, step);
      if (times) expectSame(times, computed(step), `timeline of ${step.phase}`);
      expectTraffic(evaluation, pool, step);
      for (const run of step.stages) {
        let shown = run.transfer ? shownSeconds(run.transfer) : 0;
        for (const one of [...run.entry, ...run.exit]) shown += shownSeconds(one);
        for (const { layers, operations } of run.layers)
          for (const one of operations) shown += layers.length * shownSeconds(one);
        expectEqual(shown, run.seconds, 'exposed times of a stage');
      }
      if (index === 0) expectSame(drawn(dag, pool, several), predicted(step), 'graph');
    }
  }
  expectPath(dag, evaluation);
  expectBoxes(evaluation);
}

/**
 * Links are busy for as long as the operations that use them run by their prices: by stage and operation, all passes of all
 * micro-batches.
 */
function expectTraffic(evaluation: Evaluation, pool: PoolPrediction, step: Step): void {
  const { parallel, stages } = pool.pool;
  const isTraining = step.phase === 'training';
  const isInterleaved = isTraining && parallel.schedule === 'interleaved' && step.microBatches >= stages.length;
  const isDual = isTraining && parallel.schedule === 'dualpipe' && stages.length > 1;
  const passes = step.microBatches;
  const priced = (one: Operation) => one.pricedSeconds ?? one.seconds;
  const expected = new Map<string, number>();
  const sent = (one: Operation, at: number, times: number) => {
    if (!isCommunication(one)) return;
    for (const part of one.parts ?? [{ ...one, seconds: priced(one) }]) {
      // The backward pass sends what the forward pass sends; so does what is computed again.
      const isExchange = part.group === 'expert-group' || part.group === 'etp';
      const isRepeated = parallel.recompute.includes('full') || (isExchange && parallel.recompute.includes('experts'));
      const runs = !isTraining ? 1 : isRepeated ? 3 : 2;
      if (part.bytes > 0) add(expected, `${at} ${one.key}`, part.seconds * times * runs);
    }
  };
  step.stages.forEach((run, index) => {
    // Half of DualPipe's micro-batches pass through the layers of the stage that stands opposite.
    for (const at of isDual ? [index, stages.length - 1 - index] : [index]) {
      const times = passes / (isDual ? 2 : 1);
      for (const one of [...run.entry, ...run.exit]) sent(one, at, times);
      for (const { layers, operations } of run.layers)
        for (const one of operations) sent(one, at, layers.length * times);
    }
    if (!run.transfer) return;
    const share = isTraining && !parallel.sequenceParallel ? 1 / parallel.tp : 1;
    const seconds = priced(run.transfer) * share * passes * (isInterleaved ? parallel.vpp : 1);
    add(expected, `${index} ${run.transfer.key}`, seconds);
    if (isTraining) add(expected, `${index + 1} ${run.transfer.key}`, seconds);
  });
  const found = new Map<string, number>();
  const { flows, operations } = trafficOf(evaluation, pool, step);
  for (const { stage, operation, seconds } of flows)
    if (!['kv-transfer', 'dp', 'edp'].includes(operation)) add(found, `${stage} ${operation}`, seconds);
  // From the last stage round to the first, once less than there are chunks.
  const round = step.stages[0]?.transfer;
  if (isInterleaved && round && parallel.vpp > 1) {
    const share = parallel.sequenceParallel ? 1 : 1 / parallel.tp;
    for (const at of [0, stages.length - 1])
      add(expected, `${at} ${round.key}`, round.seconds * share * passes * (parallel.vpp - 1));
  }
  expectSame(found, expected, `traffic of ${step.phase}`);
  for (const { label, group, stage, seconds } of operations) {
    const own = flows.filter((flow) => flow.label === label && flow.group === group && flow.stage === stage);
    expectEqual(
      seconds,
      own.reduce((sum, flow) => sum + flow.seconds, 0),
      `traffic of ${label}`,
    );
  }
}

/** What is marked critical adds up to a micro-batch's way through the pools that it passes. */
function expectPath(dag: Dag, { prediction }: Evaluation): void {
  const marked = dag.filterNodes((_, { critical }) => critical).map((id) => dag.getNodeAttributes(id));
  const seconds = marked.reduce((sum, node) => sum + waitedSeconds(node), 0);
  const pools = prediction.pools.filter(({ pool }) =>
    marked.some((node) => node.gpus.length > 0 && (node.pool ?? pool.name) === pool.name),
  );
  const runs = pools.flatMap(({ steps }) => steps[0]?.stages ?? []).reduce((sum, run) => sum + run.seconds, 0);
  const handed = marked.reduce((sum, node) => sum + (node.operation === 'kv-transfer' ? node.seconds : 0), 0);
  expectEqual(seconds, runs + handed, 'critical path');
}

/** A closed box takes no longer than the step that it is a part of. */
function expectBoxes(evaluation: Evaluation): void {
  const dag = new Folding(evaluation, { opened: [], closed: [] }).dag();
  const { pools } = evaluation.prediction;
  dag.forEachNode((_, node) => {
    if (node.opens === undefined) return;
    const own = pools.filter(({ pool }) => node.pool === undefined || node.pool === pool.name);
    const longest = Math.max(
      ...own.map(({ steps }) => (steps[0]?.stages ?? []).reduce((sum, { seconds }) => sum + seconds, 0)),
    );
    expect(waitedSeconds(node), node.label).toBeLessThanOrEqual(longest * (1 + 1e-9));
  });
}

describe('one step', () => {
  const read = plansReader();

  test('has the same times in every view, and its exposed times add up to it', () => {
    assertMost(
      randomPlan,
      (plan) => {
        const analysis = read(textOf(plan));
        const [resolved] = analysis.plan.deployments;
        const evaluation = resolved && analysis.evaluationOf(resolved);
        if (evaluation) expectOneStep(evaluation);
        return evaluation !== undefined;
      },
      { runs: 100 },
    );
  });

  const expectOneStepOf = (text: string) => {
    const analysis = read(text);
    const [resolved] = analysis.plan.deployments;
    const evaluation = resolved && analysis.evaluationOf(resolved);
    if (!evaluation) throw new Error(resolved?.invalid ?? 'the plan has no deployment');
    expectOneStep(evaluation);
  };

  test.each([
    'global-batch = 128, micro-batch = 1, length = 2048 tokens',
    'input = 1000 tokens, output = 100 tokens, concurrency = 64',
  ])('also of prediction modules: %s', (workload) => {
    const engine = workload.startsWith('input')
      ? 'name = vllm, speculative-tokens = 3, acceptance = 0.7'
      : 'name = megatron';
    expectOneStepOf(`cluster two { node = DGX-A100, count = 2 }
workload work { ${workload} }
deployment plan {
  model = GLM-4.6, cluster = two, workload = work
  engine { ${engine} }
  parallel { tp = 2, cp = 2, pp = 2, ep = 4, recompute = experts }
}
`);
  });

  test('also of DeepSeek-R1 on 4 and 9 nodes with two-batch overlap', () => {
    expectOneStepOf(`cluster thirteen { node = DGX-H100, count = 13 }
workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 8_000 }
deployment plan {
  model = DeepSeek-R1, cluster = thirteen, workload = chat
  engine { name = sglang, all-to-all = deepep, two-batch-overlap = true }
  pool prefill { gpus = 0..31, parallel { tp = 1, ep = 32 } }
  pool decode { gpus = 32..103, redundant-experts = 32, parallel { tp = 1, ep = 72 } }
  prefill -> decode
}
`);
  });
});
