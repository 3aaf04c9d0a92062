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
  const places = new Map<string, number>();
  const isCritical = new Uint8Array(dag.order);
  dag.forEachNode((id, { critical }) => {
    if (critical) isCritical[places.size] = 1;
    places.set(id, places.size);
  });
  const placeOf = (id: string) => places.get(id) ?? 0;
  const { before, after } = neighbours(dag, placeOf);
  // For each node that is not critical the first place that a way to it comes from, and the last that one from it leads to.
  const starts = Float64Array.from({ length: dag.order }, (_, place) => place);
  const ends = starts.slice();
  for (let place = 0; place < dag.order; place++)
    if (!isCritical[place]) starts[place] = extreme(before, place, starts, Math.min, Number.POSITIVE_INFINITY);
  for (let place = dag.order - 1; place >= 0; place--)
    if (!isCritical[place]) ends[place] = extreme(after, place, ends, Math.max, Number.NEGATIVE_INFINITY);
  // How many gaps of the order, up to each place, a way around passes over.
  const changes = new Array<number>(dag.order + 1).fill(0);
  for (let place = 0; place < dag.order; place++) {
    const [start = 0, end = 0] = [starts[place], ends[place]];
    if (isCritical[place] || end <= start) continue;
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
    const [one, other] = [placeOf(from), placeOf(to)];
    return (passed[Math.max(one, other)] ?? 0) > (passed[Math.min(one, other)] ?? 0);
  };
}

/** The neighbours of each node on one side, all in one list: those of a node lie from its own entry of `firsts` to the next. */
interface Neighbours {
  readonly firsts: Uint32Array;
  readonly places: Uint32Array;
}

function neighbours(
  dag: Dag,
  placeOf: (id: string) => number,
): { readonly before: Neighbours; readonly after: Neighbours } {
  const froms = new Uint32Array(dag.size);
  const tos = new Uint32Array(dag.size);
  let edges = 0;
  dag.forEachEdge((_key, _attributes, from, to) => {
    froms[edges] = placeOf(from);
    tos[edges++] = placeOf(to);
  });
  return { before: grouped(tos, froms, dag.order), after: grouped(froms, tos, dag.order) };
}

function grouped(keys: Uint32Array, values: Uint32Array, count: number): Neighbours {
  const firsts = new Uint32Array(count + 1);
  for (const key of keys) firsts[key + 1] = (firsts[key + 1] ?? 0) + 1;
  for (let key = 0; key < count; key++) firsts[key + 1] = (firsts[key + 1] ?? 0) + (firsts[key] ?? 0);
  const next = firsts.slice();
  const places = new Uint32Array(values.length);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? 0;
    const at = next[key] ?? 0;
    places[at] = values[index] ?? 0;
    next[key] = at + 1;
  }
  return { firsts, places };
}

function extreme(
  { firsts, places }: Neighbours,
  node: number,
  reached: Float64Array,
  choose: (one: number, other: number) => number,
  none: number,
): number {
  let result = none;
  for (let at = firsts[node] ?? 0; at < (firsts[node + 1] ?? 0); at++)
    result = choose(result, reached[places[at] ?? 0] ?? 0);
  return result;
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
  const last = points.length - 2;
  const start = inset(source, points[1] ?? 0, 'right');
  const end = inset(target, points[last + 1] ?? 0, 'left');
  if (start === 0 && end === 0) return points;
  const moved = [...points];
  moved[0] = (moved[0] ?? 0) - start;
  moved[last] = (moved[last] ?? 0) + end;
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
