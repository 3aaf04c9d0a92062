import { describe, expect, test } from 'vitest';
import { previewTimelines } from '../../server/src/services/preview/timeline.ts';
import type { TimelineEvents } from '../../server/src/services/preview/timelineProtocol.ts';
import { largeTraining } from '../page/trainingPlan.ts';
import { evaluated, exampleEvaluations } from '../support/analysed.ts';
import { pipelinedDecode } from '../support/pipelinedDecode.ts';

const evaluations = new Map([
  ...exampleEvaluations(),
  ['1F1B', evaluated(largeTraining('schedule = 1f1b'))],
  ['DualPipe', evaluated(largeTraining('schedule = dualpipe'))],
  ['decode in a pipeline', evaluated(pipelinedDecode(256))],
]);

function inView({ start, length }: TimelineEvents, end: number): number {
  return start.reduce((sum, from, index) => {
    const to = Math.min(end, from + (length[index] ?? 0));
    return sum + Math.max(0, to - Math.max(0, from));
  }, 0);
}

describe.each([...evaluations])('%s', (_, evaluation) => {
  const timelines = previewTimelines(evaluation);

  test('every step of every pool has its picture, with columns of equal length', () => {
    const steps = evaluation.prediction.pools.flatMap((pool) => pool.steps);
    expect(timelines).toHaveLength(steps.length);
    expect(new Set(timelines.map(({ id }) => id)).size).toBe(timelines.length);
    for (const { lanes, passes, operations } of timelines) {
      for (const { kind: _kind, label: _label, ...columns } of passes)
        expect(new Set(Object.values(columns).map((column) => column.length)).size).toBe(1);
      for (const { events, transfers } of lanes) {
        for (const columns of [events, transfers]) {
          expect(new Set(Object.values(columns).map((column) => column.length)).size).toBe(1);
          expect(columns.start.toSorted((a, b) => a - b)).toEqual(columns.start);
          expect(columns.pass.every((pass) => passes[pass] !== undefined)).toBe(true);
        }
      }
      expect(passes.flatMap(({ operation }) => operation).every((one) => operations[one] !== undefined)).toBe(true);
    }
  });

  test('a lane is busy or waits, and its shares make a whole', () => {
    for (const { lanes, scheduled } of timelines) {
      for (const { events, waits, facts } of lanes) {
        const waiting = waits.reduce((sum, time, index) => sum + (index % 2 === 0 ? -time : time), 0);
        // Nanoseconds are rounded once per event.
        expect(Math.abs(inView(events, scheduled) + waiting - scheduled)).toBeLessThan(2 * events.start.length + 2);
        const shares = facts.map(([, text]) => Number.parseFloat(text));
        expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(0.2);
        expect(shares.every((share) => share >= 0)).toBe(true);
      }
    }
  });

  test('the message stays small enough to be sent while one types', () => {
    expect(JSON.stringify(timelines).length).toBeLessThan(600_000);
  });
});

test('a step of many micro-batches names how many are drawn', () => {
  const text = largeTraining('schedule = 1f1b').replace('global-batch = 3840', 'global-batch = 61440');
  const [timeline] = previewTimelines(evaluated(text));
  expect(timeline?.notes[0]).toBe('The first 256 of 960 micro-batches.');
  expect(timeline?.rest).toBeUndefined();
});
