import type { Dag, SceneEdge, SceneNode } from '../types.ts';
import { edgesOf, type Point, ports } from './edges.ts';
import { COLUMN_GAP, STACK_GAP } from './metrics.ts';
import type { Row } from './sections.ts';

/** The place of an item of a page: in a band of the page, or of the frame of a pool. */
export interface Frame {
  /** The frame around it. */
  readonly outer: Frame | undefined;
  /** Left side of the bands. */
  readonly flow: number;
  readonly band: number;
  /** Its position in the band. */
  readonly index: number;
  readonly left: number;
  readonly right: number;
  /** Top of the band. */
  readonly top: number;
  readonly bottom: number;
}

export interface PlacedRow extends Row {
  readonly frame: Frame;
  /** Its row number in its section. */
  readonly line: number;
}

/** Distance between parallel edges, and from the first of them to what it passes. */
const STEP = 4;
const OVER = 8;
const BELOW = 12;
/** Number of edges that run side by side before further ones share a line. */
const MOST = 4;

/**
 * Edges between nodes in rows. Neighbours are joined straight. In a row, an edge that skips columns passes over them. To a
 * later row of the same section an edge runs through the free space below its own row, and past the rows between along the
 * left side of the frame. From section to section it runs in the gap beside them, and below their band where that is not
 * enough.
 */
export function routePage(dag: Dag, nodes: ReadonlyMap<string, SceneNode>, rows: readonly PlacedRow[]): SceneEdge[] {
  const rowOf = new Map(rows.flatMap((row) => row.nodes.map(({ id }) => [id, row] as const)));
  const [first] = rows;
  const last = rows.at(-1);
  const router = new Router(rows);
  return edgesOf(dag, nodes, (source, target) => {
    const from = rowOf.get(source.id) ?? (source.kind === 'sink' ? last : first);
    const to = rowOf.get(target.id) ?? (target.kind === 'sink' ? last : first);
    if (!from || !to || from === to) return router.withinRow(from, source, target);
    const points =
      from.frame === to.frame && from.line < to.line
        ? router.withinSection(from, to, source, target)
        : router.between(from, to, source, target);
    return simplified(points);
  });
}

type Points = readonly (readonly [x: number, y: number])[];

class Router {
  private readonly lines = new Lines();
  private readonly bundles = new Map<string, number>();
  private readonly rows: ReadonlyMap<string, PlacedRow>;

  constructor(rows: readonly PlacedRow[]) {
    this.rows = new Map(rows.map((row) => [`${row.line} ${idOf(row.frame)}`, row]));
  }

  /**
   * Straight when nothing is between the nodes. Otherwise over what is between, in the room above the lower of both nodes,
   * or above the row when a collective over several lanes is between.
   */
  withinRow(row: PlacedRow | undefined, source: SceneNode, target: SceneNode): readonly number[] {
    const [x0, x1] = [source.x + source.width, target.x];
    const [y0, y1] = ports(source, target);
    const [high, low] = [Math.min(y0, y1) - 1, Math.max(y0, y1) + 1];
    const between = (row?.nodes ?? []).filter(({ x, width }) => x >= x0 && x + width <= x1);
    if (!between.some(({ y, height }) => y < low && y + height > high)) {
      if (Math.abs(y0 - y1) < 0.5) return [x0, y0, x1, y1];
      const middle = x1 - COLUMN_GAP / 2;
      return [x0, y0, middle, y0, middle, y1, x1, y1];
    }
    const { y: top } = source.height < target.height ? source : target;
    const over = (at: number, turn: number) => [
      ...[x0, y0, x0 + turn, y0, x0 + turn, at],
      ...[x1 - turn, at, x1 - turn, y1, x1, y1],
    ];
    const tall = between.filter(({ y, height }) => y < top - OVER && y + height > top - OVER);
    if (tall.length > 0)
      return over(Math.min(...tall.map(({ y }) => y)) - OVER - this.bundle(row, x0, x1), COLUMN_GAP / 3);
    // Nodes in a grid have little room between them, so all edges to its inner places share it.
    if (row?.nodes.some((node) => node.y < top && top - node.y - node.height <= STACK_GAP))
      return over(top - STACK_GAP / 2, STACK_GAP / 2);
    const line = this.lines.take(`over ${top} ${row?.top ?? 0} ${row?.frame.left ?? 0}`, [x0, x1]);
    return over(top - OVER - STEP * line, COLUMN_GAP / 3 + line);
  }

  /** A line above the row. Edges of all lanes around the same collective share it. */
  private bundle(row: PlacedRow | undefined, x0: number, x1: number): number {
    const channel = `bundle ${row?.line ?? 0} ${row ? idOf(row.frame) : ''}`;
    const key = `${channel} ${x0} ${x1}`;
    const bundle = this.bundles.get(key) ?? STEP * this.lines.take(channel, [x0, x1]);
    this.bundles.set(key, bundle);
    return bundle;
  }

  withinSection(from: PlacedRow, to: PlacedRow, source: SceneNode, target: SceneNode): Points {
    const [start, end] = [rightOf(source), leftOf(target)];
    const [out, into] = [start[0] + COLUMN_GAP / 3, end[0] - 11];
    const before = this.rowAbove(to);
    if (to.line === from.line + 1 || !before) {
      const y = this.below(from, into, out);
      return [start, [out, start[1]], [out, y], [into, y], [into, end[1]], end];
    }
    const margin =
      from.frame.left + 4 + (STEP - 1) * this.lines.take(`margin ${idOf(from.frame)}`, [from.bottom, to.top]);
    const first = this.below(from, margin, out);
    const last = this.below(before, margin, into);
    return [start, [out, start[1]], [out, first], [margin, first], [margin, last], [into, last], [into, end[1]], end];
  }

  /** From one section to another: out at the right, through the gaps between sections and bands, and in from the left. */
  between(from: PlacedRow, to: PlacedRow, source: SceneNode, target: SceneNode): Points {
    const [a, b] = siblings(from.frame, to.frame);
    const isNext = a.band === b.band && b.index === a.index + 1;
    const leaving = this.leaving(from, source, a);
    const entering = this.entering(to, target, b, isNext ? leaving.at(-1)?.[0] : undefined);
    const [exit, entry] = [leaving.at(-1) ?? rightOf(source), entering[0] ?? leftOf(target)];
    if (isNext) return [...leaving, ...entering];
    const under = this.underBand(a, exit[0], entry[0]);
    if (b.band === a.band || b.band === a.band + 1)
      return [...leaving, [exit[0], under], [entry[0], under], ...entering];
    const margin = a.flow - OVER - STEP * this.lines.take(`margin ${a.flow}`, [a.bottom, b.top]);
    const over = b.top - OVER - STEP * this.lines.take(`over ${idOf(b)}`, [margin, entry[0]]);
    return [...leaving, [exit[0], under], [margin, under], [margin, over], [entry[0], over], ...entering];
  }

  /** From the node to the gap at the right of an item: straight, or below its row when something is at its right. */
  private leaving(row: PlacedRow, source: SceneNode, item: Frame): Points {
    const start = rightOf(source);
    const gap = item.right + OVER + STEP * this.lines.take(`right ${idOf(item)}`, [item.top, item.bottom]);
    if (!row.nodes.some(({ x }) => x >= start[0])) return [start, [gap, start[1]]];
    const out = start[0] + COLUMN_GAP / 3;
    const y = this.below(row, out, gap);
    return [start, [out, start[1]], [out, y], [gap, y]];
  }

  /** From the gap at the left of an item to the node: straight, or above its row when something is at its left. */
  private entering(row: PlacedRow, target: SceneNode, item: Frame, gap: number | undefined): Points {
    const end = leftOf(target);
    const x = gap ?? item.left - OVER - STEP * this.lines.take(`left ${idOf(item)}`, [item.top, item.bottom]);
    if (!row.nodes.some((node) => node.x + node.width <= end[0])) return [[x, end[1]], end];
    const into = end[0] - 11;
    const y = row.top - OVER - STEP * this.lines.take(`above ${row.top} ${idOf(row.frame)}`, [x, into]);
    return [[x, y], [into, y], [into, end[1]], end];
  }

  private rowAbove(row: PlacedRow): PlacedRow | undefined {
    return this.rows.get(`${row.line - 1} ${idOf(row.frame)}`);
  }

  private below(row: PlacedRow, from: number, to: number): number {
    const line = this.lines.take(`below ${row.line} ${idOf(row.frame)}`, [Math.min(from, to), Math.max(from, to)]);
    return row.below + BELOW + STEP * line;
  }

  private underBand(item: Frame, from: number, to: number): number {
    const line = this.lines.take(`under ${item.band} ${item.flow}`, [Math.min(from, to), Math.max(from, to)]);
    return item.bottom + BELOW + STEP * line;
  }
}

function rightOf({ x, y, width, height }: SceneNode): Point {
  return [x + width, y + height / 2];
}

function leftOf({ x, y, height }: SceneNode): Point {
  return [x, y + height / 2];
}

/** The frames around two sections that lie in the same bands. */
function siblings(a: Frame, b: Frame): readonly [Frame, Frame] {
  const [around, others] = [ancestors(a), ancestors(b)];
  for (const frame of around) {
    const other = others.find(({ outer }) => outer === frame.outer);
    if (other) return [frame, other];
  }
  return [a, b];
}

/** The frame itself and the frames around it, from the inside out. */
function ancestors(frame: Frame): readonly Frame[] {
  return frame.outer ? [frame, ...ancestors(frame.outer)] : [frame];
}

/** Identifies a frame by its upper left corner, which no two frames share. */
function idOf({ left, top }: Frame): string {
  return `${left} ${top}`;
}

/** Coordinates one after the other, without points on a straight line between their neighbours. */
function simplified(points: Points): readonly number[] {
  const kept: (readonly [number, number])[] = [];
  for (const point of points) {
    const [before, last] = [kept.at(-2), kept.at(-1)];
    if (last && last[0] === point[0] && last[1] === point[1]) continue;
    const isStraight = before && last && (areEqual(before, last, point, 0) || areEqual(before, last, point, 1));
    if (isStraight) kept.pop();
    kept.push(point);
  }
  return kept.flat();
}

function areEqual(a: Point, b: Point, c: Point, axis: 0 | 1): boolean {
  return Math.abs(a[axis] - b[axis]) < 0.01 && Math.abs(b[axis] - c[axis]) < 0.01;
}

/** Assigns parallel lines, so that edges that run beside each other do not cover each other. */
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
