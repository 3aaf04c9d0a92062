import type { NodeColors } from '../../../server/src/graph/palette.ts';
import { TextFitter } from '../dag/labels.ts';
import { mixed } from '../mixed.ts';
import type { Box } from './frame.ts';

export interface TextStyle {
  readonly size: number;
  readonly family: string;
  readonly color: string;
  readonly weight?: number;
  /** The width to which text is cut. */
  readonly room?: number;
}

/** Narrower blocks have no room for a name. They have no outline either, so that they look calm, and alike at every width. */
const LEAST_OUTLINED = 13;
/** The share of the outline's colour, mixed with the background, in a block without outline. */
const SOLID = 0.72;
const LEAST_LABEL = 26;
/** The size of text between the edges of its block. */
const LABEL_SIZE = 12;
const LEAST_SIZE = 9;
const SMALLER = [10.5, 9.5];
const LINE = 1.25;
const MOST_LINES = 3;

/** Draws the parts of the timeline: blocks, lines, rings and text that fits. */
export class Brush {
  readonly context: CanvasRenderingContext2D;
  /** The width of the canvas. What lies beyond it is cut off before it is drawn. */
  width = 0;
  background = '#000000';
  private readonly text: TextFitter;
  private readonly solids = new Map<string, string>();

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
    this.text = new TextFitter(context);
  }

  widthOf(text: string, size: number, family: string, weight: number): number {
    return this.text.width(text, size, family, weight);
  }

  block({ fill, stroke }: NodeColors, x: number, y: number, width: number, height: number): void {
    const { context } = this;
    const [from, to] = [Math.max(-2, x), Math.min(this.width + 2, x + width)];
    if (to - from < LEAST_OUTLINED) {
      // A thin line of background keeps neighbours apart.
      this.solid(stroke, from, y, Math.max(1, to - from - (to - from > 2 ? 0.6 : 0)), height);
      return;
    }
    context.fillStyle = fill;
    context.fillRect(from, y, to - from, height);
    context.strokeStyle = stroke;
    context.lineWidth = 1;
    context.strokeRect(from + 0.5, y + 0.5, to - from - 1, height - 1);
  }

  /** A block without outline, calmer than the colour of outlines. It is opaque, so that neighbours leave no seam. */
  solid(color: string, x: number, y: number, width: number, height: number): void {
    const key = `${this.background} ${color}`;
    const solid = this.solids.get(key) ?? mixed(this.background, color, SOLID);
    this.solids.set(key, solid);
    this.context.fillStyle = solid;
    this.context.fillRect(x, y, width, height);
  }

  /** Writes the text along the block in lines, or upright or smaller if only that fits. Otherwise it is cut or left out. */
  label(text: string, box: Box, family: string, color: string): void {
    const { x, y, width, height } = box;
    const largest = Math.max(LEAST_SIZE, Math.min(LABEL_SIZE, height - 3));
    if (this.lines(text, box, largest, family, color)) return;
    const upright = Math.min(LABEL_SIZE, Math.floor(width) - 3);
    if (width >= LEAST_OUTLINED && this.text.width(text, upright, family, 400) <= height - 8) {
      const { context } = this;
      context.save();
      context.translate(x + width / 2 + 0.5, y + height - 5);
      context.rotate(-Math.PI / 2);
      this.write(text, 0, 0, { size: upright, family, color });
      context.restore();
      return;
    }
    for (const size of SMALLER) if (size < largest && this.lines(text, box, size, family, color)) return;
    if (width < LEAST_LABEL || height < LEAST_SIZE) return;
    const cut = this.text.cut(text, width - 6, largest, family, 400);
    // A letter and three dots say nothing.
    if (cut.length >= 5) this.write(cut, x + 3, y + height / 2 + 0.5, { size: largest, family, color });
  }

  /** Writes the text in as many lines as the block is high. The answer is whether all of it had room. */
  private lines(text: string, { x, y, width, height }: Box, size: number, family: string, color: string): boolean {
    const step = size * LINE;
    const most = Math.min(MOST_LINES, Math.floor((height - 2) / step));
    if (height < LEAST_SIZE) return false;
    const room = width - 6;
    const lines = this.text.wrap(text, room, Math.max(1, most), size, family, 400);
    if (lines.length === 0 || lines.some((line) => line.endsWith('…'))) return false;
    const first = y + height / 2 + 0.5 - ((lines.length - 1) * step) / 2;
    for (const [at, line] of lines.entries()) this.write(line, x + 3, first + at * step, { size, family, color });
    return true;
  }

  write(text: string, x: number, middle: number, style: TextStyle): void {
    const { context } = this;
    const { size, family, color, weight = 400, room } = style;
    const shown = room === undefined ? text : this.text.cut(text, room, size, family, weight);
    context.font = `${weight} ${size}px ${family}`;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillStyle = color;
    context.fillText(shown, x, middle);
  }

  ring({ x, y, width, height }: Box, dash: readonly number[], color: string, line: number): void {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = line;
    context.setLineDash([...dash]);
    context.strokeRect(x - 1, y - 1, width + 2, height + 2);
    context.setLineDash([]);
  }

  line(x: number, y: number, toX: number, toY: number): void {
    const { context } = this;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
  }
}
