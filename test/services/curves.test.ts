import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { formatFigure } from '../../server/src/cost/format.ts';
import { type Analysis, deploymentNamed } from '../../server/src/services/analysis.ts';
import { type CurveSubject, curves } from '../../server/src/services/curves/curves.ts';
import type { CurvesAnswer } from '../../server/src/services/preview/curvesProtocol.ts';
import { isToPage } from '../../server/src/services/preview/messages.ts';
import { whatIf } from '../../server/src/services/whatIf/answer.ts';
import { settingsOf } from '../../server/src/services/whatIf/knobs.ts';
import { changedBlock } from '../../server/src/services/whatIf/trial.ts';
import { analysed } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';

function example(name: string): Analysis {
  return analysed(readFileSync(join(projectRoot, 'examples', `${name}.moeplan`), 'utf8'));
}

const SERVED = analysed(`
cluster one { node = DGX-H200 }
workload chat { input = 2_000 tokens, output = 500 tokens, concurrency = 128 }
deployment plan {
  model = Qwen3-235B-A22B, cluster = one, workload = chat
  engine { name = vllm }
  parallel { tp = 8, ep = 8 }
  expect { ttft <= 2 s, tpot <= 50 ms }
}
`);

const TRAINED = analysed(`
cluster racks { node = DGX-H100, count = 16 }
workload learn { global-batch = 256, length = 4_096 tokens }
deployment plan {
  model = Qwen3-30B-A3B, cluster = racks, workload = learn
  engine { name = megatron }
  parallel { tp = 2, pp = 2, ep = 8, micro-batches = 8 }
}
`);

/** The curves, and in how many pieces they were worked out. */
function drawn(analysis: Analysis, subjects: readonly CurveSubject[], over?: string) {
  const work = curves(analysis, subjects, over);
  for (let turns = 1; ; turns++) {
    const { done, value } = work.next();
    if (done) return { answer: value, turns };
  }
}

function answered(analysis: Analysis, deployment: string, over?: string, changes: CurveSubject['changes'] = {}) {
  const { answer } = drawn(analysis, [{ deployment, changes }], over);
  if (!answer) throw new Error('there is no answer');
  return answer;
}

/** What the deployment's text would say at a point of a curve. */
function textsAt(analysis: Analysis, name: string, changes: CurveSubject['changes'], answer: CurvesAnswer) {
  const resolved = deploymentNamed(analysis, name);
  const settings = resolved && settingsOf(analysis, resolved, changes);
  const block = resolved && typeof settings === 'object' ? changedBlock(analysis, resolved, settings) : undefined;
  const deployment = block?.deployments[0]?.deployment;
  if (!deployment) return settings;
  const figures = figuresOf(evaluate(deployment));
  const named = { ...figures, 'throughput-per-gpu': figures.throughputPerGpu, step: figures.step };
  return answer.measures.map(({ name: measure }) => {
    const figure = Object.entries(named).find(([key]) => key === measure)?.[1];
    return figure ? formatFigure(figure) : '-';
  });
}

describe.each([
  ['prefill and decode apart', example('deepseek-v3-h800'), 'deepseek-v3-32', { 'decode.tp': '2' }],
  ['one pool', SERVED, 'plan', { 'kv-type': 'fp8', engine: 'sglang' }],
  ['a batch', example('deployment-analysis'), 'proposed', { length: 512 }],
  ['training', TRAINED, 'plan', { pp: '4' }],
] as const)('curves of %s', (_, analysis, name, changes) => {
  const axes = answered(analysis, name).axes.map((axis) => axis.name);

  test('show at every point what a text with that value predicts', () => {
    for (const tried of [{}, changes])
      for (const over of axes) {
        const answer = answered(analysis, name, over, tried);
        const { points = [], present = -1 } = answer.curves[0] ?? {};
        expect(points[present]?.texts, over).toEqual(textsAt(analysis, name, tried, answer));
        // Some of the points: each is a whole prediction.
        for (const point of points.filter(({ invalid }, index) => index % 7 === 3 && invalid === undefined))
          expect(point.texts, `${over} ${point.x}`).toEqual(
            textsAt(analysis, name, { ...tried, [over]: point.x }, answer),
          );
      }
  });

  test('rise along the axis, with the plan on them, and are a message that the page accepts', () => {
    for (const over of axes) {
      const answer = answered(analysis, name, over);
      const { points = [], present = -1 } = answer.curves[0] ?? {};
      const xs = points.map(({ x }) => x);
      expect(xs).toEqual([...new Set(xs)].sort((left, right) => left - right));
      expect(xs.length).toBeLessThanOrEqual(44);
      expect(present).toBeGreaterThanOrEqual(0);
      expect(isToPage(JSON.parse(JSON.stringify({ type: 'curves', sequence: 1, answer })))).toBe(true);
    }
  });
});

test('curves are worked out in pieces, at most one point in each', () => {
  const { answer, turns } = drawn(SERVED, [{ deployment: 'plan', changes: {} }]);
  expect(turns).toBeGreaterThan(answer?.curves[0]?.points.length ?? Number.POSITIVE_INFINITY);
});

test('beyond the concurrency that the cache holds, requests wait for their first token', () => {
  const answer = answered(SERVED, 'plan', 'concurrency');
  const [curve] = answer.curves;
  const most = curve?.most?.x ?? 0;
  const first = answer.measures.findIndex(({ name }) => name === 'ttft');
  const ttft = (isBeyond: boolean) =>
    curve?.points.filter(({ x }) => (isBeyond ? x > 1.5 * most : x <= most)).map(({ values }) => values[first] ?? 0) ??
    [];
  expect(most).toBeGreaterThan(128);
  expect(Math.min(...ttft(true))).toBeGreaterThan(5 * Math.max(...ttft(false)));
  // Half of the bytes of a token leave room for about twice as many requests.
  const narrow = answered(SERVED, 'plan', 'concurrency', { 'kv-type': 'fp8' }).curves[0]?.most?.x ?? 0;
  expect(narrow / most).toBeGreaterThan(1.9);
});

test('claims are drawn with the figure that they are about', () => {
  const { measures } = answered(SERVED, 'plan');
  expect(measures.map(({ name, goals }) => [name, goals.map(({ text }) => text)])).toEqual([
    ['throughput', []],
    ['ttft', ['claim <= 2 s']],
    ['tpot', ['claim <= 50 ms']],
  ]);
});

test('several deployments are drawn at the same values, and one that lacks the value says so', () => {
  const analysis = example('deployment-analysis');
  const names = analysis.plan.deployments.map(({ name }) => name);
  const { answer } = drawn(
    analysis,
    names.map((deployment) => ({ deployment, changes: {} })),
    'sequences',
  );
  const [first, ...others] = answer?.curves.map(({ points }) => points.map(({ x }) => x)) ?? [];
  for (const xs of others) expect(xs).toEqual(first);
  const mixed = analysed(`
cluster one { node = DGX-H100 }
workload chat { input = 500 tokens, output = 100 tokens, concurrency = 64 }
workload few { sequences = 32, length = 128 tokens }
deployment served { model = Qwen3-30B-A3B, cluster = one, workload = chat }
deployment batch { model = Qwen3-30B-A3B, cluster = one, workload = few }
`);
  const both = drawn(
    mixed,
    ['served', 'batch'].map((deployment) => ({ deployment, changes: {} })),
  );
  expect(both.answer?.curves.map(({ invalid }) => invalid)).toEqual([undefined, 'it has no concurrency']);
});

test('a value for which nothing can be computed is a gap that says why', () => {
  const answer = answered(TRAINED, 'plan', 'global-batch');
  const wrong = answer.curves[0]?.points.filter(({ invalid }) => invalid !== undefined) ?? [];
  for (const { invalid, values } of wrong) expect([invalid?.length === 0, values]).toEqual([false, []]);
  const apart = answered(TRAINED, 'plan', undefined, { pp: '7' }).curves[0];
  expect(apart?.points).toEqual([]);
  expect(apart?.invalid).toBe('`pp` cannot be 7 here');
});

test('curves over GPUs have a point for every number at which the degrees have a layout', () => {
  const { curves: drawnCurves } = answered(TRAINED, 'plan', 'gpus');
  const [curve] = drawnCurves;
  const places = curve?.points.filter(({ invalid }) => invalid === undefined).map(({ x }) => x) ?? [];
  // Copies must share 256 sequences evenly, and experts are spread over 8 GPUs of a stage.
  expect(places).toEqual([32, 64, 128, 256, 512, 1024]);
  // A wrong point would be one where the checker finds fault with the text.
  for (const x of places) expect(whatIf(TRAINED, 'plan', { gpus: x })?.invalid, String(x)).toBeUndefined();
  const [copies] = answered(example('deployment-analysis'), 'baseline-split', 'gpus').curves;
  const valid = copies?.points.flatMap(({ x, invalid }) => (invalid === undefined ? [x] : []));
  expect(valid).toEqual([16, 32, 48, 64, 80, 96, 112, 128]);
});

test('bands around curves are those of the figures at the written values', () => {
  for (const [analysis, measures] of [
    [SERVED, ['throughput', 'ttft', 'tpot']],
    [TRAINED, ['throughput', 'step', 'utilisation']],
  ] as const) {
    const answer = answered(analysis, 'plan');
    const [resolved] = analysis.plan.deployments;
    const evaluation = resolved && analysis.evaluationOf(resolved);
    if (!evaluation) throw new Error('no evaluation');
    const figures = figuresOf(evaluation);
    const [curve] = answer.curves;
    expect(answer.measures.map(({ name }) => name)).toEqual(measures);
    for (const [place, name] of measures.entries()) {
      const { band, value } = figures[name] ?? {};
      const present = curve?.points[curve.present ?? -1]?.values[place] ?? Number.NaN;
      const [low, high] = curve?.bands?.[place] ?? [];
      expect(value).toBe(present);
      expect(present * (low ?? 0), name).toBeCloseTo(band?.low ?? Number.NaN, 9);
      expect(present * (high ?? 0), name).toBeCloseTo(band?.high ?? Number.NaN, 9);
    }
  }
});
