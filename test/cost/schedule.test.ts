import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makespan } from '../../server/src/cost/schedule/makespan.ts';
import {
  forwardSchedule,
  type StageTimes,
  simulate,
  trainingSchedule,
} from '../../server/src/cost/schedule/schedule.ts';
import { uniform } from '../support/numbers.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

function even(stages: number, forward: number, input: number, weight: number): StageTimes[] {
  return Array.from({ length: stages }, () => ({ forward, backwardInput: input, backwardWeight: weight }));
}

describe('closed forms', () => {
  // m (F + B) + (p - 1)(F + B), Narayanan 2021, 2.2.
  for (const [p, m] of [
    [2, 2],
    [4, 8],
    [8, 8],
    [4, 3],
  ] as const) {
    test(`1F1B, p = ${p}, m = ${m}`, () =>
      expect(simulate(even(p, 1, 1, 1), m, '1f1b', 1)).toBeCloseTo((m + p - 1) * 3));
  }

  for (const [p, m, v] of [
    [4, 8, 2],
    [4, 16, 4],
    [2, 8, 3],
  ] as const) {
    test(`interleaving divides the bubble by v: p = ${p}, m = ${m}, v = ${v}`, () => {
      expect(simulate(even(p, 1, 1, 1), m, 'interleaved', v)).toBeCloseTo(m * 3 + ((p - 1) * 3) / v);
    });
  }

  // ZB-H1: the bubble is (p - 1)(F + B - W), B being the part by inputs (Qi 2023, table 1).
  for (const [p, m] of [
    [4, 8],
    [8, 16],
  ] as const) {
    test(`zero bubble, p = ${p}, m = ${m}`, () => {
      expect(simulate(even(p, 1, 1, 1), m, 'zero-bubble', 1)).toBeCloseTo(m * 3 + (p - 1) * (1 + 1 - 1));
    });
  }

  // DualPipe README: (p/2 - 1)(F&B + B - 3 W), B being both parts of the backward pass.
  for (const [p, m] of [
    [2, 8],
    [4, 8],
    [8, 20],
    [16, 64],
  ] as const) {
    test(`DualPipe, p = ${p}, m = ${m}`, () => {
      const { seconds } = trainingSchedule(even(p, 1, 1, 1), m, 'dualpipe', 1);
      expect(seconds).toBeCloseTo(m * 3 + (p / 2 - 1) * (3 + 2 - 3));
    });
  }

  test('DualPipe idles no longer than its closed form where passes are uneven', () => {
    fc.assert(
      fc.property(uniform(1, 2), fc.constantFrom(4, 8, 12), (input, p) => {
        const { seconds } = trainingSchedule(even(p, 1, input, 1), 3 * p, 'dualpipe', 1);
        const idle = seconds - 3 * p * (2 + input);
        expect(idle).toBeLessThanOrEqual((p / 2 - 1) * (2 + input + (input + 1) - 3) + 1e-9);
        expect(idle).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('DualPipe is faster where a pair takes less than its passes one after the other', () => {
    const stages = even(8, 1, 1, 1);
    const paired = stages.map((one) => ({ ...one, pair: 2.4 }));
    const { seconds } = trainingSchedule(paired, 40, 'dualpipe', 1);
    expect(seconds).toBeLessThan(trainingSchedule(stages, 40, 'dualpipe', 1).seconds * 0.9);
  });

  test('DualPipe on two ranks never idles', () => {
    expect(trainingSchedule(even(2, 1, 2, 1), 12, 'dualpipe', 1).bubbleFraction).toBeCloseTo(0);
  });

  test('an uneven number of micro-batches is interleaved too', () => {
    const { seconds } = trainingSchedule(even(4, 1, 1, 1), 9, 'interleaved', 2);
    expect(seconds).toBeCloseTo(8 * 3 + (3 * 3) / 2 + 3);
    expect(trainingSchedule(even(4, 1, 1, 1), 3, 'interleaved', 2).seconds).toBeCloseTo((3 + 3) * 3);
  });
});

const uneven = fc
  .array(fc.record({ forward: uniform(0.1, 2) }), { minLength: 2, maxLength: 6 })
  .map((stages) => stages.map(({ forward }) => ({ forward, backwardInput: forward, backwardWeight: forward })));

const anyStages = fc.oneof(
  fc.array(stageTimes(), { minLength: 1, maxLength: 9 }),
  fc.tuple(stageTimes(), fc.integer({ min: 1, max: 9 })).map(([one, count]) => new Array(count).fill(one)),
);

function stageTimes(): fc.Arbitrary<StageTimes> {
  const seconds = (min: number) => uniform(min, 3);
  return fc.record({ forward: seconds(0.01), backwardInput: seconds(0), backwardWeight: seconds(0) });
}

describe('properties', () => {
  test('the makespan without a list of events is that of the list', () => {
    fc.assert(
      fc.property(
        anyStages,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('1f1b' as const, 'interleaved' as const, 'zero-bubble' as const),
        (stages, count, chunks, schedule) => {
          const m = schedule === 'interleaved' ? stages.length * Math.ceil(count / 6) : count;
          const parts = schedule === 'interleaved' ? chunks : 1;
          const whole = simulate(stages, m, schedule, parts);
          expect(Math.abs(makespan(stages, m, schedule, parts) / whole - 1)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });

  test('... where chunks take unequal parts of their stage, too', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 });
    const shared = weights.map((parts) => {
      const sum = parts.reduce((total, part) => total + part, 0);
      return sum === 0 ? [1 / 3, 1 / 3, 1 / 3] : parts.map((part) => part / sum);
    });
    const stages = fc.array(fc.tuple(stageTimes(), shared), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(stages, fc.integer({ min: 1, max: 4 }), (drawn, rounds) => {
        const uneven = drawn.map(([times, shares]): StageTimes => ({ ...times, shares }));
        const m = uneven.length * rounds;
        const whole = simulate(uneven, m, 'interleaved', 3);
        expect(Math.abs(makespan(uneven, m, 'interleaved', 3) / whole - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test('a chunk that is longer than the others keeps the stages behind it waiting', () => {
    const stage: StageTimes = { forward: 1, backwardInput: 1, backwardWeight: 1 };
    const even = simulate([stage, stage], 2, 'interleaved', 2);
    const uneven = simulate(
      [
        { ...stage, shares: [0.75, 0.25] },
        { ...stage, shares: [0.25, 0.75] },
      ],
      2,
      'interleaved',
      2,
    );
    expect(uneven).toBeGreaterThan(even);
    expect(simulate([{ ...stage, shares: [0.5, 0.5] }, stage], 2, 'interleaved', 2)).toBeCloseTo(even, 12);
  });

  test('a stage that takes longer never shortens a step', () => {
    fc.assert(
      fc.property(
        fc.array(stageTimes(), { minLength: 2, maxLength: 8 }),
        fc.nat(),
        uniform(0, 1),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('1f1b' as const, 'interleaved' as const, 'zero-bubble' as const),
        (stages, which, more, count, schedule) => {
          const m = schedule === 'interleaved' ? stages.length * Math.ceil(count / 4) : count;
          const index = which % stages.length;
          const slower = stages.map((one, at) => (at === index ? { ...one, forward: one.forward + more } : one));
          const before = trainingSchedule(stages, m, schedule, 2).seconds;
          expect(trainingSchedule(slower, m, schedule, 2).seconds).toBeGreaterThanOrEqual(before * (1 - 1e-9));
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });

  test('extending the repeating part of 1F1B gives what simulating all of it gives', () => {
    fc.assert(
      fc.property(uneven, fc.integer({ min: 1, max: 3000 }), (stages, m) => {
        const whole = simulate(stages, m, '1f1b', 1);
        expect(Math.abs(trainingSchedule(stages, m, '1f1b', 1).seconds / whole - 1)).toBeLessThan(0.005);
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  test('forward only: the slowest stage sets the pace', () => {
    fc.assert(
      fc.property(uneven, fc.integer({ min: 1, max: 30 }), (stages, m) => {
        const times = stages.map(({ forward }) => forward);
        // The recurrence of a flow shop, micro-batch by micro-batch.
        const free = new Array<number>(times.length).fill(0);
        for (let micro = 0; micro < m; micro++) {
          let arrival = 0;
          times.forEach((seconds, stage) => {
            arrival = Math.max(arrival, free[stage] ?? 0) + seconds;
            free[stage] = arrival;
          });
        }
        expect(forwardSchedule(times, m).seconds).toBeCloseTo(Math.max(...free), 6);
      }),
    );
  });

  test('no schedule is faster than its busiest stage, and bubbles are shares', () => {
    fc.assert(
      fc.property(
        uneven,
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('1f1b' as const, 'interleaved' as const, 'zero-bubble' as const, 'dualpipe' as const),
        (stages, rounds, schedule) => {
          const m = rounds * stages.length;
          const { seconds, bubbleFraction } = trainingSchedule(stages, m, schedule, 2);
          // A rank of DualPipe holds a stage of each direction, and half of the micro-batches pass each.
          const busy = stages.map(({ forward }, index) =>
            schedule === 'dualpipe' && stages.length % 2 === 0
              ? (3 * (forward + (stages.at(-1 - index)?.forward ?? 0))) / 2
              : 3 * forward,
          );
          if (schedule !== 'dualpipe' || stages.length % 2 === 0) {
            expect(seconds).toBeGreaterThanOrEqual(m * Math.max(...busy) * (1 - 1e-9));
          }
          expect(bubbleFraction).toBeGreaterThanOrEqual(0);
          expect(bubbleFraction).toBeLessThan(1);
        },
      ),
    );
  });
});
