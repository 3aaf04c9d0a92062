import type { TimelineEvents } from '../../../server/src/services/preview/timelineProtocol.ts';
import { Brush } from './brush.ts';
import { eventsOf, type Item, lastBefore, timesOf } from './find.ts';
import { type TimelineFrame, xOf } from './frame.ts';
import { AXIS_HEIGHT, type PlacedLane, ROW_NAMES } from './layout.ts';
import { drawOperations } from './operationRow.ts';
import { drawPass, drawRest, drawTransfer, drawWaits } from './passRow.ts';
import { ticksOf } from './span.ts';

/** With more lanes than this, only the first names its rows. */
const ALL_NAMED = 4;
/** The least height of a row with room for a name and a line below it. */
const LEAST_TWO_LINES = 30;

/** Draws on Canvas 2D. The work follows the pixels: slices narrower than a pixel are drawn together. */
export class TimelineRenderer {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly brush: Brush;
  private width = 0;
  private height = 0;
  private ratio = 1;

  constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D) {
    this.canvas = canvas;
    this.context = context;
    this.brush = new Brush(context);
  }

  resize(width: number, height: number, ratio: number): void {
    Object.assign(this, { width, height, ratio });
    this.brush.width = width;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  /** The answer is whether some slices were so narrow that shares of the time are drawn instead. */
  draw(frame: TimelineFrame): boolean {
    const { context, width, height } = this;
    const { palette, layout } = frame;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.brush.background = palette.background;
    context.globalAlpha = 1;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, width, height);
    this.grid(frame);
    const visible = layout.lanes.filter(
      ({ y, height: laneHeight }) => y + laneHeight - frame.scroll > AXIS_HEIGHT && y - frame.scroll < height,
    );
    context.save();
    context.beginPath();
    context.rect(layout.gutter, AXIS_HEIGHT, width - layout.gutter, height - AXIS_HEIGHT);
    context.clip();
    let hasShares = false;
    for (const lane of visible) hasShares = this.lane(frame, lane) || hasShares;
    this.mark(frame, frame.hovered, [], palette.text, 1.5);
    this.mark(frame, frame.selected, [], palette.text, 2.5);
    context.restore();
    context.save();
    context.beginPath();
    context.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT);
    context.clip();
    for (const lane of visible) this.names(frame, lane);
    context.restore();
    this.scrollBar(frame);
    return hasShares;
  }

  private grid(frame: TimelineFrame): void {
    const { context, width, height } = this;
    const { palette, layout, span, fontFamily } = frame;
    for (const { at, label } of ticksOf(span, width - layout.gutter)) {
      const x = Math.round(xOf(frame, at)) + 0.5;
      context.strokeStyle = palette.groupStroke;
      context.globalAlpha = 0.32;
      this.brush.line(x, AXIS_HEIGHT, x, height);
      context.globalAlpha = 1;
      this.brush.line(x, AXIS_HEIGHT - 6, x, AXIS_HEIGHT);
      if (x + 4 + this.brush.widthOf(label, 11, fontFamily, 400) <= width)
        this.brush.write(label, x + 4, AXIS_HEIGHT - 12, { size: 11, family: fontFamily, color: palette.muted });
    }
    context.strokeStyle = palette.groupStroke;
    this.brush.line(0, AXIS_HEIGHT + 0.5, width, AXIS_HEIGHT + 0.5);
  }

  private lane(frame: TimelineFrame, placed: PlacedLane): boolean {
    const { timeline } = frame;
    const { brush } = this;
    const top = placed.y - frame.scroll;
    let hasShares = false;
    for (const { kind, y: rowOffset, height } of placed.rows) {
      const y = top + rowOffset;
      if (kind === 'micro') {
        drawWaits(brush, frame, placed, y, height);
        if (timeline.end > timeline.scheduled) drawRest(brush, frame, timeline, y, height);
      }
      const events = eventsOf(placed, kind);
      this.visitEvents(frame, events, (event, x, width) => {
        const box = { x, y, width, height };
        if (kind === 'micro') drawPass(brush, frame, events, event, box);
        else if (kind === 'transfer') drawTransfer(brush, frame, events, event, box);
        else hasShares = drawOperations(brush, frame, placed, kind, events, event, box) || hasShares;
      });
    }
    return hasShares;
  }

  /** Calls `draw` for the events in view. An event narrower than a pixel is left out where the one before it is drawn. */
  private visitEvents(
    frame: TimelineFrame,
    events: TimelineEvents,
    draw: (event: number, x: number, width: number) => void,
  ): void {
    const left = frame.layout.gutter;
    const first = Math.max(0, lastBefore(events, frame.span.start));
    let drawnTo = Number.NEGATIVE_INFINITY;
    for (let event = first; event < events.start.length; event++) {
      const start = Math.max(0, events.start[event] ?? 0);
      // An event that reaches over the end of a decode period is drawn again at its beginning.
      const end = Math.min(frame.timeline.scheduled, (events.start[event] ?? 0) + (events.length[event] ?? 0));
      const x = xOf(frame, start);
      if (x > this.width) return;
      const to = xOf(frame, end);
      if (to < left || to < drawnTo + 0.7) continue;
      draw(event, x, Math.max(1, to - x));
      drawnTo = to;
    }
  }

  private mark(
    frame: TimelineFrame,
    item: Item | undefined,
    dash: readonly number[],
    color: string,
    width: number,
  ): void {
    const placed = item && frame.layout.lanes[item.lane];
    const row = placed?.rows.find(({ kind }) => kind === item?.row);
    if (!item || !placed || !row) return;
    const { start, end } = timesOf(frame.layout, frame.passes, item);
    const x = Math.max(xOf(frame, start), frame.layout.gutter);
    const to = Math.min(xOf(frame, end), this.width);
    if (to >= x)
      this.brush.ring(
        { x, y: placed.y - frame.scroll + row.y, width: Math.max(2, to - x), height: row.height },
        dash,
        color,
        width,
      );
  }

  /** Names of lanes and rows, and a line above each lane. */
  private names({ palette, layout, scroll, fontFamily, highlighted }: TimelineFrame, placed: PlacedLane): void {
    const { context } = this;
    const top = placed.y - scroll;
    const { gutter } = layout;
    if (placed.index > 0) {
      const between = Math.round(top - layout.gap / 2) + 0.5;
      context.globalAlpha = 0.4;
      context.strokeStyle = palette.groupStroke;
      this.brush.line(0, between, this.width, between);
      context.globalAlpha = 1;
    }
    const isNarrow = gutter < 100;
    const room = gutter - (isNarrow ? 12 : 20);
    const small = { size: 10.5, family: fontFamily, color: palette.muted, room };
    // A narrow gutter has room only for the numbers.
    const gpus = isNarrow ? placed.lane.gpus.replace(/^GPUs? /, '') : placed.lane.gpus;
    const isAlone = layout.lanes.length <= ALL_NAMED;
    for (const { kind, y, height } of placed.rows) {
      const middle = top + y + height / 2 + 0.5;
      if (kind === 'micro') {
        const hasGpus = isAlone && height >= LEAST_TWO_LINES;
        this.brush.write(placed.lane.label, 10, middle - (hasGpus ? 7 : 0), {
          size: 12,
          family: fontFamily,
          color: palette.text,
          weight: 600,
          room,
        });
        if (hasGpus) this.brush.write(gpus, 10, middle + 8, small);
      } else if (height >= 11 && !isNarrow && (placed.index === 0 || isAlone))
        this.brush.write(ROW_NAMES[kind], 18, middle, small);
    }
    const second = placed.rows[1];
    if (second && !isAlone && (placed.index > 0 || second.height < 11))
      this.brush.write(gpus, 10, top + second.y + 7, small);
    if (highlighted.has(placed.lane.source)) {
      context.strokeStyle = palette.text;
      context.lineWidth = 1.5;
      context.setLineDash([4, 3]);
      context.strokeRect(4, top - 3, gutter - 10, placed.height + 6);
      context.setLineDash([]);
    }
  }

  private scrollBar({ layout, scroll, palette }: TimelineFrame): void {
    const room = this.height - AXIS_HEIGHT;
    const content = layout.height - AXIS_HEIGHT;
    if (content <= room) return;
    this.context.globalAlpha = 0.7;
    this.context.fillStyle = palette.groupStroke;
    const height = Math.max(24, (room * room) / content);
    this.context.fillRect(this.width - 5, AXIS_HEIGHT + (scroll / (content - room)) * (room - height), 4, height);
    this.context.globalAlpha = 1;
  }
}
