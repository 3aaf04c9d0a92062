import type { Dag, SceneEdge, SceneNode } from '../types.ts';
import { COLUMN_GAP } from './metrics.ts';

export type Point = readonly [x: number, y: number];

/** Room above a lane in which edges pass over the nodes between their ends. */
const OVER = 7;

/** The DAG's edges, each with a way. Their ends are moved onto the outlines of the nodes. */
export function edgesOf(
  dag: Dag,
  nodes: ReadonlyMap<string, SceneNode>,
  route: (source: SceneNode, target: SceneNode, key: string) => readonly number[],
): SceneEdge[] {
  const hasDetour = detours(dag);
  return dag.mapEdges((key, { kind }, from, to): SceneEdge => {
    const source = nodes.get(from);
    const target = nodes.get(to);
    const isOnPath = source !== undefined && target !== undefined && source.critical && target.critical;
    const critical = isOnPath && hasDetour(from, to);
    const points = source && target ? ontoOutlines(route(source, target, key), source, target) : [];
    return { id: `${from}>${to}`, from, to, kind, critical, points };
  });
}

/**
 * Whether a part of the flow has a way around that is not critical. Where there is none, that an edge is critical says nothing, so
 * it is not marked. Nodes are ordered along the flow; a way around leads over nodes that are not critical, from one that is to the
 * next one that is.
 */
function detours(dag: Dag): (from: string, to: string) => boolean {
  const places = new Map(dag.nodes().map((id, place) => [id, place]));
  const placeOf = (id: string) => places.get(id) ?? 0;
  const isCritical = (id: string) => dag.getNodeAttribute(id, 'critical');
  const aside = dag.filterNodes((id) => !isCritical(id));
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  // Step by step, because a node may have more neighbours than a call takes arguments.
  for (const id of aside) {
    const earlier = (least: number, before: string) => Math.min(least, starts.get(before) ?? placeOf(before));
    starts.set(id, dag.reduceInNeighbors(id, earlier, Number.POSITIVE_INFINITY));
  }
  for (const id of aside.toReversed()) {
    const later = (most: number, next: string) => Math.max(most, ends.get(next) ?? placeOf(next));
    ends.set(id, dag.reduceOutNeighbors(id, later, Number.NEGATIVE_INFINITY));
  }
  // How many gaps of the order, up to each place, a way around passes over.
  const changes = new Array<number>(dag.order + 1).fill(0);
  for (const id of aside) {
    const [start = 0, end = 0] = [starts.get(id), ends.get(id)];
    if (end <= start) continue;
    changes[start] = (changes[start] ?? 0) + 1;
    changes[end] = (changes[end] ?? 0) - 1;
  }
  const passed = [0];
  let passing = 0;
  for (let place = 0; place < dag.order; place++) {
    passing += changes[place] ?? 0;
    passed.push((passed[place] ?? 0) + (passing > 0 ? 1 : 0));
  }
  return (from, to) => {
    const [start, end] = [placeOf(from), placeOf(to)].toSorted((left, right) => left - right);
    return (passed[end ?? 0] ?? 0) > (passed[start ?? 0] ?? 0);
  };
}

/**
 * Polylines from the right side of a node to the left side of the next. Ends on a tall collective are at the height of the
 * other node, so that lanes run straight through it. Edges that skip columns pass above what lies between.
 */
export function routeEdges(dag: Dag, nodes: ReadonlyMap<string, SceneNode>): SceneEdge[] {
  const columns = [...new Set([...nodes.values()].map(({ x }) => x))].sort((a, b) => a - b);
  return edgesOf(dag, nodes, (source, target) => {
    const x0 = source.x + source.width;
    const x1 = target.x;
    const [y0, y1] = ports(source, target);
    if ((columns[firstFrom(columns, x0)] ?? x1) < x1) {
      const over = (source.height < target.height ? source : target).y - OVER;
      const turn = COLUMN_GAP / 3;
      return [x0, y0, x0 + turn, y0, x0 + turn, over, x1 - turn, over, x1 - turn, y1, x1, y1];
    }
    if (Math.abs(y0 - y1) < 0.5) return [x0, y0, x1, y1];
    const middle = x1 - COLUMN_GAP / 2;
    return [x0, y0, middle, y0, middle, y1, x1, y1];
  });
}

/** Index of the first of ascending numbers that is at least `least`. */
function firstFrom(ascending: readonly number[], least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Heights of the ends of an edge. On a tall collective an end is at the height of the other node. */
export function ports(source: SceneNode, target: SceneNode): Point {
  const a = source.y + source.height / 2;
  const b = target.y + target.height / 2;
  if (source.height > target.height) return [clamp(b, source), b];
  if (target.height > source.height) return [a, clamp(a, target)];
  return [a, b];
}

function clamp(y: number, { y: top, height }: SceneNode): number {
  return Math.max(top + 6, Math.min(top + height - 6, y));
}

/**
 * Moves ends from the sides of boxes to the outlines: those of ellipses and parallelograms are further inside at most
 * heights.
 */
function ontoOutlines(points: readonly number[], source: SceneNode, target: SceneNode): readonly number[] {
  const moved = [...points];
  const last = moved.length - 2;
  moved[0] = (moved[0] ?? 0) - inset(source, moved[1] ?? 0, 'right');
  moved[last] = (moved[last] ?? 0) + inset(target, moved[last + 1] ?? 0, 'left');
  return moved;
}

/** How far the outline of a node is inside the side of its box, at a given height. */
function inset({ kind, y, width, height }: SceneNode, at: number, side: 'left' | 'right'): number {
  const share = Math.max(0, Math.min(1, (at - y) / height));
  switch (kind) {
    case 'communication':
      return (width / 2) * (1 - Math.sqrt(1 - (2 * share - 1) ** 2));
    case 'routing':
    case 'aggregation': {
      const slant = Math.min(14, height / 3);
      return side === 'left' ? slant * (1 - share) : slant * share;
    }
    default:
      return 0;
  }
}
