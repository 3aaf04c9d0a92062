import { Memo } from '../../language/memo.ts';
import { PROJECTION_KERNELS } from '../attention/index.ts';
import type { Evaluation, PoolPrediction } from '../evaluation.ts';
import type { Bound, Operation, StageRun, Step } from '../operation.ts';
import { isCommunication } from '../steps/layer.ts';
import { poolSetting } from '../steps/stage.ts';
import type { TrainingTimes } from '../training/times.ts';
import { trainingStages } from '../training/training.ts';

/** What a GPU does in a part of a step, in the words of those who tune it. */
export type PartKind =
  | 'attention'
  | 'experts'
  | 'dense'
  | 'prediction'
  | 'other'
  | 'dispatch'
  | 'combine'
  | 'collective'
  | 'transfer'
  | 'host'
  | 'update'
  | 'bubble';

/** A part of a step: an operation over all layers and micro-batches, or time in which a GPU runs none. */
export interface StepPart {
  readonly kind: PartKind;
  readonly label: string;
  /** Seconds of the step, as the mean over the GPUs of the pool. The parts of a step add up to it. */
  readonly seconds: number;
  /** Seconds by which the fullest rank of experts exceeds an even load. They are in `seconds` too. */
  readonly unevenSeconds: number;
  /** The operation as it runs most often, and how often a stage runs it in the step on average. Absent where none runs. */
  readonly operation?: Operation;
  readonly runs: number;
  /** The stage that spends most time on it. */
  readonly stage: number;
}

interface Sum {
  kind: PartKind;
  label: string;
  seconds: number;
  unevenSeconds: number;
  operation?: Operation;
  runs: number;
  stage: number;
  longest: number;
}

/**
 * Where the time of a step goes, in GPU seconds: exposed times of operations, so that what runs beside other work counts
 * only as far as it is waited for; what the engine adds; and waiting for other stages, which is what remains. In
 * training `times` are the predicted passes of each stage, of which operations have the proportions of the forward pass.
 */
export function stepParts(step: Step, times?: readonly TrainingTimes[]): readonly StepPart[] {
  const { seconds, overheadSeconds, stages } = step;
  const sums = new Map<string, Sum>();
  for (const run of stages) addStage(sums, step, run, times?.[run.stage]);
  let spent = 0;
  for (const sum of sums.values()) spent += sum.seconds;
  const rest = { unevenSeconds: 0, runs: 0, stage: 0 };
  const isTraining = step.phase === 'training';
  const added: readonly StepPart[] = [
    ...sums.values(),
    isTraining
      ? { kind: 'update', label: 'gradients not covered, optimizer', seconds: overheadSeconds, ...rest }
      : { kind: 'host', label: 'engine between steps', seconds: overheadSeconds, ...rest },
    {
      kind: 'bubble',
      label: 'waiting for other stages',
      seconds: Math.max(0, seconds - overheadSeconds - spent),
      ...rest,
    },
  ];
  return added.filter((part) => part.seconds > SMALLEST * seconds).toSorted((a, b) => b.seconds - a.seconds);
}

const partsOfSteps = new Memo<Step, readonly StepPart[]>();

/** The parts of a step of an evaluation. Kept with the step, since several views ask for them. */
export function partsOfStep(
  { cluster, deployment }: Pick<Evaluation, 'cluster' | 'deployment'>,
  { pool }: Pick<PoolPrediction, 'pool'>,
  step: Step,
): readonly StepPart[] {
  const cachedParts = partsOfSteps.get(step);
  if (cachedParts) return cachedParts;
  const { workload } = deployment;
  const times = workload.kind === 'training' ? trainingStages(poolSetting(cluster, pool), workload) : undefined;
  const parts = stepParts(step, times);
  partsOfSteps.set(step, parts);
  return parts;
}

/** Shares of a step below this are rounding. */
const SMALLEST = 1e-12;

function addStage(sums: Map<string, Sum>, step: Step, run: StageRun, times?: TrainingTimes): void {
  const operations = operationsOf(run, times !== undefined);
  const scales = times ? trainingScales(operations, times) : undefined;
  const scale = step.microBatches / step.stages.length;
  for (const { operation, layers } of operations) {
    const ofRuns = layers * step.microBatches;
    const each = scales ? scales(operation) : operation.exposedSeconds;
    add(sums, partKindOf(operation), operation, scale * layers * each, ofRuns / step.stages.length, run.stage);
    const { engineSeconds = 0 } = operation;
    if (!scales && engineSeconds > 0) add(sums, 'host', undefined, scale * layers * engineSeconds, 0, run.stage);
  }
}

function add(
  sums: Map<string, Sum>,
  kind: PartKind,
  operation: Operation | undefined,
  seconds: number,
  runs: number,
  stage: number,
): void {
  const key = `${kind} ${operation?.key ?? ''}`;
  const uneven = operation?.imbalance === undefined ? 0 : seconds * (1 - 1 / operation.imbalance);
  const sum = sums.get(key);
  if (!sum) {
    const ofOperation = operation && { operation };
    const label = operation?.label ?? 'engine between kernels';
    sums.set(key, { kind, label, seconds, unevenSeconds: uneven, ...ofOperation, runs, stage, longest: seconds });
    return;
  }
  sum.seconds += seconds;
  sum.unevenSeconds += uneven;
  sum.runs += runs;
  if (seconds <= sum.longest) return;
  sum.longest = seconds;
  sum.stage = stage;
  if (operation) sum.operation = operation;
}

interface Repeated {
  readonly operation: Operation;
  readonly layers: number;
}

/** Transfers run beside the computation of inference, and in training belong to its passes. */
function operationsOf({ entry, layers, exit, transfer }: StageRun, withTransfer: boolean): readonly Repeated[] {
  const once = (operation: Operation): Repeated => ({ operation, layers: 1 });
  return [
    ...entry.map(once),
    ...layers.flatMap((run) => run.operations.map((operation) => ({ operation, layers: run.layers.length }))),
    ...exit.map(once),
    ...(withTransfer && transfer ? [once(transfer)] : []),
  ];
}

/** Seconds of an operation in both passes of a micro-batch, from the time that the passes give all of its sort. */
function trainingScales(
  operations: readonly Repeated[],
  { forward, backwardInput, backwardWeight, exposed }: TrainingTimes,
): (operation: Operation) => number {
  const sums = { compute: 0, communication: 0 };
  for (const { operation, layers } of operations) sums[sortOf(operation)] += layers * operation.exposedSeconds;
  const all = forward + backwardInput + backwardWeight;
  const isSilent = sums.communication === 0;
  const seconds = { compute: isSilent ? all : Math.max(0, all - exposed), communication: isSilent ? 0 : exposed };
  return (operation) => {
    const sort = sortOf(operation);
    return sums[sort] > 0 ? (operation.exposedSeconds * seconds[sort]) / sums[sort] : 0;
  };
}

function sortOf(operation: Operation): 'compute' | 'communication' {
  return isCommunication(operation) ? 'communication' : 'compute';
}

const ATTENTION: ReadonlySet<string> = new Set([
  ...PROJECTION_KERNELS.keys(),
  'attention',
  'indexer',
  'output-projection',
  'state',
  'state-output',
]);
const DENSE: ReadonlySet<string> = new Set(['ffn', 'shared-experts', 'parallel-ffn']);
const EXPERTS: ReadonlySet<string> = new Set(['latent-in', 'latent-out']);

export function partKindOf(operation: Operation): PartKind {
  const { key, kind, formula, routed } = operation;
  if (formula === 'prediction-module') return 'prediction';
  if (key === 'transfer') return 'transfer';
  if (isCommunication(operation))
    return kind === 'routing' ? 'dispatch' : kind === 'aggregation' ? 'combine' : 'collective';
  if (routed === true || kind !== 'compute' || EXPERTS.has(key)) return 'experts';
  if (ATTENTION.has(key)) return 'attention';
  return DENSE.has(key) ? 'dense' : 'other';
}

/** What a part waits for. */
export type PartBound = Bound | 'bubble' | 'host' | 'update';

/** Communication that is not short waits for the network, whatever its formula says of memory. */
export function partBound({ kind, operation }: StepPart): PartBound {
  if (kind === 'bubble' || kind === 'update') return kind;
  if (!operation) return 'host';
  return isCommunication(operation) && operation.bound !== 'latency' ? 'network' : operation.bound;
}
