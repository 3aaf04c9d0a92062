import type { PoolPrediction } from '../cost/evaluation.ts';
import type { LayerRun, Operation, Shape, StageRun } from '../cost/operation.ts';
import { Memo } from '../language/memo.ts';
import { foldedRepeats } from './repeats.ts';

/** The input of a pool's first operation. */
export function firstShape({ steps }: PoolPrediction): readonly Shape[] {
  const run = steps[0]?.stages[0];
  const first = run?.entry[0] ?? run?.layers[0]?.operations[0] ?? run?.exit[0];
  return first ? [first.input] : [];
}

/** The output of a stage. */
export function lastShape(run: StageRun): Shape | undefined {
  return (run.exit.at(-1) ?? outputOf(orderedRuns(run.layers, false).at(-1)?.operations ?? []))?.output;
}

/** The operation whose output leaves a layer: the last one, or the one that the arrows of the layer name. */
function outputOf(operations: readonly Operation[]): Operation | undefined {
  return operations.findLast(({ operator }) => operator?.leaves) ?? operations.at(-1);
}

/** Layers that are drawn once. */
export interface DrawnRun {
  readonly layers: readonly number[];
  readonly operations: readonly Operation[];
  /** The layers that open and close with these: the layers themselves, or in a repeating pattern those of all its runs. */
  readonly together: readonly number[];
}

/**
 * The layers of a stage in order. When folded, neighbours of one class are one run. So are layers at equal places of a
 * repeating pattern, as in models that alternate between two kinds of attention.
 */
export function orderedRuns(runs: readonly LayerRun[], folded: boolean): readonly DrawnRun[] {
  const cachedRuns = folded ? foldedRuns.get(runs) : undefined;
  if (cachedRuns) return cachedRuns;
  const order = runs
    .flatMap(({ layers, operations }) => layers.map((layer) => ({ layer, operations })))
    .filter(({ operations }) => operations.length > 0)
    .sort((a, b) => a.layer - b.layer);
  if (!folded) return order.map(({ layer, operations }) => ({ layers: [layer], operations, together: [layer] }));
  const made = inPatterns(neighbours(order));
  foldedRuns.set(runs, made);
  return made;
}

/** Cached, because folding asks for the same runs at every node. */
const foldedRuns = new Memo<readonly LayerRun[], readonly DrawnRun[]>();

interface Neighbours {
  readonly layers: number[];
  readonly operations: readonly Operation[];
}

function neighbours(
  order: readonly { readonly layer: number; readonly operations: readonly Operation[] }[],
): readonly Neighbours[] {
  const result: Neighbours[] = [];
  for (const { layer, operations } of order) {
    const last = result.at(-1);
    if (last?.operations === operations) last.layers.push(layer);
    else result.push({ layers: [layer], operations });
  }
  return result;
}

function inPatterns(pairs: readonly Neighbours[]): readonly DrawnRun[] {
  const names = new Map<readonly Operation[], number>();
  const together = new Map<readonly Neighbours[], readonly number[]>();
  const layersOf = (runs: readonly Neighbours[]) => runs.flatMap(({ layers }) => layers);
  const folded = foldedRepeats(pairs, ({ layers, operations }) => {
    const name = names.get(operations) ?? names.size;
    names.set(operations, name);
    return `${name} x${layers.length}`;
  });
  return folded.map((part) => {
    const layers = together.get(part.all) ?? layersOf(part.all);
    together.set(part.all, layers);
    return { layers: layersOf(part.items), operations: part.items[0]?.operations ?? [], together: layers };
  });
}

/** Runs with the opened ones split: their layers appear one by one, in the order of the pattern. */
export function openedRuns(
  runs: readonly DrawnRun[],
  isOpen: (together: readonly number[]) => boolean,
): readonly DrawnRun[] {
  return runs
    .flatMap((run) => (isOpen(run.together) ? run.layers.map((layer) => ({ ...run, layers: [layer] })) : [run]))
    .sort((a, b) => (a.layers[0] ?? 0) - (b.layers[0] ?? 0));
}

/** The name of drawn layers in ids: `l3`, `l0-5`. No two runs of a pattern begin with the same layer. */
export function blockName(layers: readonly number[]): string {
  return layers.length === 1 ? `l${layers[0]}` : `l${layers[0]}-${layers.at(-1)}`;
}

/**
 * Pools in the order of the dataflow between them. Rules report cycles; here the pools on a cycle keep their written order.
 */
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
