import type { Dag, SceneEdge, SceneNode } from '../types.ts';
import { edgesOf, type Point } from './edges.ts';
import { COLUMN_GAP } from './metrics.ts';

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
    const start: Point = [source.x + source.width, source.y + source.height / 2];
    const end: Point = [target.x, target.y + target.height / 2];
    if (from === to) return withinRow(rows[from], start, end, lines.take(`over ${from}`, [start[0], end[0]]));
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

function withinRow(row: Row | undefined, [x0, y0]: Point, [x1, y1]: Point, line: number): readonly number[] {
  const isBetween = row?.nodes.some((node) => node.x >= x0 && node.x + node.width <= x1) ?? false;
  if (!isBetween) {
    if (Math.abs(y0 - y1) < 0.5) return [x0, y0, x1, y1];
    const middle = x1 - COLUMN_GAP / 2;
    return [x0, y0, middle, y0, middle, y1, x1, y1];
  }
  const over = (row?.top ?? 0) - OVER - STEP * line;
  const turn = COLUMN_GAP / 3 + line;
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
