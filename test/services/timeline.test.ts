import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { bubbleOf, timelinesOf } from '../../server/src/services/timeline/timeline.ts';
import { chromeTrace } from '../../server/src/services/timeline/trace.ts';
import { analysed, exampleEvaluations } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';
import { readerOf } from '../support/schemas.ts';

interface Trace {
  readonly otherData: { readonly notes: readonly string[] };
  readonly traceEvents: readonly {
    readonly ph: 'X' | 'M';
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    readonly ts?: number;
    readonly dur?: number;
  }[];
}

const schema: object = JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/trace-event.schema.json'), 'utf8'));
const readTrace = readerOf<Trace>(schema);

function trainingWith(schedule: string, microBatches = 16): Evaluation {
  const analysis = analysed(`model small {
  layers = 8, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 8, top-k = 2, ffn = 4096 }
}
workload learn { mode = training, global-batch = ${2 * microBatches}, micro-batch = 1, length = 1024 tokens }
cluster one { node = DGX-H100, count = 1 }
deployment plan {
  model = small, cluster = one, workload = learn
  parallel { pp = 4, ep = 2, ${schedule} }
}
`);
  const resolved = analysis.plan.deployments[0];
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(resolved?.invalid ?? 'the plan has no deployment');
  return evaluation;
}

const SCHEDULES = ['schedule = 1f1b', 'schedule = interleaved, vpp = 2', 'schedule = zero-bubble'];
const evaluations = new Map([
  ...exampleEvaluations(),
  ...SCHEDULES.map((schedule) => [schedule, trainingWith(schedule)] as const),
]);

describe.each([...evaluations])('%s', (_, evaluation) => {
  const timelines = timelinesOf(evaluation);

  test('the events have the bubble of the prediction and end within the step', () => {
    expect(timelines).toHaveLength(evaluation.deployment.pools.length);
    for (const timeline of timelines) {
      expect(timeline.microBatches).toBe(timeline.step.microBatches);
      // A prompt's chunks are drawn as its last one: only their order is the prediction's.
      if (timeline.step.phase === 'prefill') continue;
      // A long schedule is predicted from its first rounds, within 0.5 % of the events of all of it.
      expect(Math.abs(bubbleOf(timeline) - timeline.step.bubbleFraction)).toBeLessThan(0.005);
      expect(timeline.seconds).toBeLessThanOrEqual(timeline.step.seconds * 1.005);
    }
  });

  test('no stage does two things at once', () => {
    for (const { events, step } of timelines) {
      for (const { stage } of step.stages) {
        const own = events
          .filter((event) => event.stage === stage && event.kind !== 'T')
          .toSorted((a, b) => a.start - b.start);
        expect(own.length).toBeGreaterThanOrEqual(step.microBatches);
        own.slice(1).forEach((event, index) => {
          expect(event.start).toBeGreaterThanOrEqual((own[index]?.end ?? 0) - 1e-12);
        });
      }
    }
  });

  test('the trace obeys its format, names every line, and its last event ends with the step', () => {
    const { traceEvents } = readTrace(chromeTrace(evaluation));
    const named = new Set(traceEvents.flatMap(({ name, pid, tid }) => (name === 'thread_name' ? `${pid}/${tid}` : [])));
    const slices = traceEvents.filter(({ ph }) => ph === 'X');
    expect(slices.filter(({ pid, tid }) => !named.has(`${pid}/${tid}`))).toEqual([]);
    const end = Math.max(...slices.map(({ ts = 0, dur = 0 }) => ts + dur));
    const longest = Math.max(...timelines.map(({ step, seconds }) => Math.max(step.seconds, seconds)));
    expect(end / 1e6).toBeCloseTo(longest, 8);
  });

  test('equal plans give equal bytes', () => {
    expect(chromeTrace(evaluation)).toBe(chromeTrace(structuredClone(evaluation)));
  });
});

test('a schedule of DualPipe is left out, and the trace says so', () => {
  const evaluation = trainingWith('schedule = dualpipe');
  expect(timelinesOf(evaluation)).toEqual([]);
  expect(JSON.parse(chromeTrace(evaluation))).toMatchObject({
    otherData: { notes: ['plan: its schedule is not known event by event.'] },
    traceEvents: [],
  });
});

test('of a very long step the first micro-batches are written, and the trace says so', () => {
  const evaluation = trainingWith('schedule = 1f1b', 4096);
  const { otherData } = readTrace(chromeTrace(evaluation));
  expect(otherData.notes[0]).toBe('The first 2048 of 4096 micro-batches.');
});
