import type { Schedule } from '../../plan/parallel.ts';
import { type StageTimes, shareOfChunk } from './schedule.ts';

/**
 * The makespan of a schedule's event list (`simulate` in schedule.ts) without the list. It runs the same tasks in the same
 * order, but keeps for each stage only what others wait for: the ends of its last forward and its last backward pass.
 * Interleaved schedules need micro-batches in whole rounds of as many as there are stages. In seconds; the work grows with
 * stages x micro-batches x chunks.
 * Forward pass n of stage i runs at tick n + i, and its backward pass k after forward k + w_i, where w_i are the passes
 * with which the stage warms up. So everything that a pass needs was done in the tick before or, for 1F1B, in the same tick
 * by the next stage.
 */
export function makespan(
  stages: readonly StageTimes[],
  microBatches: number,
  schedule: Exclude<Schedule, 'dualpipe'>,
  chunks: number,
): number {
  const isEqual = stages.every((stage) => isAlike(stage, stages[0]));
  const [first] = stages;
  if (first && isEqual && schedule !== 'zero-bubble') return evenMakespan(first, stages.length, microBatches, chunks);
  return schedule === 'interleaved' && chunks > 1
    ? interleavedMakespan(stages, microBatches, chunks)
    : plainMakespan(stages, microBatches, schedule === 'zero-bubble');
}

function isAlike(stage: StageTimes, other: StageTimes | undefined): boolean {
  return (
    stage.forward === other?.forward &&
    stage.backwardInput === other.backwardInput &&
    stage.backwardWeight === other.backwardWeight &&
    stage.shares === undefined
  );
}

/** Equal stages wait for the way of the first micro-batch there and back, divided by the chunks (Narayanan 2021, 2.2). */
function evenMakespan(stage: StageTimes, stages: number, microBatches: number, chunks: number): number {
  const whole = stage.forward + stage.backwardInput + stage.backwardWeight;
  return whole * (microBatches + (stages - 1) / chunks);
}

/** 1F1B, and ZB1P, where weight gradients wait for as many backward passes as the stage's index. */
function plainMakespan(stages: readonly StageTimes[], microBatches: number, isZeroBubble: boolean): number {
  const { length } = stages;
  const { forward, backward, weight } = durations(stages, isZeroBubble);
  const free = new Float64Array(length);
  const forwardEnd = new Float64Array(length);
  const ticks = microBatches + length - 1;
  for (let tick = 0; tick < ticks; tick++) {
    const micro = tick - (length - 1);
    let behind = 0;
    // Goes from the last stage to the first, so that a stage reads the values of the stage before it from the tick before.
    for (let stage = length - 1; stage >= 0; stage--) {
      const next = tick - stage;
      let end = at(free, stage);
      if (next >= 0 && next < microBatches) {
        const arrived = stage > 0 ? at(forwardEnd, stage - 1) : 0;
        end = Math.max(end, arrived) + at(forward, stage);
        forwardEnd[stage] = end;
      }
      if (micro >= 0) {
        end = Math.max(end, behind) + at(backward, stage);
        behind = end;
        if (isZeroBubble && micro >= stage) end += at(weight, stage);
      }
      free[stage] = end;
    }
  }
  let last = 0;
  for (let stage = 0; stage < length; stage++) {
    const waiting = isZeroBubble ? Math.min(microBatches, stage) * at(weight, stage) : 0;
    last = Math.max(last, at(free, stage) + waiting);
  }
  return last;
}

function interleavedMakespan(stages: readonly StageTimes[], microBatches: number, chunks: number): number {
  const { length } = stages;
  const { forward, backward } = durations(stages, false);
  const shares = stages.map((stage) =>
    Array.from({ length: chunks }, (_, chunk) => shareOfChunk(stage, chunk, chunks)),
  );
  const shareOf = (stage: number, chunk: number) => shares[stage]?.[chunk] ?? 1 / chunks;
  const free = new Float64Array(length);
  const forwardEnd = new Float64Array(length);
  const backwardEnd = new Float64Array(length);
  const passes = microBatches * chunks;
  const round = length * chunks;
  const warm = (chunks - 1) * length;
  const ticks = passes + warm + 2 * length;
  for (let tick = 0; tick < ticks; tick++) {
    // The value of the tick before: the first stage of a chunk takes over from the last stage of the chunk before it.
    const lastForward = at(forwardEnd, length - 1);
    let behind = at(backwardEnd, 0);
    for (let stage = length - 1; stage >= 0; stage--) {
      const next = tick - stage;
      const back = next - warm - 2 * (length - 1 - stage);
      if (next < 0) continue;
      let end = at(free, stage);
      if (next < passes) {
        const arrived = stage > 0 ? at(forwardEnd, stage - 1) : next % round < length ? 0 : lastForward;
        end = Math.max(end, arrived) + at(forward, stage) * shareOf(stage, Math.floor((next % round) / length));
        forwardEnd[stage] = end;
      }
      const before = at(backwardEnd, stage);
      if (back >= 0 && back < passes) {
        const arrived = stage === length - 1 && back % round < length ? 0 : behind;
        const chunk = chunks - 1 - Math.floor((back % round) / length);
        end = Math.max(end, arrived) + at(backward, stage) * shareOf(stage, chunk);
        backwardEnd[stage] = end;
      }
      behind = before;
      free[stage] = end;
    }
  }
  return free.reduce((most, end) => Math.max(most, end), 0);
}

function durations(stages: readonly StageTimes[], isZeroBubble: boolean) {
  const { length } = stages;
  const forward = new Float64Array(length);
  const backward = new Float64Array(length);
  const weight = new Float64Array(length);
  stages.forEach((stage, index) => {
    forward[index] = stage.forward;
    backward[index] = stage.backwardInput + (isZeroBubble ? 0 : stage.backwardWeight);
    weight[index] = stage.backwardWeight;
  });
  return { forward, backward, weight };
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
