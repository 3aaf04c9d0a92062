import type { CollectivePart } from '../kernels/primitive.ts';
import type { LayerRun, Operation, StageRun } from '../operation.ts';

/**
 * A stage with the mean chunk of a prompt. `first` and `last` are its passes with the first and the last chunk, both full,
 * and their mean is that of all chunks. `filled` are the tokens of a mean chunk over those of a full one; `shapes` has the
 * same operations with so many tokens.
 */
export function meanRun(first: StageRun, last: StageRun, shapes: StageRun, filled: number): StageRun {
  const mean = (a: number, b: number) => ((a + b) / 2) * filled;
  const meanPart = (before: CollectivePart, after: CollectivePart): CollectivePart => ({
    ...after,
    bytes: mean(before.bytes, after.bytes),
    seconds: mean(before.seconds, after.seconds),
  });
  const operation = (before: Operation, { given, ...after }: Operation, shaped: Operation): Operation => ({
    ...after,
    // Where the first chunk takes as long as the last, a mean chunk is a part of it; else no inputs have this mean.
    ...(given && before.seconds === after.seconds && { given: { ...given, filled } }),
    input: shaped.input,
    output: shaped.output,
    flop: mean(before.flop, after.flop),
    bytes: mean(before.bytes, after.bytes),
    seconds: mean(before.seconds, after.seconds),
    exposedSeconds: mean(before.exposedSeconds, after.exposedSeconds),
    ...(after.parts && { parts: after.parts.map((part, index) => meanPart(before.parts?.[index] ?? part, part)) }),
    ...(after.engineSeconds !== undefined && {
      engineSeconds: mean(before.engineSeconds ?? 0, after.engineSeconds),
    }),
  });
  const operations = (before: readonly Operation[], after: readonly Operation[], shaped: readonly Operation[]) =>
    after.map((own, index) => operation(before[index] ?? own, own, shaped[index] ?? own));
  const layers = last.layers.map((run, index): LayerRun => {
    const [before, shaped] = [first.layers[index] ?? run, shapes.layers[index] ?? run];
    return {
      ...run,
      operations: operations(before.operations, run.operations, shaped.operations),
      seconds: mean(before.seconds, run.seconds),
      exposedCommunicationSeconds: mean(before.exposedCommunicationSeconds, run.exposedCommunicationSeconds),
    };
  });
  const { transfer } = last;
  return {
    ...last,
    entry: operations(first.entry, last.entry, shapes.entry),
    layers,
    exit: operations(first.exit, last.exit, shapes.exit),
    ...(transfer && { transfer: operation(transfer, transfer, shapes.transfer ?? transfer) }),
    seconds: mean(first.seconds, last.seconds),
    exposedCommunicationSeconds: mean(first.exposedCommunicationSeconds, last.exposedCommunicationSeconds),
  };
}
