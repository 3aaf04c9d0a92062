import type { Palette } from '../../../server/src/graph/palette.ts';
import type { PreviewTimeline, TimelineEvents } from '../../../server/src/services/preview/timelineProtocol.ts';
import { Brush } from './brush.ts';
import { eventsOf, type Item, lastBefore, timesOf } from './find.ts';
import { AXIS_HEIGHT, type Layout, type PlacedLane, ROW_NAMES, ROW_NUMBERS, type Row } from './layout.ts';
import type { Passes } from './passes.ts';
import { type Span, ticksOf } from './span.ts';

export interface TimelineFrame {
  readonly timeline: PreviewTimeline;
  readonly layout: Layout;
  readonly passes: Passes;
  readonly span: Span;
  /** Pixels that the lanes are scrolled down. */
  readonly scroll: number;
  readonly palette: Palette;
  readonly fontFamily: string;
  readonly selected: Item | undefined;
  readonly hovered: Item | undefined;
  /** What the cursor in the text is about: sources of lanes and of operations. */
  readonly highlighted: ReadonlySet<string>;
}

/** Narrower operations are drawn as shares of what they fill. */
const LEAST_SLICE = 2.5;
const LEAST_LABEL = 26;
/** Pixels of a layer from which it has a tick, and a name. */
const LEAST_LAYER = 5;
const LEAST_NAMED_LAYER = 76;
/** Of more lanes the first alone names its rows. */
const ALL_NAMED = 4;

/** Canvas 2D. Work follows pixels: what is narrower than one is drawn together. */
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

  draw(frame: TimelineFrame): void {
    const { context, width, height } = this;
    const { palette, layout } = frame;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, width, height);
    this.grid(frame);
    const visible = layout.lanes.filter(
      ({ y, height: own }) => y + own - frame.scroll > AXIS_HEIGHT && y - frame.scroll < height,
    );
    context.save();
    context.beginPath();
    context.rect(layout.gutter, AXIS_HEIGHT, width - layout.gutter, height - AXIS_HEIGHT);
    context.clip();
    for (const lane of visible) this.lane(frame, lane);
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
  }

  private x({ span, layout }: TimelineFrame, time: number): number {
    return layout.gutter + (time - span.start) / span.perPixel;
  }

  private grid(frame: TimelineFrame): void {
    const { context, width, height } = this;
    const { palette, layout, span, fontFamily } = frame;
    for (const { at, label } of ticksOf(span, width - layout.gutter)) {
      const x = Math.round(this.x(frame, at)) + 0.5;
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

  private lane(frame: TimelineFrame, placed: PlacedLane): void {
    const { palette, timeline } = frame;
    const top = placed.y - frame.scroll;
    for (const row of placed.rows) {
      const y = top + row.y;
      if (row.kind === 'micro') {
        this.waits(frame, placed, y, row.height);
        if (timeline.end > timeline.scheduled) this.rest(frame, y, row.height);
      }
      const events = eventsOf(placed, row.kind);
      this.each(frame, events, (event, x, width) => {
        if (row.kind === 'micro') this.micro(frame, events, event, x, y, width, row.height);
        else if (row.kind === 'transfer') this.brush.block(palette.nodes.communication, x, y, width, row.height);
        else this.operations(frame, placed, row, events, event, x, y, width);
      });
    }
  }

  /** Events in view, those under a pixel together with the next. */
  private each(
    frame: TimelineFrame,
    events: TimelineEvents,
    draw: (event: number, x: number, width: number) => void,
  ): void {
    const left = frame.layout.gutter;
    const first = Math.max(0, lastBefore(events, frame.span.start));
    let drawnTo = Number.NEGATIVE_INFINITY;
    for (let event = first; event < events.start.length; event++) {
      const start = Math.max(0, events.start[event] ?? 0);
      // What reaches over the end of a decode period goes on at its beginning.
      const end = Math.min(frame.timeline.scheduled, (events.start[event] ?? 0) + (events.length[event] ?? 0));
      const x = this.x(frame, start);
      if (x > this.width) return;
      const to = this.x(frame, end);
      if (to < left || to < drawnTo + 0.7) continue;
      draw(event, x, Math.max(1, to - x));
      drawnTo = to;
    }
  }

  private micro(
    frame: TimelineFrame,
    events: TimelineEvents,
    event: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void {
    const { palette, passes, fontFamily, layout } = frame;
    const kind = passes.at(events.pass[event] ?? -1)?.kind ?? 'F';
    const colors = palette.nodes;
    if (kind === 'FB') {
      this.brush.block(colors.compute, x, y, width, height / 2);
      this.brush.block(colors.aggregation, x, y + height / 2, width, height / 2);
    } else {
      const own = kind === 'B' ? colors.aggregation : kind === 'W' ? colors.gate : colors.compute;
      this.brush.block(own, x, y, width, height);
    }
    const beside = events.beside[event] ?? -1;
    const name = beside >= 0 ? `F${events.micro[event]} B${beside}` : `${kind}${events.micro[event]}`;
    // Names stay in view while a part of what they name is.
    const [from, to] = [Math.max(x, layout.gutter), Math.min(x + width, this.width)];
    const isNamed = this.layers(frame, events, event, name, from, to, y, height);
    if (!isNamed && to - from > 12)
      this.brush.label(name, from + 3, y, to - from - 6, height, fontFamily, palette.text);
    if (events.critical[event] !== 1) return;
    this.context.fillStyle = palette.critical;
    this.context.fillRect(x, y - 2, width, 2.5);
  }

  /** Ticks between the layers of a micro-batch, and their names where there is room; whether there was. */
  private layers(
    frame: TimelineFrame,
    events: TimelineEvents,
    event: number,
    name: string,
    from: number,
    to: number,
    y: number,
    height: number,
  ): boolean {
    const { palette, passes, fontFamily } = frame;
    const index = events.pass[event] ?? -1;
    const layers = passes.layersOf(index);
    const x = this.x(frame, events.start[event] ?? 0);
    const width = (events.length[event] ?? 0) / frame.span.perPixel;
    if (layers.length < 2 || width / layers.length < LEAST_LAYER) return false;
    const scale = width / passes.parts;
    const isNamed = width / layers.length > LEAST_NAMED_LAYER;
    this.context.strokeStyle =
      passes.at(index)?.kind === 'B' ? palette.nodes.aggregation.stroke : palette.nodes.compute.stroke;
    for (const [at, { start, end, layer }] of layers.entries()) {
      const [left, right] = [Math.max(from, x + start * scale), Math.min(to, x + end * scale)];
      if (right <= left) continue;
      const tick = Math.round(left) + 0.5;
      this.brush.line(tick, isNamed ? y : y + height * 0.6, tick, y + height);
      const label = at === 0 ? `${name} layer ${layer}` : `layer ${layer}`;
      if (isNamed) this.brush.label(label, left + 3, y, right - left - 6, height, fontFamily, palette.text);
    }
    return isNamed;
  }

  private operations(
    frame: TimelineFrame,
    placed: PlacedLane,
    { kind, height }: Row,
    events: TimelineEvents,
    event: number,
    visibleX: number,
    y: number,
    visibleWidth: number,
  ): void {
    if (kind === 'micro' || kind === 'transfer') return;
    const { passes, palette, fontFamily, timeline, highlighted } = frame;
    const index = events.pass[event] ?? -1;
    const pass = passes.at(index);
    if (!pass) return;
    // Of an event that reaches over the end of a period only the part inside the picture shows.
    const x = this.x(frame, events.start[event] ?? 0);
    const width = (events.length[event] ?? 0) / frame.span.perPixel;
    const left = Math.max(visibleX, frame.layout.gutter);
    const right = Math.min(visibleX + visibleWidth, this.width);
    const row = ROW_NUMBERS[kind];
    if (width / Math.max(1, pass.row.length) < LEAST_SLICE) {
      this.shares(frame, index, row, x, y, width, height, left, right);
      return;
    }
    const isCritical = events.critical[event] === 1 && passes.overlaps(pass);
    for (const [slice, own] of pass.row.entries()) {
      if (own !== row) continue;
      const from = Math.max(left, x + ((pass.start[slice] ?? 0) / passes.parts) * width);
      const to = Math.min(right, x + ((pass.end[slice] ?? 0) / passes.parts) * width);
      if (to <= from) continue;
      const operation = timeline.operations[pass.operation[slice] ?? -1];
      this.brush.block(palette.nodes[operation?.kind ?? 'compute'], from, y, to - from, height);
      if (to - from > LEAST_LABEL)
        this.brush.label(operation?.label ?? '', from + 3, y, to - from - 6, height, fontFamily, palette.text);
      if (isCritical && pass.critical[slice] === 1) {
        this.context.fillStyle = palette.critical;
        this.context.fillRect(from, y + height - 2, to - from, 2);
      }
      if (highlighted.has(`${placed.lane.source}/${operation?.key}`))
        this.brush.ring(from, y, to - from, height, [4, 3], palette.text, 1.5);
    }
  }

  /** A row from afar: as high as the share of time in which something runs, by kind. */
  private shares(
    { passes, palette }: TimelineFrame,
    index: number,
    row: number,
    x: number,
    y: number,
    width: number,
    height: number,
    left: number,
    right: number,
  ): void {
    const { context } = this;
    const { parts, kinds } = passes.summary(index, row, width);
    const part = width / parts;
    const first = Math.max(0, Math.floor((left - x) / part));
    // Fills are too pale, or none, for areas without an outline.
    context.globalAlpha = 0.62;
    for (let at = first; at < parts; at++) {
      const from = Math.max(left, x + at * part);
      if (from >= right) break;
      const to = Math.min(right, x + (at + 1) * part);
      let bottom = y + height;
      for (const [kind, shares] of kinds) {
        const own = Math.min(1, shares[at] ?? 0) * height;
        if (own < 0.2) continue;
        context.fillStyle = palette.nodes[kind].stroke;
        context.fillRect(from, bottom - own, to - from, own);
        bottom -= own;
      }
    }
    context.globalAlpha = 1;
  }

  /** Hatched, so that waiting is told apart without colour. */
  private waits(frame: TimelineFrame, { lane }: PlacedLane, y: number, height: number): void {
    const { context } = this;
    const left = frame.layout.gutter;
    context.save();
    context.beginPath();
    for (let at = 0; at < lane.waits.length; at += 2) {
      const x = Math.max(left, this.x(frame, lane.waits[at] ?? 0));
      const to = Math.min(this.width, this.x(frame, lane.waits[at + 1] ?? 0));
      if (to - x > 1) context.rect(x, y, to - x, height);
    }
    context.clip();
    context.strokeStyle = frame.palette.edge;
    context.lineWidth = 1;
    context.globalAlpha = 0.75;
    context.beginPath();
    // Anchored to the canvas: the hatching of a lane is of one piece.
    for (let x = left - height; x < this.width; x += 6) {
      context.moveTo(x, y + height);
      context.lineTo(x + height, y);
    }
    context.stroke();
    context.restore();
  }

  private rest(frame: TimelineFrame, y: number, height: number): void {
    const { timeline, palette, fontFamily } = frame;
    const x = this.x(frame, timeline.scheduled);
    const width = this.x(frame, timeline.end) - x;
    this.brush.block(palette.nodes.source, x, y, width, height);
    if (width > LEAST_LABEL)
      this.brush.label(timeline.rest ?? '', Math.max(x, 0) + 3, y, width - 6, height, fontFamily, palette.text);
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
    const x = Math.max(this.x(frame, start), frame.layout.gutter);
    const to = Math.min(this.x(frame, end), this.width);
    if (to >= x)
      this.brush.ring(x, placed.y - frame.scroll + row.y, Math.max(2, to - x), row.height, dash, color, width);
  }

  /** Names of lanes and rows, and a line above each lane. */
  private names({ palette, layout, scroll, fontFamily, highlighted }: TimelineFrame, placed: PlacedLane): void {
    const { context } = this;
    const top = placed.y - scroll;
    const { gutter } = layout;
    if (placed.index > 0) {
      context.globalAlpha = 0.4;
      context.strokeStyle = palette.groupStroke;
      this.brush.line(0, Math.round(top - 7) + 0.5, this.width, Math.round(top - 7) + 0.5);
      context.globalAlpha = 1;
    }
    const isNarrow = gutter < 100;
    const room = gutter - 20;
    for (const { kind, y, height } of placed.rows) {
      const middle = top + y + height / 2 + 0.5;
      if (kind === 'micro')
        this.brush.write(placed.lane.label, 10, middle, {
          size: 12,
          family: fontFamily,
          color: palette.text,
          weight: 600,
          room,
        });
      else if (height >= 11 && !isNarrow && (placed.index === 0 || layout.lanes.length <= ALL_NAMED))
        this.brush.write(ROW_NAMES[kind], 18, middle, { size: 10.5, family: fontFamily, color: palette.muted, room });
    }
    const second = placed.rows[1];
    if (second && placed.index > 0 && layout.lanes.length > ALL_NAMED)
      this.brush.write(placed.lane.gpus, 10, top + second.y + 7, {
        size: 10.5,
        family: fontFamily,
        color: palette.muted,
        room,
      });
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
