import type { Palette } from '../../../server/src/graph/palette.ts';
import { TextFitter } from '../dag/labels.ts';

export interface TextStyle {
  readonly size: number;
  readonly family: string;
  readonly color: string;
  readonly weight?: number;
  /** What does not fit is cut. */
  readonly room?: number;
}

type Colors = Palette['nodes'][keyof Palette['nodes']];

/** What everything on the timeline is made of: blocks, lines, rings and text that fits. */
export class Brush {
  /** Of the canvas: what lies beyond it is cut off before it is drawn. */
  width = 0;
  private readonly context: CanvasRenderingContext2D;
  private readonly text: TextFitter;

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
    this.text = new TextFitter(context);
  }

  widthOf(text: string, size: number, family: string, weight: number): number {
    return this.text.width(text, size, family, weight);
  }

  block({ fill, stroke }: Colors, x: number, y: number, width: number, height: number): void {
    const { context } = this;
    const [from, to] = [Math.max(-2, x), Math.min(this.width + 2, x + width)];
    if (to - from < 3) {
      context.fillStyle = stroke;
      context.fillRect(from, y, Math.max(1, to - from), height);
      return;
    }
    context.fillStyle = fill;
    context.fillRect(from, y, to - from, height);
    context.strokeStyle = stroke;
    context.lineWidth = 1;
    context.strokeRect(from + 0.5, y + 0.5, to - from - 1, height - 1);
  }

  label(text: string, x: number, y: number, room: number, height: number, family: string, color: string): void {
    const size = Math.max(8, Math.min(12, height - 3));
    if (height < 9) return;
    const cut = this.text.cut(text, room, size, family, 400);
    // A letter and three dots tell nothing.
    if (cut === '' || (cut !== text && cut.length < 4)) return;
    this.write(cut, x, y + height / 2 + 0.5, { size, family, color });
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

  ring(
    x: number,
    y: number,
    width: number,
    height: number,
    dash: readonly number[],
    color: string,
    line: number,
  ): void {
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
