import type { LayerRun, Operation, StageRun } from '../operation.ts';
import { isCommunication } from './layer.ts';

/** What a prediction counts of a forward pass of one micro-batch through a stage, in seconds. */
export interface CountedPass {
  readonly seconds: number;
  /** The part in which only communication runs. */
  readonly exposed: number;
  /** Share of the exchange of tokens that computation hides. */
  readonly hidden: number;
}

/**
 * A stage whose operations have the times that a training step counts of them. Kernels give the proportions of its
 * operations, and fitted factors the time of the whole pass, of computation and of communication that nothing hides. So the
 * exposed times of the operations add up to the pass, wherever they are shown.
 */
export function countedRun(run: StageRun, { seconds, exposed, hidden }: CountedPass): StageRun {
  const sums = { compute: 0, communication: 0 };
  forEach(run, (operation, times) => {
    sums[laneOf(operation)] += times * operation.seconds;
  });
  const sent = sums.communication > 0 ? Math.min(exposed, seconds) : 0;
  const scales = {
    compute: sums.compute > 0 ? (seconds - sent) / sums.compute : 1,
    communication: sums.communication > 0 ? sent / sums.communication : 1,
  };
  const counted = (operation: Operation): Operation => {
    const exposedSeconds = operation.seconds * scales[laneOf(operation)];
    const isExchange = operation.kind === 'routing' || operation.kind === 'aggregation';
    const own = isExchange && hidden < 1 && isCommunication(operation) ? exposedSeconds / (1 - hidden) : exposedSeconds;
    const { engineSeconds: _, ...kernel } = operation;
    return { ...kernel, seconds: own, exposedSeconds, pricedSeconds: operation.seconds };
  };
  const exposedOf = (operations: readonly Operation[], which: (operation: Operation) => boolean) =>
    operations.reduce((sum, operation) => sum + (which(operation) ? operation.exposedSeconds : 0), 0);
  const layers = run.layers.map((layer): LayerRun => {
    const operations = layer.operations.map(counted);
    return {
      ...layer,
      operations,
      seconds: exposedOf(operations, () => true),
      exposedCommunicationSeconds: exposedOf(operations, isCommunication),
    };
  });
  return {
    ...run,
    entry: run.entry.map(counted),
    layers,
    exit: run.exit.map(counted),
    ...(run.transfer && { transfer: counted(run.transfer) }),
    seconds,
    exposedCommunicationSeconds: sent,
  };
}

function laneOf(operation: Operation): 'compute' | 'communication' {
  return isCommunication(operation) ? 'communication' : 'compute';
}

/** Visits every operation with how often a micro-batch runs it. */
function forEach(run: StageRun, visit: (operation: Operation, times: number) => void): void {
  for (const operation of run.entry) visit(operation, 1);
  for (const { layers, operations } of run.layers) for (const operation of operations) visit(operation, layers.length);
  for (const operation of run.exit) visit(operation, 1);
  if (run.transfer) visit(run.transfer, 1);
}
