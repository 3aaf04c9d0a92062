import type { OperationKind } from '../../cost/operation.ts';
import type { ScheduleEvent } from '../../cost/schedule/events.ts';

/**
 * A step drawn over time. Times are whole nanoseconds, and repeated data is sent once: a lane has columns of events, an
 * event names a pass, a pass has columns of slices, and a slice names an operation.
 */
export interface PreviewTimeline {
  /** `0/decode`: number of the pool and phase. */
  readonly id: string;
  /** `Decode step of pool decode`. */
  readonly label: string;
  /** Where the picture ends: at the end of the step, or of the part that its events show. */
  readonly end: number;
  /** Where the last micro-batch ends. `rest` follows. */
  readonly scheduled: number;
  /** What follows the micro-batches: `Gradients not covered, optimizer`. */
  readonly rest?: string;
  /** Step time with its band, bubble, exposed communication, micro-batches. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Sentences about what the picture leaves out or simplifies. */
  readonly notes: readonly string[];
  readonly operations: readonly TimelineOperation[];
  /** The ends of slices are given in whole parts of a pass, of which it has this many. */
  readonly parts: number;
  readonly passes: readonly TimelinePass[];
  readonly lanes: readonly TimelineLane[];
}

export interface TimelineOperation {
  readonly key: string;
  readonly label: string;
  readonly kind: OperationKind;
  /** Formatted text: its own time with band, FLOP, bytes, what bounds it, its group. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Columns of equal length. Ends are in parts of the pass, of which there are `parts`. */
export interface TimelinePass {
  readonly kind: ScheduleEvent['kind'];
  /** `Forward`, `Backward of chunk 1`. */
  readonly label: string;
  readonly operation: readonly number[];
  /** -1 before the first layer and after the last. */
  readonly layer: readonly number[];
  /** 0 computation, 1 shared experts beside, 2 communication. */
  readonly row: readonly number[];
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** 1 when a shorter slice would make the pass shorter. */
  readonly critical: readonly number[];
}

/** The GPUs of a stage. All do the same at the same time. */
export interface TimelineLane {
  readonly label: string;
  /** `GPUs 0..7 (x8)`. */
  readonly gpus: string;
  /** The id, in `sources`, of its place in the source. With `/KEY` it is the place of one of its operations. */
  readonly source: string;
  /** Numbers of the rows that are not empty, as in a pass. */
  readonly rows: readonly number[];
  /** Sorted by start. */
  readonly events: TimelineEvents;
  readonly transfers: TimelineEvents;
  /** Start and end of each time in which the stage waits. */
  readonly waits: readonly number[];
  /** Shares of the picture: computing, communicating only, waiting. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Columns of equal length. An event that crosses the end of a decode period is at both ends, each time whole. */
export interface TimelineEvents {
  readonly pass: readonly number[];
  readonly micro: readonly number[];
  /** The micro-batch whose backward pass runs beside it; -1 without one. */
  readonly beside: readonly number[];
  readonly start: readonly number[];
  readonly length: readonly number[];
  /** 1 for events on the critical path. */
  readonly critical: readonly number[];
}
