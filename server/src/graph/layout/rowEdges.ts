import type { Dag, SceneEdge, SceneNode } from '../types.ts';
import { edgesOf, type Point, ports } from './edges.ts';
import { COLUMN_GAP, STACK_GAP } from './metrics.ts';

export interface Row {
  readonly top: number;
  readonly bottom: number;
  readonly nodes: readonly SceneNode[];
}

/** Distances of parallel edges, and of the first of them from what it passes. */
const STEP = 4;
const OVER = 8;
const BELOW = 12;
/** So many edges lie side by side before they share a line. */
const MOST = 4;

/**
 * Edges between nodes in rows. Neighbours are joined straight; in a row, an edge that skips columns passes over them;
 * to a later row it runs through the free space below its own row, and at the left edge past the rows between.
 */
export function routeRows(
  dag: Dag,
  nodes: ReadonlyMap<string, SceneNode>,
  rows: readonly Row[],
  left: number,
): SceneEdge[] {
  const rowOf = new Map(rows.flatMap(({ nodes: own }, index) => own.map(({ id }) => [id, index] as const)));
  const lines = new Lines();
  return edgesOf(dag, nodes, (source, target) => {
    const from = rowOf.get(source.id) ?? (source.kind === 'sink' ? rows.length - 1 : 0);
    const to = rowOf.get(target.id) ?? (target.kind === 'sink' ? rows.length - 1 : 0);
    if (from === to) return withinRow(rows[from], source, target, lines);
    const start: Point = [source.x + source.width, source.y + source.height / 2];
    const end: Point = [target.x, target.y + target.height / 2];
    const below = (row: number, span: readonly [number, number]) =>
      (rows[row]?.bottom ?? 0) + BELOW + STEP * lines.take(`below ${row}`, span);
    const out = start[0] + COLUMN_GAP / 3;
    const into = end[0] - 11;
    if (to === from + 1) {
      const y = below(from, [Math.min(into, out), Math.max(into, out)]);
      return [...start, out, start[1], out, y, into, y, into, end[1], ...end];
    }
    const margin = left + 4 + (STEP - 1) * lines.take('margin', [rows[from]?.bottom ?? 0, rows[to]?.top ?? 0]);
    const first = below(from, [margin, out]);
    const last = below(to - 1, [margin, into]);
    return [...start, out, start[1], out, first, margin, first, margin, last, into, last, into, end[1], ...end];
  });
}

/** Straight where nothing stands between; else over what stands there, in the room above the lower of both nodes. */
function withinRow(row: Row | undefined, source: SceneNode, target: SceneNode, lines: Lines): readonly number[] {
  const [x0, x1] = [source.x + source.width, target.x];
  const [y0, y1] = ports(source, target);
  const [high, low] = [Math.min(y0, y1) - 1, Math.max(y0, y1) + 1];
  const isBetween = row?.nodes.some(
    ({ x, y, width, height }) => x >= x0 && x + width <= x1 && y < low && y + height > high,
  );
  if (!isBetween) {
    if (Math.abs(y0 - y1) < 0.5) return [x0, y0, x1, y1];
    const middle = x1 - COLUMN_GAP / 2;
    return [x0, y0, middle, y0, middle, y1, x1, y1];
  }
  const { y: top } = source.height < target.height ? source : target;
  // Nodes in a grid have little room between them: all edges to its inner places share it.
  const isTight = row?.nodes.some((node) => node.y < top && top - node.y - node.height <= STACK_GAP) ?? false;
  const line = isTight ? 0 : lines.take(`over ${top} ${row?.top ?? 0}`, [x0, x1]);
  const over = isTight ? top - STACK_GAP / 2 : top - OVER - STEP * line;
  const turn = (isTight ? STACK_GAP / 2 : COLUMN_GAP / 3) + line;
  return [x0, y0, x0 + turn, y0, x0 + turn, over, x1 - turn, over, x1 - turn, y1, x1, y1];
}

/** Hands out parallel lines, so that edges that run beside each other do not cover each other. */
class Lines {
  private readonly taken = new Map<string, (readonly [number, number])[][]>();

  /** The first line of a channel that is free between two coordinates. */
  take(channel: string, [from, to]: readonly [number, number]): number {
    const lines = this.taken.get(channel) ?? [];
    this.taken.set(channel, lines);
    const free = lines.findIndex((line) => line.every(([a, b]) => to <= a || b <= from));
    const index = free < 0 ? lines.length : free;
    const line = lines[index] ?? [];
    lines[index] = line;
    line.push([from, to]);
    return index % MOST;
  }
}
