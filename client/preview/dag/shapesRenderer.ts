import { type Camera, onScreen, type Rectangle } from './camera.ts';
import type { PictureEdge, PictureGroup } from './picture.ts';
import { DIMMED, type Frame, NAMES_FROM } from './renderer.ts';
import { colorsAs, isStack, tracePath, tracePolyline, traceTip } from './shapes.ts';

/** Frames of stages and layers; lines between lanes. */
export function drawGroups(context: CanvasRenderingContext2D, frame: Frame, groups: readonly PictureGroup[]): void {
  const { camera, palette } = frame;
  for (const { group, ...box } of groups) {
    const { x, y, width, height } = onScreen(box, camera);
    context.strokeStyle = palette.groupStroke;
    context.lineWidth = 1;
    if (group.kind === 'gpu') {
      if (camera.zoom < NAMES_FROM) continue;
      context.setLineDash([2, 4]);
      context.beginPath();
      context.moveTo(x, Math.round(y) + 0.5);
      context.lineTo(x + width, Math.round(y) + 0.5);
      context.stroke();
      context.setLineDash([]);
      continue;
    }
    context.fillStyle = group.kind === 'layer' ? palette.background : palette.groupFill;
    context.beginPath();
    context.roundRect(x, y, width, height, (group.kind === 'layer' ? 8 : 10) * Math.min(1, camera.zoom));
    context.fill();
    context.stroke();
  }
}

/** Draws edges by look, with one path for each look. Those of the selected node are drawn strongest, and last. */
export function drawEdges(context: CanvasRenderingContext2D, frame: Frame, edges: readonly PictureEdge[]): void {
  const { picture, camera, palette, marks } = frame;
  const selected = picture.find(marks.selected)?.index;
  const isFound = (index: number) => marks.found?.has(picture.nodes[index]?.node.id ?? '') ?? true;
  const scale = Math.max(0.6, Math.min(1.6, camera.zoom));
  const looks: ({ readonly look: Look; readonly edges: PictureEdge[] } | undefined)[] = [];
  for (const edge of edges) {
    const touches = selected !== undefined && (edge.from === selected || edge.to === selected);
    const isDimmed = marks.found !== undefined && !(isFound(edge.from) && isFound(edge.to));
    const order = touches ? (edge.critical ? 3 : 2) : edge.critical ? 1 : 0;
    const place = 4 * order + (isDimmed ? 0 : 2) + (edge.isGate ? 1 : 0);
    const sameLook = looks[place];
    if (sameLook) {
      sameLook.edges.push(edge);
      continue;
    }
    const color = edge.critical ? palette.critical : touches ? palette.text : palette.edge;
    const width = ([1.1, 1.9, 2.4, 3][order] ?? 1.1) * scale;
    looks[place] = { look: { color, width, isGate: edge.isGate, alpha: isDimmed ? DIMMED : 1 }, edges: [edge] };
  }
  for (const group of looks) if (group) strokeEdges(context, group.edges, camera, group.look, frame.edges);
  context.globalAlpha = 1;
}

interface Look {
  readonly color: string;
  readonly width: number;
  readonly isGate: boolean;
  readonly alpha: number;
}

function strokeEdges(
  context: CanvasRenderingContext2D,
  edges: readonly PictureEdge[],
  camera: Camera,
  { color, width, isGate, alpha }: Look,
  seen: number,
): void {
  const lines = new Path2D();
  const tips = new Path2D();
  const isNear = camera.zoom >= NAMES_FROM;
  for (const { points } of edges) {
    if (!isNear) {
      traceSharp(lines, points, camera);
      continue;
    }
    const screen = points.map((value, index) => (value - (index % 2 === 0 ? camera.x : camera.y)) * camera.zoom);
    tracePolyline(lines, screen, 6 * camera.zoom);
    traceTip(tips, screen, Math.max(5, Math.min(9, 8 * camera.zoom)));
  }
  context.globalAlpha = alpha * seen;
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = width;
  if (isGate) context.setLineDash([5 * Math.max(0.6, camera.zoom), 4 * Math.max(0.6, camera.zoom)]);
  context.stroke(lines);
  context.setLineDash([]);
  context.fill(tips);
}

/** From afar corners are sharp: their radius would be about a pixel, and arcs take time that nobody sees. */
function traceSharp(path: Path2D, points: readonly number[], { x, y, zoom }: Camera): void {
  path.moveTo(((points[0] ?? 0) - x) * zoom, ((points[1] ?? 0) - y) * zoom);
  for (let at = 2; at + 1 < points.length; at += 2)
    path.lineTo(((points[at] ?? 0) - x) * zoom, ((points[at + 1] ?? 0) - y) * zoom);
}

/** The outlines of nodes. A node for several equal groups gets a second outline behind the first. */
export function drawNodes(context: CanvasRenderingContext2D, frame: Frame, visible: Uint32Array): void {
  const { picture, camera, palette, marks } = frame;
  for (const index of visible) {
    const placed = picture.nodes[index];
    if (!placed) continue;
    const { node } = placed;
    const box = onScreen(placed, camera);
    const { fill, stroke } = palette.nodes[colorsAs(node)];
    context.globalAlpha = marks.found && !marks.found.has(node.id) ? DIMMED : 1;
    context.fillStyle = fill;
    context.strokeStyle = stroke;
    context.lineWidth = (node.critical ? 2.25 : 1.25) * Math.max(0.6, Math.min(1.5, camera.zoom));
    const isRectangle = node.kind === 'compute' || node.kind === 'gate';
    if (isRectangle && camera.zoom < NAMES_FROM && context.globalAlpha === 1 && node.opens === undefined) {
      fillOutlined(context, box, fill, stroke);
      continue;
    }
    if (isStack(node)) {
      const behind = new Path2D();
      const shift = 4 * camera.zoom;
      tracePath(behind, node.kind, { ...box, x: box.x + shift, y: box.y - shift }, camera.zoom);
      context.fill(behind);
      context.stroke(behind);
    }
    const path = new Path2D();
    tracePath(path, node.kind, box, camera.zoom);
    context.fill(path);
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

/** A rectangle with sharp corners, drawn as two filled ones. That is quicker than a path that is filled and stroked. */
function fillOutlined(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Rectangle,
  fill: string,
  stroke: string,
): void {
  const { lineWidth } = context;
  const half = lineWidth / 2;
  context.fillStyle = stroke;
  context.fillRect(x - half, y - half, width + lineWidth, height + lineWidth);
  context.fillStyle = fill;
  context.fillRect(x + half, y + half, width - lineWidth, height - lineWidth);
}
