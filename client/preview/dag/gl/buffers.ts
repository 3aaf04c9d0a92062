import type { PreviewNode } from '../../../../server/src/services/preview/protocol.ts';
import type { Picture, PictureEdge, PictureGroup } from '../picture.ts';
import { DIMMED, type Frame } from '../renderer.ts';
import { colorsAs, isStack } from '../shapes.ts';

/** Values of an instance, in the order of the attributes. */
export const BOX_ATTRIBUTES = [
  { name: 'box', size: 4 },
  { name: 'shape', size: 1 },
  { name: 'color', size: 1 },
  { name: 'line', size: 1 },
  { name: 'round', size: 1 },
  { name: 'alpha', size: 1 },
  { name: 'heat', size: 1 },
] as const;

export const LINE_ATTRIBUTES = [
  { name: 'from', size: 2 },
  { name: 'to', size: 2 },
  { name: 'color', size: 1 },
  { name: 'line', size: 1 },
  { name: 'dash', size: 1 },
  { name: 'alpha', size: 1 },
] as const;

export const TIP_ATTRIBUTES = [
  { name: 'at', size: 2 },
  { name: 'way', size: 2 },
  { name: 'color', size: 1 },
  { name: 'alpha', size: 1 },
] as const;

const SHAPES: Readonly<Record<PreviewNode['kind'], number>> = {
  compute: 0,
  gate: 0,
  communication: 1,
  routing: 2,
  aggregation: 2,
  source: 3,
  sink: 3,
  gpu: 0,
  network: 0,
};

/** The order of the colours of kinds in the shaders' lists. Those of stages and layers follow. */
export const KINDS = [
  'compute',
  'communication',
  'routing',
  'aggregation',
  'gate',
  'source',
  'sink',
  'gpu',
  'network',
] as const;
/** Colours in the shaders' lists: those of kinds, of stages and of layers. */
export const COLORS = KINDS.length + 2;
const STAGE_COLOR = KINDS.length;
const LAYER_COLOR = STAGE_COLOR + 1;

export function groupBoxes(groups: readonly PictureGroup[]): Float32Array {
  const values: number[] = [];
  for (const { group, x, y, width, height } of groups) {
    if (group.kind === 'gpu') continue;
    const isLayer = group.kind === 'layer';
    values.push(x, y, width, height, 0, isLayer ? LAYER_COLOR : STAGE_COLOR, 1, isLayer ? 8 : 10, 1, 0);
  }
  return Float32Array.from(values);
}

export function nodeBoxes({ picture, marks, heat }: Pick<Frame, 'picture' | 'marks' | 'heat'>): Float32Array {
  const stacks = picture.nodes.reduce((count, { node }) => count + (isStack(node) ? 1 : 0), 0);
  const values = new Float32Array((picture.nodes.length + stacks) * 10);
  let at = 0;
  for (const { node, x, y, width, height } of picture.nodes) {
    const shape = SHAPES[node.kind];
    const color = KINDS.indexOf(colorsAs(node));
    const line = node.critical ? 2.25 : 1.25;
    const alpha = marks.found && !marks.found.has(node.id) ? DIMMED : 1;
    // A node for several equal groups gets a second outline behind the first.
    for (const shift of isStack(node) ? [4, 0] : [0]) {
      values.set([x + shift, y - shift, width, height, shape, color, line, 5, alpha, node.heat[heat]], at);
      at += 10;
    }
  }
  return values;
}

export interface EdgeValues {
  readonly lines: Float32Array;
  readonly tips: Float32Array;
}

/** Corners are rounded with this many straight parts. */
const CORNER_PARTS = 3;
const MOST_ROUNDED = 20_000;
const CORNER_RADIUS = 6;

export function edgeValues(
  { picture, marks }: Pick<Frame, 'picture' | 'marks'>,
  edges: readonly PictureEdge[],
): EdgeValues {
  const lines: number[] = [];
  const tips: number[] = [];
  const isFound = foundIn(picture, marks.found);
  const isRounded = edges.length <= MOST_ROUNDED;
  // Critical edges come last, so that they lie over the others.
  for (const critical of [false, true]) {
    for (const edge of edges) {
      if (edge.critical !== critical) continue;
      const alpha = isFound(edge.from) && isFound(edge.to) ? 1 : DIMMED;
      const color = critical ? 1 : 0;
      const points = isRounded ? rounded(edge.points) : edge.points;
      let distance = 1;
      for (let at = 0; at + 3 < points.length; at += 2) {
        const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [points[at], points[at + 1], points[at + 2], points[at + 3]];
        lines.push(x0, y0, x1, y1, color, critical ? 1.9 : 1.1, edge.isGate ? distance : 0, alpha);
        distance += Math.hypot(x1 - x0, y1 - y0);
      }
      const [fromX = 0, fromY = 0, x = 0, y = 0] = points.slice(-4);
      const length = Math.hypot(x - fromX, y - fromY) || 1;
      tips.push(x, y, (x - fromX) / length, (y - fromY) / length, color, alpha);
    }
  }
  return { lines: Float32Array.from(lines), tips: Float32Array.from(tips) };
}

function foundIn(picture: Picture, matchingIds: ReadonlySet<string> | undefined): (index: number) => boolean {
  return matchingIds === undefined ? () => true : (index) => matchingIds.has(picture.nodes[index]?.node.id ?? '');
}

/** The polyline with its corners cut off along a curve. */
function rounded(points: readonly number[]): readonly number[] {
  if (points.length <= 4) return points;
  const result: number[] = [points[0] ?? 0, points[1] ?? 0];
  for (let at = 2; at + 3 < points.length; at += 2) {
    const [x = 0, y = 0] = [points[at], points[at + 1]];
    const [beforeX = 0, beforeY = 0] = [points[at - 2], points[at - 1]];
    const [afterX = 0, afterY = 0] = [points[at + 2], points[at + 3]];
    const [lengthBefore, lengthAfter] = [Math.hypot(x - beforeX, y - beforeY), Math.hypot(afterX - x, afterY - y)];
    const radius = Math.min(CORNER_RADIUS, lengthBefore / 2, lengthAfter / 2);
    if (radius < 0.5) {
      result.push(x, y);
      continue;
    }
    const start = [x + ((beforeX - x) * radius) / lengthBefore, y + ((beforeY - y) * radius) / lengthBefore] as const;
    const end = [x + ((afterX - x) * radius) / lengthAfter, y + ((afterY - y) * radius) / lengthAfter] as const;
    for (let part = 0; part <= CORNER_PARTS; part++) {
      const share = part / CORNER_PARTS;
      const mix = (index: 0 | 1, middle: number) =>
        (1 - share) ** 2 * start[index] + 2 * share * (1 - share) * middle + share ** 2 * end[index];
      result.push(mix(0, x), mix(1, y));
    }
  }
  result.push(...points.slice(-2));
  return result;
}
