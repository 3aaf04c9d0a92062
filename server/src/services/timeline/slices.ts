import { isCommunication } from '../../cost/layer.ts';
import type { Operation, StageRun } from '../../cost/operation.ts';
import type { ScheduleEvent } from '../../cost/scheduleEvents.ts';

/** An operation inside a micro-batch. Seconds are from the micro-batch's start. */
export interface Slice {
  readonly operation: Operation;
  /** The layer, or `undefined` before the first and behind the last. */
  readonly layer: number | undefined;
  readonly lane: 'compute' | 'communication';
  readonly start: number;
  readonly end: number;
}

interface Step {
  readonly operation: Operation;
  readonly layer: number | undefined;
}

/**
 * The operations of an event, in the order in which they run; backwards in the backward pass. They are stretched evenly to
 * the event's length, which holds what the cost model adds (launches, recomputation) or takes off (overlap): the length of
 * an event is the prediction, the place of an operation in it a picture.
 */
export function slicesOf(run: StageRun, { kind, chunk, start, end }: ScheduleEvent, chunks: number): readonly Slice[] {
  const steps = stepsOf(run, kind, chunk, chunks);
  let sum = 0;
  for (const { operation } of steps) sum += operation.seconds;
  if (sum === 0) return [];
  const scale = (end - start) / sum;
  let at = 0;
  return (kind === 'B' || kind === 'W' ? steps.toReversed() : steps).map((step): Slice => {
    const from = at * scale;
    at += step.operation.seconds;
    const lane = isCommunication(step.operation) ? 'communication' : 'compute';
    return { ...step, lane, start: from, end: at * scale };
  });
}

function stepsOf(run: StageRun, kind: ScheduleEvent['kind'], chunk: number, chunks: number): readonly Step[] {
  if (kind === 'T') return run.transfer ? [{ operation: run.transfer, layer: undefined }] : [];
  const layers = run.layers
    .flatMap(({ layers, operations }) => layers.map((layer) => ({ layer, operations })))
    .sort((a, b) => a.layer - b.layer);
  const own = layers.slice(
    Math.round((chunk * layers.length) / chunks),
    Math.round(((chunk + 1) * layers.length) / chunks),
  );
  const outside = (operations: readonly Operation[]) =>
    operations.map((operation): Step => ({ operation, layer: undefined }));
  const steps = [
    ...(chunk === 0 ? outside(run.entry) : []),
    ...own.flatMap(({ layer, operations }) => operations.map((operation): Step => ({ operation, layer }))),
    ...(chunk === chunks - 1 ? outside(run.exit) : []),
  ];
  // Weight gradients are computed where the activations lie: nothing is sent for them.
  return kind === 'W' ? steps.filter(({ operation }) => !isCommunication(operation)) : steps;
}
