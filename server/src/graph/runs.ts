import type { PoolPrediction } from '../cost/evaluation.ts';
import type { LayerRun, Operation, Shape, StageRun } from '../cost/operation.ts';

/** What a pool's first operation takes in. */
export function firstShape({ steps }: PoolPrediction): readonly Shape[] {
  const run = steps[0]?.stages[0];
  const first = run?.entry[0] ?? run?.layers[0]?.operations[0] ?? run?.exit[0];
  return first ? [first.input] : [];
}

/** What a stage puts out. */
export function lastShape(run: StageRun): Shape | undefined {
  return (run.exit.at(-1) ?? outputOf(orderedRuns(run.layers, false).at(-1)?.operations ?? []))?.output;
}

/** What leaves a layer: the last of its operations, or what its arrows say. */
function outputOf(operations: readonly Operation[]): Operation | undefined {
  return operations.findLast(({ operator }) => operator?.leaves) ?? operations.at(-1);
}

/** Layers that are drawn once. */
export interface DrawnRun {
  readonly layers: readonly number[];
  readonly operations: readonly Operation[];
}

/** The layers of a stage in their order; folded, neighbours of one class are one. */
export function orderedRuns(runs: readonly LayerRun[], folded: boolean): readonly DrawnRun[] {
  const order = runs
    .flatMap(({ layers, operations }) => layers.map((layer) => ({ layer, operations })))
    .sort((a, b) => a.layer - b.layer);
  const result: { layers: number[]; operations: readonly Operation[] }[] = [];
  for (const { layer, operations } of order) {
    if (operations.length === 0) continue;
    const last = result.at(-1);
    if (folded && last && last.operations === operations) last.layers.push(layer);
    else result.push({ layers: [layer], operations });
  }
  return result;
}

/** Pools in the order of the dataflow between them. Rules report cycles; here the rest follows in its written order. */
export function poolOrder(count: number, edges: readonly (readonly [number, number])[]): readonly number[] {
  const order: number[] = [];
  const waiting = new Set(Array.from({ length: count }, (_, index) => index));
  while (waiting.size > 0) {
    const next =
      [...waiting].find((index) => !edges.some(([from, to]) => to === index && waiting.has(from))) ??
      [...waiting][0] ??
      0;
    waiting.delete(next);
    order.push(next);
  }
  return order;
}
