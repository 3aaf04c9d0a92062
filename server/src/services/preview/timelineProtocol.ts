import type { OperationKind } from '../../cost/operation.ts';
import type { ScheduleEvent } from '../../cost/schedule/events.ts';

/**
 * A step as it is drawn over time. Times are whole nanoseconds, and what repeats is said once: a lane has columns of
 * events, an event names a pass, a pass has columns of slices, a slice names an operation.
 */
export interface PreviewTimeline {
  /** `0/decode`: number of the pool and phase. */
  readonly id: string;
  /** `Decode step of pool decode`. */
  readonly label: string;
  /** Where the picture ends: the step, or as much of it as its events show. */
  readonly end: number;
  /** Where the last micro-batch ends; what follows is `rest`. */
  readonly scheduled: number;
  /** What lies behind the micro-batches: `Gradients not covered, optimizer`. */
  readonly rest?: string;
  /** Step time with its band, bubble, exposed communication, micro-batches. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What the picture leaves out or simplifies, a sentence each. */
  readonly notes: readonly string[];
  readonly operations: readonly TimelineOperation[];
  /** The ends of slices are whole parts of so many of their pass. */
  readonly parts: number;
  readonly passes: readonly TimelinePass[];
  readonly lanes: readonly TimelineLane[];
}

export interface TimelineOperation {
  readonly key: string;
  readonly label: string;
  readonly kind: OperationKind;
  /** Ready-made text: time of its own with band, FLOP, bytes, what bounds it, its group. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Columns of equal length; ends are in parts of the pass, of which it has `parts`. */
export interface TimelinePass {
  readonly kind: ScheduleEvent['kind'];
  /** `Forward`, `Backward of chunk 1`. */
  readonly label: string;
  readonly operation: readonly number[];
  /** -1 before the first layer and behind the last. */
  readonly layer: readonly number[];
  /** 0 computation, 1 shared experts beside, 2 communication. */
  readonly row: readonly number[];
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** 1 where the pass would be shorter if the slice were. */
  readonly critical: readonly number[];
}

/** The GPUs of a stage: all do the same at the same time. */
export interface TimelineLane {
  readonly label: string;
  /** `GPUs 0..7 (x8)`. */
  readonly gpus: string;
  /** The place in the source, by id in `sources`; with `/KEY` that of one of its operations. */
  readonly source: string;
  /** Rows that something stands in, by number as in a pass. */
  readonly rows: readonly number[];
  /** Sorted by start. */
  readonly events: TimelineEvents;
  readonly transfers: TimelineEvents;
  /** Start and end of each time in which the stage waits. */
  readonly waits: readonly number[];
  /** Shares of the picture: computing, only communicating, waiting. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Columns of equal length. An event that reaches over the end of a decode period stands at both ends, each time whole. */
export interface TimelineEvents {
  readonly pass: readonly number[];
  readonly micro: readonly number[];
  /** The micro-batch that goes backward beside; -1 without one. */
  readonly beside: readonly number[];
  readonly start: readonly number[];
  readonly length: readonly number[];
  /** 1 on the critical path. */
  readonly critical: readonly number[];
}
