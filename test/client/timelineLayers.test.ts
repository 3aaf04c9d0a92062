import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layerKindsOf } from '../../client/preview/timeline/layers.ts';
import { previewTimelines } from '../../server/src/services/preview/timeline.ts';
import { largeTraining } from '../page/trainingPlan.ts';
import { analysed } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';

function example(name: string): string {
  return readFileSync(join(projectRoot, 'examples', `${name}.moeplan`), 'utf8');
}

const SERVED = `
cluster one { node = DGX-H200 }
workload chat { input = 2_000 tokens, output = 500 tokens, concurrency = 128 }
deployment plan {
  model = DeepSeek-V2-Lite, cluster = one, workload = chat
  engine { name = sglang }
  parallel { tp = 8, ep = 8 }
}
`;

describe.each([
  ['a batch over stages', example('deployment-analysis')],
  ['two pools, one of them with two batches that overlap', example('deepseek-v3-h800')],
  ['one pool', SERVED],
  ['training', largeTraining('schedule = 1f1b')],
  ['training in which passes run side by side', largeTraining('schedule = dualpipe')],
])('the layers of %s', (_, text) => {
  const analysis = analysed(text);
  const steps = analysis.plan.deployments.flatMap((resolved) => {
    const evaluation = analysis.evaluationOf(resolved);
    return evaluation ? previewTimelines(evaluation).map((timeline) => ({ evaluation, timeline })) : [];
  });

  test('are all layers of each pass, once', () => {
    for (const { timeline } of steps)
      for (const lane of timeline.lanes) {
        const passes = new Set(lane.events.pass);
        const written = [...passes].map(
          (index) => new Set(timeline.passes[index]?.layer.filter((layer) => layer >= 0)).size,
        );
        const shown = layerKindsOf(timeline, lane).map(({ layers }) => layers.length);
        expect(shown.reduce((sum, count) => sum + count, 0)).toBe(written.reduce((sum, count) => sum + count, 0));
      }
  });

  test('take as long as their streams and what is exposed', () => {
    let compared = 0;
    for (const { timeline } of steps)
      for (const lane of timeline.lanes)
        for (const { length, computing, communicating, exposed, bars, waits } of layerKindsOf(timeline, lane)) {
          expect(exposed).toBeLessThanOrEqual(communicating * (1 + 1e-9));
          // What is computed and what is exposed fill the layer, but for the gaps of an engine.
          expect(computing + exposed).toBeLessThanOrEqual(length * (1 + 1e-6));
          for (const { start, end } of bars) expect([start >= 0, end <= length * (1 + 1e-9)]).toEqual([true, true]);
          expect(waits.reduce((sum, [start, end]) => sum + end - start, 0)).toBeCloseTo(exposed, 3);
          compared += 1;
        }
    expect(compared).toBeGreaterThan(0);
  });
});

test.each([
  ['without overlap', SERVED],
  ['with two batches that hide each other', example('deepseek-v3-h800')],
])('the exposed communication of all layers together is that of the step, %s', (_, text) => {
  const analysis = analysed(text);
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  const [timeline] = evaluation ? previewTimelines(evaluation) : [];
  const step = evaluation?.prediction.pools[0]?.steps[0];
  const [lane] = timeline?.lanes ?? [];
  if (!timeline || !lane || !step) throw new Error('nothing was predicted');
  const kinds = layerKindsOf(timeline, lane);
  expect(kinds.map(({ name }) => name)).toEqual(['MoE layer', 'dense layer']);
  const exposed = kinds.reduce((sum, kind) => sum + kind.exposed * kind.layers.length, 0) / 1e9;
  const pass = timeline.passes[lane.events.pass[0] ?? -1];
  const scale = (lane.events.length[0] ?? 0) / timeline.parts / 1e9;
  // Before the first layer and behind the last the step communicates too.
  const around = (pass?.layer ?? []).reduce((sum, layer, slice) => {
    const isOutside = layer < 0 && pass?.row[slice] === 2;
    return isOutside ? sum + ((pass.end[slice] ?? 0) - (pass.start[slice] ?? 0)) * scale : sum;
  }, 0);
  const ofPass = step.exposedCommunicationSeconds / step.microBatches;
  const length = step.seconds / step.microBatches;
  expect(Math.abs(exposed + around - ofPass)).toBeLessThan(1e-3 * length);
});

test('two batches that hide each other leave less exposed than they communicate', () => {
  const analysis = analysed(example('deepseek-v3-h800'));
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  const [timeline] = evaluation ? previewTimelines(evaluation) : [];
  const [lane] = timeline?.lanes ?? [];
  const [kind] = timeline && lane ? layerKindsOf(timeline, lane) : [];
  expect(kind?.communicating).toBeGreaterThan(0);
  expect((kind?.exposed ?? 0) / (kind?.communicating ?? 1)).toBeLessThan(0.8);
});
