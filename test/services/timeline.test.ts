import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { criticalEvents, dependenciesOf } from '../../server/src/services/timeline/dependencies.ts';
import { slicesOf } from '../../server/src/services/timeline/slices.ts';
import {
  bubbleOf,
  chunksOf,
  slicer,
  type Timeline,
  timelineOf,
  timelinesOf,
} from '../../server/src/services/timeline/timeline.ts';
import { chromeTrace } from '../../server/src/services/timeline/trace.ts';
import { analysed, evaluated, exampleEvaluations } from '../support/analysed.ts';
import { pipelinedDecode } from '../support/pipelinedDecode.ts';
import { readTrace } from '../support/trace.ts';

function trainingWith(schedule: string, microBatches = 16): Evaluation {
  return evaluated(`model small {
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
}

/** Seconds of a step in which a stage only communicates, without what follows its last micro-batch. */
function exposedOf({ step, times, microBatches }: Timeline, stage: number): number {
  return times ? microBatches * (times[stage]?.exposed ?? 0) : (step.parts[stage]?.exposedCommunication ?? 0);
}

const SCHEDULES = [
  'schedule = 1f1b',
  'schedule = interleaved, vpp = 2',
  'schedule = zero-bubble',
  'schedule = dualpipe',
];
const evaluations = new Map([
  ...exampleEvaluations(),
  ...[4, 256].map((requests) => [`decode of ${requests}`, evaluated(pipelinedDecode(requests))] as const),
  ...SCHEDULES.map((schedule) => [schedule, trainingWith(schedule)] as const),
]);

describe.each([...evaluations])('%s', (_, evaluation) => {
  const timelines = timelinesOf(evaluation);

  test('the events have the bubble of the prediction and end within the step', () => {
    expect(timelines).toHaveLength(evaluation.deployment.pools.length);
    for (const timeline of timelines) {
      expect(timeline.microBatches).toBe(timeline.step.microBatches);
      // A long schedule is predicted from its first rounds, within 0.5 % of the events of all of it.
      const bubble = (bubbleOf(timeline) * timeline.seconds) / timeline.step.seconds;
      expect(Math.abs(bubble - timeline.step.bubbleFraction)).toBeLessThan(0.005);
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

  test('every event waits for what it needs, and the critical path has no gap', () => {
    for (const timeline of timelines) {
      const { events, step, seconds } = timeline;
      const depths = step.stages.length * chunksOf(timeline);
      const dependencies = dependenciesOf(events, step.stages.length, depths);
      for (const [index, before] of dependencies.entries()) {
        const { start = 0, whole, kind, micro } = events[index] ?? {};
        // In the steady state of decoding a token may wait for its step before.
        if (step.phase === 'decode' && whole) continue;
        for (const each of before) {
          const ended = events[each]?.end ?? Number.POSITIVE_INFINITY;
          if (step.phase !== 'decode') expect(ended, `${kind} ${micro}`).toBeLessThanOrEqual(start + 1e-9 * seconds);
        }
      }
      // All but the first forward passes and what reaches over from another period wait for something.
      const free = events.filter((event, index) => dependencies[index]?.length === 0 && event.whole === undefined);
      const first = free.every(({ kind, stage, layersOf = stage, chunk }) => kind === 'F' && layersOf + chunk === 0);
      expect(first).toBe(true);
      const critical = [...criticalEvents(events, dependencies)].flatMap((index) => events[index] ?? []);
      const covered = critical.reduce((sum, { start, end }) => sum + end - start, 0);
      expect(Math.abs(covered / seconds - 1)).toBeLessThan(1e-6);
    }
  });

  test('operations fill their pass, one at a time on each stream', () => {
    for (const timeline of timelines) {
      const slices = slicer(timeline);
      for (const event of timeline.events) {
        const own = slices(event);
        if (event.kind === 'T') expect(own).toEqual([]);
        else {
          // Behind the last layer the engine may add something.
          const last = Math.max(...own.map(({ end }) => end));
          const engine = (event.whole ?? event).end - (event.whole ?? event).start;
          const added = Math.max(0, ...own.map(({ operation }) => operation.engineSeconds ?? 0)) / engine;
          expect(last).toBeLessThanOrEqual(1 + 1e-9);
          expect(last).toBeGreaterThanOrEqual(1 - added - 1e-9);
        }
        for (const lane of ['compute', 'beside', 'communication'] as const) {
          const inOrder = own.filter((slice) => slice.lane === lane).toSorted((a, b) => a.start - b.start);
          inOrder.slice(1).forEach(({ start }, index) => {
            expect(start).toBeGreaterThanOrEqual((inOrder[index]?.end ?? 0) - 1e-12);
          });
        }
      }
    }
  });

  test('the trace obeys its format, and its last event ends with the step', () => {
    const { slices } = readTrace(chromeTrace(evaluation));
    const end = Math.max(...slices.map(({ ts, dur }) => ts + dur));
    const longest = Math.max(...timelines.map(({ step, seconds }) => Math.max(step.seconds, seconds)));
    expect(end / 1e6).toBeCloseTo(longest, 8);
  });

  test('equal plans give equal bytes', () => {
    expect(chromeTrace(evaluation)).toBe(chromeTrace(structuredClone(evaluation)));
  });
});

function only(evaluation: Evaluation): Timeline {
  const [timeline] = timelinesOf(evaluation);
  if (!timeline) throw new Error('the plan has no timeline');
  return timeline;
}

describe('overlap', () => {
  const served = (engine: string) => {
    const { plan, evaluationOf } = analysed(`model wide {
  layers = 4, hidden = 4096, weights = bf16
  attention { heads = 32, head-size = 128 }
  experts { count = 64, top-k = 4, ffn = 2048, shared-ffn = 2048 }
}
workload few { sequences = 64, length = 2048 tokens }
cluster one { node = DGX-H100, count = 1 }
deployment plan {
  model = wide, cluster = one, workload = few
  parallel { ep = 8 }
  engine { ${engine} }
}
`);
    const evaluation = plan.deployments[0] && evaluationOf(plan.deployments[0]);
    if (!evaluation) throw new Error(plan.deployments[0]?.invalid ?? 'the plan has no deployment');
    return only(evaluation);
  };
  const serving = (engine: string) => {
    const timeline = served(engine);
    const [event] = timeline.events;
    return event ? slicer(timeline)(event) : [];
  };
  const runOf = (engine: string) => {
    const [run] = served(engine).step.stages;
    if (!run) throw new Error('the step has no stage');
    return run;
  };
  const busy = (slices: ReturnType<typeof serving>, lane: string) =>
    slices.reduce((sum, slice) => sum + (slice.lane === lane ? slice.end - slice.start : 0), 0);

  test('without it computation and communication follow one another, all of it critical', () => {
    const slices = serving('two-batch-overlap = false');
    expect(busy(slices, 'compute') + busy(slices, 'communication')).toBeCloseTo(1, 9);
    expect(slices.every(({ isCritical }) => isCritical)).toBe(true);
  });

  test('with two-batch overlap one half computes while the other communicates', () => {
    const slices = serving('two-batch-overlap = true');
    const [compute, communication] = [busy(slices, 'compute'), busy(slices, 'communication')];
    expect(compute + communication).toBeGreaterThan(1.05);
    // But for the first and the last exchange one of the two streams is always busy.
    expect(Math.max(compute, communication)).toBeGreaterThan(0.9);
    expect(slices.some(({ isCritical }) => !isCritical)).toBe(true);
    expect(slices.filter(({ operation, layer }) => operation.key === 'experts' && layer === 0)).toHaveLength(2);
  });

  test.each([
    [true, 2],
    [false, 1],
  ])('whether halves take turns is what the prediction says (%s), whatever is hidden', (isInTurns, times) => {
    const engine = { twoBatchOverlap: true };
    const run = runOf(`two-batch-overlap = ${!isInTurns}`);
    const layers = run.layers.map((one) => ({ ...one, isInTurns }));
    const slices = slicesOf([{ run: { ...run, layers }, kind: 'F', chunk: 0, chunks: 1, layers: [0, 1] }], engine);
    for (const key of ['experts', 'dispatch'])
      expect(slices.filter(({ operation, layer }) => operation.key === key && layer === 0)).toHaveLength(times);
  });

  test('shared experts run beside the exchange of tokens', () => {
    const slices = serving('shared-overlap = true');
    const of = (key: string) => slices.find(({ operation, layer }) => operation.key === key && layer === 1);
    expect(of('shared-experts')).toMatchObject({ lane: 'beside', start: of('dispatch')?.start });
  });
});

test('in training a pass communicates as long as is predicted that nothing hides', () => {
  for (const schedule of ['schedule = 1f1b', 'schedule = zero-bubble']) {
    const timeline = only(trainingWith(schedule));
    const slices = slicer(timeline);
    const sent = timeline.step.stages.map(() => 0);
    for (const event of timeline.events)
      for (const { lane, start, end } of slices(event))
        if (lane === 'communication')
          sent[event.stage] = (sent[event.stage] ?? 0) + (end - start) * (event.end - event.start);
    for (const [stage, seconds] of sent.entries()) expect(seconds).toBeCloseTo(exposedOf(timeline, stage), 9);
    expect(exposedOf(timeline, 0)).toBeGreaterThan(0);
  }
});

test('the passes of DualPipe: each micro-batch goes through every stage and back, half of them from each end', () => {
  const { events, step } = only(trainingWith('schedule = dualpipe'));
  const passes = new Map<string, number>();
  const count = (key: string) => passes.set(key, (passes.get(key) ?? 0) + 1);
  for (const { kind, micro, layersOf, beside } of events) {
    if (kind === 'F' || kind === 'FB') count(`forward of ${micro} in ${layersOf}`);
    if (kind === 'B') count(`backward of ${micro} in ${layersOf}`);
    if (beside) count(`backward of ${beside.micro} in ${beside.layersOf}`);
  }
  expect(passes.size).toBe(2 * step.microBatches * step.stages.length);
  expect([...passes.values()].every((times) => times === 1)).toBe(true);
  const deferred = events.flatMap(({ isDeferred, micro, layersOf }) => (isDeferred ? `${micro} ${layersOf}` : []));
  const weights = events.flatMap(({ kind, micro, layersOf }) => (kind === 'W' ? `${micro} ${layersOf}` : []));
  expect(weights.toSorted()).toEqual(deferred.toSorted());
  const entering = events.filter(({ kind, start, layersOf }) => kind === 'F' && start === 0 && layersOf === 0);
  expect(entering.map(({ stage }) => stage)).toEqual([0, 3]);
});

test('a DualPipe schedule with too few micro-batches is left out, and the trace says so', () => {
  const evaluation = trainingWith('schedule = dualpipe', 6);
  expect(timelinesOf(evaluation)).toEqual([]);
  expect(JSON.parse(chromeTrace(evaluation))).toMatchObject({
    otherData: { notes: [expect.stringMatching(/^plan: DualPipe needs 8 micro-batches for its 4 stages/)] },
    traceEvents: [],
  });
});

test('interleaving is drawn in whole rounds of micro-batches', () => {
  const timeline = only(trainingWith('schedule = interleaved, vpp = 2', 14));
  expect(timeline).toMatchObject({ microBatches: 12, notes: ['The first 12 of 14 micro-batches.'] });
});

test('of a very long step the first micro-batches are written, and the trace says so', () => {
  const evaluation = trainingWith('schedule = 1f1b', 4096);
  const { notes } = readTrace(chromeTrace(evaluation));
  expect(notes[0]).toBe('The first 2,048 of 4,096 micro-batches.');
});

test('a step is cut to as many pairs of stage and micro-batch as are asked for', () => {
  const evaluation = trainingWith('schedule = 1f1b', 64);
  const { pool, step } = only(evaluation);
  expect(timelineOf(evaluation, pool, step, 40)?.microBatches).toBe(10);
});
