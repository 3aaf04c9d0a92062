import type { OperatorKind } from '../plan/drawnLayer.ts';
import type { Constants } from './constants/row.ts';
import type { CollectivePart, FormulaInputs } from './kernels/primitive.ts';

/** One axis of a tensor with its name: `[batch=128, seq=10000, hidden=4096]`. */
export interface Axis {
  readonly name: string;
  /** Elements; 0 when a hand-drawn layer names a size that nothing gives. */
  readonly size: number;
}

export type Shape = readonly Axis[];

export type OperationKind =
  /** Rectangle: kernels on one GPU. */
  | 'compute'
  /** Ellipse: a collective or a transfer. */
  | 'communication'
  /** Parallelogram: tokens are sent to experts. */
  | 'routing'
  /** Parallelogram: the experts' results are brought together. */
  | 'aggregation'
  /** Expert selection; its edges are dashed. */
  | 'gate';

/** The GPUs that run one instance of an operation together. */
export type OperationGroup = 'gpu' | 'tp' | 'cp' | 'dp' | 'etp' | 'ep' | 'edp' | 'expert-group' | 'stage';

export type Bound = 'compute' | 'memory' | 'network' | 'latency';

/** What one GPU (or one group, for collectives) does in one layer of one step. Figures are per GPU. */
export interface Operation {
  /** Unique within its layer: `qkv`, `attention`, `router`, `dispatch`, `experts`, `combine`, ... */
  readonly key: string;
  readonly label: string;
  readonly kind: OperationKind;
  readonly group: OperationGroup;
  /** Keys of the operations that must finish first. `input` is the layer's input. */
  readonly after: readonly string[];
  readonly input: Shape;
  readonly output: Shape;
  readonly flop: number;
  /** Bytes read and written in memory, or sent over the network for communication. */
  readonly bytes: number;
  /** How long it runs for one micro-batch. With two-batch overlap both halves are counted together. */
  readonly seconds: number;
  /**
   * The part of `seconds` that its layer spends on it. What runs during computation or beside the experts is not exposed.
   * Over a layer the exposed times and `engineSeconds` add up to the layer's time.
   */
  readonly exposedSeconds: number;
  /** Training: how long it would run by its own formula. A step counts a fitted part of that, which is `seconds`. */
  readonly pricedSeconds?: number;
  /** Time that the engine adds to its kernels, after a layer's last operation. */
  readonly engineSeconds?: number;
  readonly bound: Bound;
  /** Name of the formula behind `seconds`, and the constants in use. */
  readonly formula: string;
  readonly constants: readonly Constants[];
  /** What the formula was given beside them. Absent where it says less than all. */
  readonly given?: FormulaInputs;
  /** Further kernels where an engine launches operations one by one, which others fuse. */
  readonly eagerKernels?: number;
  /** True for the operation that runs the routed experts: it may be drawn as one node per expert. */
  readonly routed?: boolean;
  /** Routed experts: load of the fullest rank over the mean load. `seconds` is the time of the fullest rank. */
  readonly imbalance?: number;
  /** The parts of an operation that is several collectives over groups of different kinds. */
  readonly parts?: readonly CollectivePart[];
  /** The operator of a hand-drawn layer to which it belongs. */
  readonly operator?: DrawnPart;
  /** Why its figures are not known, as a clause. They are 0 and are in no sum. */
  readonly notPredicted?: string;
}

/** The time that a micro-batch waits for an operation, including what the engine adds after it. */
export function shownSeconds({ exposedSeconds, engineSeconds = 0 }: Operation): number {
  return exposedSeconds + engineSeconds;
}

export interface DrawnPart {
  /** The hand-drawn layer. */
  readonly layer: string;
  readonly name: string;
  readonly kind: OperatorKind;
  /** Whether its output leaves the layer. */
  readonly leaves: boolean;
}

/** Equal layers of a stage: their operations once, and the layers that run them. */
export interface LayerRun {
  readonly className: string;
  readonly layers: readonly number[];
  readonly operations: readonly Operation[];
  /** Seconds of one layer, overlaps taken into account. */
  readonly seconds: number;
  /** Part of `seconds` in which only communication runs. */
  readonly exposedCommunicationSeconds: number;
  /** Whether two halves of the batch take turns: one computes while the other communicates. */
  readonly isInTurns: boolean;
}

/** Operations before the first layer (embedding) or after the last (norm, output head, sampling). */
export interface StageRun {
  readonly stage: number;
  readonly entry: readonly Operation[];
  readonly layers: readonly LayerRun[];
  readonly exit: readonly Operation[];
  /** Point-to-point transfer to the next stage. Absent on the last stage. */
  readonly transfer?: Operation;
  /** Seconds of one micro-batch through the stage, transfer included. */
  readonly seconds: number;
  /** The part of them in which only communication runs, without the transfer, for which stages wait. */
  readonly exposedCommunicationSeconds: number;
}

export type Phase = 'forward' | 'prefill' | 'decode' | 'training';

/** What the GPUs of a stage spend a step on, in seconds. The parts add up to the step, and none overlaps another. */
export interface StepParts {
  /** Kernels, what the engine adds between them, and the communication that they hide. */
  readonly computation: number;
  /** Only communication runs. */
  readonly exposedCommunication: number;
  /** The stage waits for other stages and for the transfers between them. */
  readonly bubble: number;
  /** What the engine does between steps; in training the optimizer too. */
  readonly betweenSteps: number;
}

/** One step of a pool in one phase. */
export interface Step {
  readonly phase: Phase;
  /** Tokens that one attention data-parallel rank handles in one micro-batch. */
  readonly tokensPerRank: number;
  /** Sequences of one attention data-parallel rank in one micro-batch. */
  readonly sequencesPerRank: number;
  /** Mean context length of attention, in tokens. */
  readonly context: number;
  readonly microBatches: number;
  /** What each stage does for one micro-batch. Chunks of a prompt are all the mean of them. */
  readonly stages: readonly StageRun[];
  /** What each stage spends the step on. */
  readonly parts: readonly StepParts[];
  /** From one step to the next. */
  readonly seconds: number;
  /**
   * The part of `seconds` outside of the schedule of micro-batches: what the engine's host adds to a step, in training the
   * gradients that nothing covers and the optimizer.
   */
  readonly overheadSeconds: number;
  /** The mean bubble of the stages, as a share of the step. */
  readonly bubbleFraction: number;
  /** The mean of the stages. */
  readonly exposedCommunicationSeconds: number;
  /** Tokens of all replicas finished per step. */
  readonly tokens: number;
}
