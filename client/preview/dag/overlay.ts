import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import { onScreen, type Rectangle, type Size } from './camera.ts';
import { nodeName } from './describe.ts';
import { TextFitter } from './labels.ts';
import { fillCell, isMachine } from './machineCells.ts';
import { overlaps, type PictureGroup, type PictureNode } from './picture.ts';
import { DETAILS_FROM, DIMMED, type Frame, NAMES_FROM, OUTLINES_FROM, SHAPES_FROM } from './renderer.ts';

/** Below this zoom the titles of groups would be too small, so they are drawn larger, over the picture. */
const TITLES_INSIDE_FROM = 0.45;
/** From here on the gutter of a stage has room for the names of its lanes. */
const LANES_FROM = 0.4;
/** Below this zoom only titles of groups this wide on the screen are drawn, because more would cover each other. */
const NARROWEST_TITLED = 60;
/** No text of a node is smaller than this, in pixels of the screen. */
const LEAST_TEXT = 11;
/** The distance of two lines of text as a multiple of their size. */
const LEADING = 1.12;

/** A line of a node's text. */
interface Line {
  readonly text: string;
  /** In pixels of the screen. */
  readonly size: number;
  readonly weight: number;
  readonly muted: boolean;
}

interface DrawnSwitch extends Rectangle {
  readonly fold: FoldSwitch;
}

/** Where the title of a group stands on the canvas. */
interface Title {
  readonly group: PictureGroup['group'];
  readonly label: string;
  readonly size: number;
  readonly weight: number;
  readonly left: number;
  readonly middle: number;
  readonly textWidth: number;
  /** Where the room for it ends. */
  readonly end: number;
  /** The title stands outside the room that the group keeps for it, and covers what is there. */
  readonly isOverOthers: boolean;
}

/** Text, titles, switches and marks over the shapes, in Canvas 2D whatever draws the shapes. */
export class Overlay {
  private readonly context: CanvasRenderingContext2D;
  private readonly text: TextFitter;
  private size: Size = { width: 0, height: 0 };
  private switches: DrawnSwitch[] = [];

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
    this.text = new TextFitter(context);
  }

  resize(size: Size): void {
    this.size = size;
  }

  switchAt(x: number, y: number): FoldSwitch | undefined {
    return this.switches.findLast((drawnSwitch) => overlaps(drawnSwitch, { x, y, width: 0, height: 0 }))?.fold;
  }

  /** `visible` holds the indexes of the nodes in view; `groups` are those in view, outermost first. */
  draw(frame: Frame, visible: Uint32Array, groups: readonly PictureGroup[]): void {
    const { picture, camera, marks, palette } = frame;
    const { context } = this;
    this.switches = [];
    if (camera.zoom >= OUTLINES_FROM) {
      for (const index of visible) {
        const placed = picture.nodes[index];
        if (!placed) continue;
        const { node } = placed;
        const box = onScreen(placed, camera);
        context.globalAlpha = marks.found && !marks.found.has(node.id) ? DIMMED : 1;
        if (node.filled) fillCell(context, palette, node.filled, box);
        const heat = isMachine(node) ? 0 : node.heat[frame.heat];
        if (heat > 0.005) {
          const height = Math.max(2, 3 * camera.zoom);
          context.fillStyle = palette.critical;
          context.fillRect(box.x, box.y + box.height + height * 0.7, Math.max(2, box.width * heat), height);
        }
        if (camera.zoom >= NAMES_FROM && !node.filled) this.nodeText(frame, placed, box);
        context.globalAlpha = 1;
        if (node.opens !== undefined && camera.zoom >= NAMES_FROM) this.nodeSwitch(frame, node.opens, box);
      }
    }
    for (const id of [...marks.highlighted, marks.hovered, marks.selected]) {
      const placed = picture.find(id);
      if (placed) this.mark(frame, placed);
    }
    for (const title of this.titles(frame, groups).toReversed()) this.title(frame, title);
  }

  /** Titles of groups, outermost first, without those that would cover another. */
  private titles(frame: Frame, groups: readonly PictureGroup[]): readonly Title[] {
    const shown = new Map<PictureGroup, Title>();
    const covered: Rectangle[] = [];
    for (const group of groups.toSorted((a, b) => a.group.depth - b.group.depth || b.weight - a.weight)) {
      const title = this.titleOf(frame, group);
      if (!title) continue;
      const { left, middle, size, textWidth } = title;
      // A title hides what is under it, and a little more than its text.
      const box = { x: left, y: middle - size * 0.6, width: textWidth, height: size * 1.2 };
      if (group.group.kind !== 'gpu') {
        if (covered.some((rectangle) => overlaps(rectangle, box))) continue;
        covered.push(box);
      }
      shown.set(group, title);
    }
    return groups.flatMap((group) => shown.get(group) ?? []);
  }

  /** The title of a group stays in view as long as the group does, so that the reader always knows the place. */
  private titleOf({ camera, fontFamily }: Frame, { group, ...box }: PictureGroup): Title | undefined {
    const { x, y, width, height } = onScreen(box, camera);
    const isLane = group.kind === 'gpu';
    if (width < NARROWEST_TITLED || (isLane && camera.zoom < LANES_FROM)) return undefined;
    const size = isLane ? Math.max(8.5, Math.min(12, 10 * camera.zoom)) : Math.max(11, Math.min(14, 12 * camera.zoom));
    const weight = isLane ? 400 : 600;
    // A stage's title leaves room for the edge that comes into its first row from above.
    const isMachine = group.kind === 'node';
    const inset = group.kind === 'stage' ? 32 : isLane || isMachine ? 8 : 12;
    const ownLeft = x + inset * Math.min(1, camera.zoom);
    const left = Math.max(ownLeft, 8);
    const end = isLane ? x + (group.gutter ?? box.width) * camera.zoom : x + width;
    const room = Math.min(end, this.size.width) - left - (isLane ? 1 : isMachine ? 3 : 8);
    const label = this.text.cut(group.label, room, size, fontFamily, weight);
    if (label === '') return undefined;
    const textWidth = this.text.width(label, size, fontFamily, weight);
    const place = titlePlace(group, y, height, camera.zoom, size);
    // Stages leave the top line of the canvas to their own titles. Titles of layers stay below it.
    const top = group.kind === 'layer' ? size * 2.3 : size * 0.8;
    const middle = isLane ? place : Math.min(Math.max(place, top), y + height);
    const isOverOthers = camera.zoom < TITLES_INSIDE_FROM || left !== ownLeft || middle !== place;
    return { group, label, size, weight, left, middle, textWidth, end, isOverOthers };
  }

  private title(frame: Frame, { group, label, size, weight, left, middle, textWidth, end, isOverOthers }: Title): void {
    const { context } = this;
    const { camera, palette, fontFamily } = frame;
    const isLane = group.kind === 'gpu';
    if (isOverOthers) {
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
    if (isLane) {
      let chipX = left;
      for (const fold of group.switches ?? []) {
        const isTold = group.label.includes(fold.label) || end - chipX < size * 0.6 * (fold.label.length + 3);
        chipX += this.chip(frame, fold, chipX, middle + size * 1.5, size * 0.95, isTold) + 4;
      }
      return;
    }
    if (camera.zoom < TITLES_INSIDE_FROM) return;
    let chipX = left + textWidth + 10;
    for (const fold of group.switches ?? []) {
      if (chipX > end - 30) break;
      chipX += this.chip(frame, fold, chipX, middle, size * 0.9, false) + 6;
    }
  }

  /** Draws the switch of a closed group at its upper right corner. */
  private nodeSwitch(frame: Frame, id: string, { x, y, width }: Rectangle): void {
    const size = switchSize(frame.camera.zoom);
    this.chip(frame, { id, label: '', open: false }, x + width - size * 1.9, y + size * 0.9, size, true);
  }

  /** Draws a switch beside a title or on a closed group, and returns its width. */
  private chip(
    { palette, fontFamily }: Frame,
    fold: FoldSwitch,
    x: number,
    middle: number,
    size: number,
    isBare: boolean,
  ): number {
    const { context } = this;
    const label = isBare ? '' : fold.label;
    const arrow = size * 0.62;
    const inner = arrow + (label === '' ? 0 : 4 + this.text.width(label, size, fontFamily, 400));
    const box = { x, y: middle - size * 0.75, width: inner + 10, height: size * 1.5 };
    context.fillStyle = palette.background;
    context.strokeStyle = palette.groupStroke;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(box.x, box.y, box.width, box.height, 4);
    context.fill();
    context.stroke();
    context.fillStyle = palette.text;
    context.beginPath();
    const [left, half] = [x + 5, arrow / 2];
    if (fold.open) {
      context.moveTo(left, middle - half * 0.7);
      context.lineTo(left + arrow, middle - half * 0.7);
      context.lineTo(left + half, middle + half * 0.9);
    } else {
      context.moveTo(left + half * 0.3, middle - half);
      context.lineTo(left + half * 1.9, middle);
      context.lineTo(left + half * 0.3, middle + half);
    }
    context.fill();
    if (label !== '') {
      context.font = `400 ${size}px ${fontFamily}`;
      context.textAlign = 'left';
      context.textBaseline = 'middle';
      context.fillText(label, left + arrow + 4, middle + size * 0.04);
    }
    this.switches.push({ fold, ...box });
    return box.width;
  }

  private nodeText({ camera, palette, fontFamily }: Frame, { node }: PictureNode, box: Rectangle): void {
    const { context } = this;
    const { zoom } = camera;
    const isSlanted = node.kind === 'communication' || node.kind === 'routing' || node.kind === 'aggregation';
    // A closed group has its switch at the right, which takes room from the text.
    const switchRoom = node.opens === undefined ? 0 : switchSize(zoom) * 1.9 + 2;
    const room = box.width - (isSlanted ? 22 : 8) * Math.min(1, zoom) - switchRoom;
    // A collective over many lanes is taller than the canvas, so its text stands in the middle of the visible part.
    const top = Math.max(box.y, 0);
    const bottom = Math.min(box.y + box.height, this.size.height);
    const middle = bottom - top > 40 * zoom ? (top + bottom) / 2 : box.y + box.height / 2;
    const lines = this.linesOf(node, zoom, room, box, fontFamily);
    const height = lines.reduce((sum, line) => sum + line.size * LEADING, 0);
    let y = middle - height / 2;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const { text, size, weight, muted } of lines) {
      context.font = `${weight} ${size}px ${fontFamily}`;
      context.fillStyle = muted ? palette.muted : palette.text;
      context.fillText(text, box.x + (box.width - switchRoom) / 2, y + (size * LEADING) / 2);
      y += size * LEADING;
    }
  }

  private linesOf(node: PictureNode['node'], zoom: number, room: number, box: Size, family: string): readonly Line[] {
    const label = nodeName(node);
    const { height } = box;
    if (zoom < DETAILS_FROM) {
      const size = LEAST_TEXT;
      const most = Math.min(4, Math.floor(height / (size * LEADING)));
      if (most < 1) return [];
      const weight = node.opens === undefined ? 500 : 600;
      // Where there is room for one line alone, the name is it; otherwise one line is left for the time.
      const names = this.text
        .wrap(label, room, Math.max(1, most - 1), size, family, weight)
        .map((text) => ({ text, size, weight, muted: false }));
      const free = height - 2 - names.length * size * LEADING;
      const lines = [...names, ...this.linesWithin(node, room, free, family)];
      return node.kind === 'communication' ? this.withinEllipse(lines, names.length, box, family) : lines;
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

  /** As many lines, but not fewer than `least`, as fit into the outline, which is narrower above and below its middle. */
  private withinEllipse(
    lines: readonly Line[],
    least: number,
    { width, height }: Size,
    family: string,
  ): readonly Line[] {
    for (let count = lines.length; count > least; count--) {
      const shownLines = lines.slice(0, count);
      const tall = shownLines.reduce((sum, { size }) => sum + size * LEADING, 0);
      const isInside = [shownLines[0], shownLines.at(-1)].every((line) => {
        if (!line) return true;
        const away = tall / 2 - (line.size * LEADING) / 2 + line.size * 0.55;
        const across = width * Math.sqrt(Math.max(0, 1 - ((2 * away) / height) ** 2));
        return this.text.width(line.text, line.size, family, line.weight) <= across;
      });
      if (isInside) return shownLines;
    }
    return lines.slice(0, least);
  }

  /** Lines that fit without being cut, up to a total height. A cut number or shape would be read as another one. */
  private linesWithin(
    { lines: [first = '', ...others] }: PictureNode['node'],
    room: number,
    height: number,
    family: string,
  ) {
    const size = LEAST_TEXT;
    const most = Math.max(0, Math.floor(height / (size * LEADING)));
    const fits = (text: string) => this.text.width(text, size, family, 400) <= room;
    // Of a first line that is too long the time may fit, without the amount behind it.
    const time = first.slice(0, Math.max(0, first.lastIndexOf(', ')));
    const whole = [fits(first) ? first : time, ...others].filter((text) => text !== '' && fits(text));
    // Costs say more than shapes, so shapes are left out first.
    const shown = whole.length > most ? whole.filter((text) => !text.startsWith('[')) : whole;
    return shown.slice(0, most).map((text) => ({ text, size, weight: 400, muted: true }));
  }

  /**
   * Draws rings around nodes that are selected, under the mouse, or meant by the cursor in the text. They differ in form, not in
   * colour.
   */
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

/**
 * The height of a title's middle. It lies inside the frame where that has room; otherwise over the frame of a stage, or on that
 * of a layer.
 */
function titlePlace(
  { kind, switches }: PictureGroup['group'],
  y: number,
  height: number,
  zoom: number,
  size: number,
): number {
  // Above the edge that comes in at the middle, leaving room for switches between.
  if (kind === 'gpu') return y + height / 2 - (switches ? 31 : 16) * zoom;
  if (zoom >= TITLES_INSIDE_FROM) return y + 15 * zoom;
  return kind === 'layer' ? y + size * 0.2 : y - size * 0.9;
}

/** Size of the switch of a closed group. */
function switchSize(zoom: number): number {
  return Math.max(10, Math.min(14, 12 * zoom));
}
