import type { Camera, Rectangle, Size } from './camera.ts';
import { TextFitter } from './labels.ts';
import { overlaps, type PictureEdge, type PictureGroup, type PictureNode } from './picture.ts';
import type { Frame, Renderer } from './renderer.ts';
import { tracePath, tracePolyline, traceTip } from './shapes.ts';

/** From these zooms on a node shows its name, its details, and its shapes. */
const NAMES_FROM = 0.26;
const DETAILS_FROM = 0.8;
const SHAPES_FROM = 1.5;
/** Below this zoom the titles of groups would be too small: they are drawn larger, over the picture. */
const TITLES_INSIDE_FROM = 0.45;
/** From here on the gutter of a stage has room for the names of its lanes. */
const LANES_FROM = 0.4;
const DIMMED = 0.22;
/** Distance of lines of text over their size. */
const LEADING = 1.12;

/** Canvas 2D. Work follows what is in view; text and lines keep a legible size at every zoom. */
export class CanvasRenderer implements Renderer {
  private readonly context: CanvasRenderingContext2D;
  private readonly canvas: HTMLCanvasElement;
  private readonly text: TextFitter;
  private size: Size = { width: 0, height: 0 };
  private ratio = 1;

  constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D) {
    this.canvas = canvas;
    this.context = context;
    this.text = new TextFitter(context);
  }

  resize(width: number, height: number, ratio: number): void {
    this.size = { width, height };
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  draw(frame: Frame): void {
    const { context, size } = this;
    const { picture, camera, palette } = frame;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, size.width, size.height);
    const view: Rectangle = {
      x: camera.x,
      y: camera.y,
      width: size.width / camera.zoom,
      height: size.height / camera.zoom,
    };
    const groups = picture.groups.filter((group) => overlaps(group, view));
    const nodes = picture.nodes.filter((node) => overlaps(node, view));
    for (const group of groups) this.group(frame, group);
    this.edges(
      frame,
      picture.edges.filter(({ bounds }) => overlaps(bounds, view)),
    );
    for (const node of nodes) this.node(frame, node);
    for (const node of nodes) this.mark(frame, node);
    for (const group of groups.toReversed()) this.title(frame, group);
  }

  private group({ camera, palette }: Frame, { group, ...box }: PictureGroup): void {
    const { context } = this;
    const { x, y, width, height } = onScreen(box, camera);
    context.strokeStyle = palette.groupStroke;
    context.lineWidth = 1;
    if (group.kind === 'gpu') {
      if (camera.zoom < NAMES_FROM) return;
      context.setLineDash([2, 4]);
      context.beginPath();
      context.moveTo(x, Math.round(y) + 0.5);
      context.lineTo(x + width, Math.round(y) + 0.5);
      context.stroke();
      context.setLineDash([]);
      return;
    }
    context.fillStyle = group.kind === 'layer' ? palette.background : palette.groupFill;
    context.beginPath();
    context.roundRect(x, y, width, height, (group.kind === 'layer' ? 8 : 10) * Math.min(1, camera.zoom));
    context.fill();
    context.stroke();
  }

  /** The title of a group stays in view while the group is, so that one always knows where one is. */
  private title({ camera, palette, fontFamily }: Frame, { group, ...box }: PictureGroup): void {
    const { context } = this;
    const { x, y, width, height } = onScreen(box, camera);
    const isLane = group.kind === 'gpu';
    if (isLane && camera.zoom < LANES_FROM) return;
    const size = isLane ? Math.max(8.5, Math.min(12, 10 * camera.zoom)) : Math.max(11, Math.min(14, 12 * camera.zoom));
    const weight = isLane ? 400 : 600;
    // A stage's title leaves room for the edge that comes into its first row from above.
    const inset = group.kind === 'stage' ? 32 : isLane ? 8 : 12;
    const own = x + inset * Math.min(1, camera.zoom);
    const left = Math.max(own, 8);
    const label = this.text.cut(group.label, Math.min(x + width, this.size.width) - left - 8, size, fontFamily, weight);
    if (label === '') return;
    const textWidth = this.text.width(label, size, fontFamily, weight);
    const place = titlePlace(group.kind, y, height, camera.zoom, size);
    // Stages leave the top line of the canvas to their own titles; those of layers stay under it.
    const top = group.kind === 'layer' ? size * 2.3 : size * 0.8;
    const middle = isLane ? place : Math.min(Math.max(place, top), y + height);
    if (camera.zoom < TITLES_INSIDE_FROM || left !== own || middle !== place) {
      context.fillStyle = palette.background;
      context.globalAlpha = 0.88;
      context.fillRect(left - 3, middle - size * 0.7, textWidth + 6, size * 1.4);
      context.globalAlpha = 1;
    }
    context.font = `${weight} ${size}px ${fontFamily}`;
    context.fillStyle = palette.muted;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillText(label, left, middle);
  }

  private edges({ picture, camera, palette, marks }: Frame, edges: readonly PictureEdge[]): void {
    const selected = picture.find(marks.selected)?.index;
    const isDimmed = ({ from, to }: PictureEdge) =>
      marks.found !== undefined &&
      !(marks.found.has(picture.nodes[from]?.node.id ?? '') && marks.found.has(picture.nodes[to]?.node.id ?? ''));
    const touches = ({ from, to }: PictureEdge) => selected !== undefined && (from === selected || to === selected);
    const scale = Math.max(0.6, Math.min(1.6, camera.zoom));
    const passes = [
      { of: (edge: PictureEdge) => !edge.critical && !touches(edge), color: palette.edge, width: 1.1 },
      { of: (edge: PictureEdge) => edge.critical && !touches(edge), color: palette.critical, width: 1.9 },
      { of: (edge: PictureEdge) => touches(edge) && !edge.critical, color: palette.text, width: 2.4 },
      { of: (edge: PictureEdge) => touches(edge) && edge.critical, color: palette.critical, width: 3 },
    ];
    for (const { of, color, width } of passes) {
      for (const gate of [false, true]) {
        for (const dimmed of [true, false]) {
          const own = edges.filter((edge) => of(edge) && edge.isGate === gate && isDimmed(edge) === dimmed);
          if (own.length > 0) this.strokeEdges(own, camera, color, width * scale, gate, dimmed);
        }
      }
    }
  }

  private strokeEdges(
    edges: readonly PictureEdge[],
    camera: Camera,
    color: string,
    width: number,
    gate: boolean,
    dimmed: boolean,
  ): void {
    const { context } = this;
    const lines = new Path2D();
    const tips = new Path2D();
    for (const { points } of edges) {
      const screen = points.map((value, index) => (value - (index % 2 === 0 ? camera.x : camera.y)) * camera.zoom);
      tracePolyline(lines, screen, 6 * camera.zoom);
      if (camera.zoom >= NAMES_FROM) traceTip(tips, screen, Math.max(5, Math.min(9, 8 * camera.zoom)));
    }
    context.globalAlpha = dimmed ? DIMMED : 1;
    context.strokeStyle = color;
    context.fillStyle = color;
    context.lineWidth = width;
    if (gate) context.setLineDash([5 * Math.max(0.6, camera.zoom), 4 * Math.max(0.6, camera.zoom)]);
    context.stroke(lines);
    context.setLineDash([]);
    context.fill(tips);
    context.globalAlpha = 1;
  }

  private node(frame: Frame, placed: PictureNode): void {
    const { context } = this;
    const { camera, palette, marks } = frame;
    const { node } = placed;
    const box = onScreen(placed, camera);
    const { fill, stroke } = palette.nodes[node.kind];
    const path = new Path2D();
    tracePath(path, node.kind, box, camera.zoom);
    context.globalAlpha = marks.found && !marks.found.has(node.id) ? DIMMED : 1;
    context.fillStyle = fill;
    context.strokeStyle = stroke;
    context.lineWidth = (node.critical ? 2.25 : 1.25) * Math.max(0.6, Math.min(1.5, camera.zoom));
    context.fill(path);
    context.stroke(path);
    if (node.heat > 0.005) {
      const height = Math.max(2, 3 * camera.zoom);
      context.fillStyle = palette.critical;
      context.fillRect(box.x, box.y + box.height + height * 0.7, Math.max(2, box.width * node.heat), height);
    }
    if (camera.zoom >= NAMES_FROM) this.nodeText(frame, placed, box);
    context.globalAlpha = 1;
  }

  private nodeText({ camera, palette, fontFamily }: Frame, { node }: PictureNode, box: Rectangle): void {
    const { context } = this;
    const { zoom } = camera;
    const isSlanted = node.kind === 'communication' || node.kind === 'routing' || node.kind === 'aggregation';
    const room = box.width - (isSlanted ? 22 : 8) * Math.min(1, zoom);
    // A collective over many lanes is taller than the canvas: its text stands in the middle of what shows.
    const top = Math.max(box.y, 0);
    const bottom = Math.min(box.y + box.height, this.size.height);
    const middle = bottom - top > 40 * zoom ? (top + bottom) / 2 : box.y + box.height / 2;
    const lines = this.linesOf(node, zoom, room, box.height, fontFamily);
    const height = lines.reduce((sum, line) => sum + line.size * LEADING, 0);
    let y = middle - height / 2;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const { text, size, weight, muted } of lines) {
      context.font = `${weight} ${size}px ${fontFamily}`;
      context.fillStyle = muted ? palette.muted : palette.text;
      context.fillText(text, box.x + box.width / 2, y + (size * LEADING) / 2);
      y += size * LEADING;
    }
  }

  private linesOf(
    node: PictureNode['node'],
    zoom: number,
    room: number,
    height: number,
    family: string,
  ): readonly { readonly text: string; readonly size: number; readonly weight: number; readonly muted: boolean }[] {
    const label = labelOf(node);
    if (zoom < DETAILS_FROM) {
      const size = Math.max(zoom < 0.4 ? 8 : 9, 12 * zoom);
      const most = Math.min(3, Math.floor(height / (size * LEADING)));
      if (most < 1) return [];
      return this.text
        .wrap(label, room, most, size, family, 500)
        .map((text) => ({ text, size, weight: 500, muted: false }));
    }
    const shapes = zoom >= SHAPES_FROM && node.input !== '' && node.input !== '[]';
    const details = shapes
      ? [`in ${node.input}`, `out ${node.output}`, ...node.lines.filter((line) => line !== node.output)]
      : node.lines;
    const small = (shapes ? 8 : 10) * zoom;
    return [
      { text: label, size: (shapes ? 10 : 12) * zoom, weight: 500, muted: false },
      ...details.map((text) => ({ text, size: small, weight: 400, muted: true })),
    ]
      .map((line) => ({ ...line, text: this.text.cut(line.text, room, line.size, family, line.weight) }))
      .filter(({ text }) => text !== '');
  }

  /** Rings around what is selected, under the mouse, or meant by the cursor in the text; unlike in form, not in colour. */
  private mark({ camera, palette, marks }: Frame, { node, ...placed }: PictureNode): void {
    const { context } = this;
    const isSelected = node.id === marks.selected;
    const isHighlighted = marks.highlighted.has(node.id);
    if (!isSelected && !isHighlighted && node.id !== marks.hovered) return;
    const { x, y, width, height } = onScreen(placed, camera);
    const ring = (distance: number, line: number, dash: readonly number[], color: string) => {
      context.strokeStyle = color;
      context.lineWidth = line;
      context.setLineDash([...dash]);
      context.beginPath();
      context.roundRect(x - distance, y - distance, width + 2 * distance, height + 2 * distance, 5);
      context.stroke();
      context.setLineDash([]);
    };
    if (isSelected) ring(4, 2.5, [], palette.text);
    if (isHighlighted) ring(isSelected ? 8 : 4, 2, [7, 3], palette.nodes.compute.stroke);
    if (!isSelected && !isHighlighted) ring(3, 1, [], palette.text);
  }
}

function onScreen({ x, y, width, height }: Rectangle, camera: Camera): Rectangle {
  return {
    x: (x - camera.x) * camera.zoom,
    y: (y - camera.y) * camera.zoom,
    width: width * camera.zoom,
    height: height * camera.zoom,
  };
}

/** The height of a title's middle: inside the frame where it has room; else a stage's over the frame, a layer's on it. */
function titlePlace(
  kind: PictureGroup['group']['kind'],
  y: number,
  height: number,
  zoom: number,
  size: number,
): number {
  if (kind === 'gpu') return y + height / 2 - 16 * zoom;
  if (zoom >= TITLES_INSIDE_FROM) return y + 15 * zoom;
  return kind === 'layer' ? y + size * 0.2 : y - size * 0.9;
}

function labelOf({ label, copies }: PictureNode['node']): string {
  return copies > 1 ? `${label} ×${copies}` : label;
}
