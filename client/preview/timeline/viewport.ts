import type { PreviewTimeline } from '../../../server/src/services/preview/timelineProtocol.ts';
import { type CanvasSize, followSize } from '../canvasSize.ts';
import { currentPalette } from '../theme.ts';
import { timesOf } from './find.ts';
import type { TimelineFrame } from './frame.ts';
import { AXIS_HEIGHT, type Layout, layoutOf } from './layout.ts';
import { Passes } from './passes.ts';
import { TimelineRenderer } from './renderer.ts';
import { panSpan, revealSpan, type Span, whole, zoomSpan } from './span.ts';

const EMPTY: PreviewTimeline = {
  id: '',
  label: '',
  end: 1,
  scheduled: 0,
  facts: [],
  notes: [],
  operations: [],
  parts: 1,
  passes: [],
  lanes: [],
};

type Marks = Pick<TimelineFrame, 'selected' | 'hovered' | 'highlighted'>;

/** The canvas and the part of the step that it shows. It draws at most once per frame. */
export class Viewport {
  layout: Layout = { lanes: [], height: 0, gutter: 0, gap: 0 };
  passes = new Passes(EMPTY);
  span: Span = { start: 0, perPixel: 1 };
  scroll = 0;
  private timeline = EMPTY;
  private readonly canvas: HTMLCanvasElement;
  private readonly renderer: TimelineRenderer;
  private readonly changed: (span: Span, width: number, hasShares: boolean) => void;
  private width = 0;
  private height = 0;
  private marks: Marks = { selected: undefined, hovered: undefined, highlighted: new Set() };
  /** The whole step is shown until the reader chooses a part. */
  private isWhole = true;
  private isWaiting = false;
  /** A stretch that is to be shown when the canvas has a size. */
  private range: { readonly from: number; readonly to: number } | undefined;

  constructor(
    canvas: HTMLCanvasElement,
    context: CanvasRenderingContext2D,
    changed: (span: Span, width: number, hasShares: boolean) => void,
  ) {
    this.canvas = canvas;
    this.changed = changed;
    this.renderer = new TimelineRenderer(canvas, context);
    followSize(canvas, (size) => this.resize(size));
  }

  /** Shows a timeline. Another step is shown whole at first; a newer picture of the same step keeps its place. */
  show(timeline: PreviewTimeline, isOther: boolean): void {
    this.timeline = timeline;
    this.passes = new Passes(timeline);
    if (isOther) {
      this.isWhole = true;
      this.scroll = 0;
    }
    this.arrange();
    this.redraw();
  }

  /** Returns to the place where a picture was left. Without a span all of it is in view. */
  putBack(span: Span | undefined, scroll: number): void {
    this.isWhole = span === undefined;
    this.span = span ?? this.span;
    this.scroll = scroll;
    this.arrange();
    this.redraw();
  }

  /** The span in view; undefined if that is the whole step. */
  get part(): Span | undefined {
    return this.isWhole ? undefined : this.span;
  }

  mark(marks: Marks): void {
    this.marks = marks;
    this.redraw();
  }

  pan(x: number, y: number): void {
    this.span = panSpan(this.span, x, this.timeline.end, this.room);
    this.scroll = this.scrolled(this.scroll + y);
    this.redraw();
  }

  zoomAt(x: number, factor: number): void {
    this.span = zoomSpan(this.span, Math.max(0, x - this.layout.gutter), factor, this.timeline.end, this.room);
    this.isWhole = this.span.perPixel === whole(this.timeline.end, this.room).perPixel;
    this.redraw();
  }

  /** Zooms around the selected item, so that it stays in view, or else around the middle. */
  zoomBy(factor: number): void {
    const { selected } = this.marks;
    const { start, perPixel } = this.span;
    const times = selected && timesOf(this.layout, this.passes, selected);
    const middle = times ? ((times.start + times.end) / 2 - start) / perPixel : -1;
    const isInView = middle >= 0 && middle <= this.room;
    this.zoomAt(this.layout.gutter + (isInView ? middle : this.room / 2), factor);
  }

  showAll(): void {
    this.range = undefined;
    this.span = whole(this.timeline.end, this.room);
    this.isWhole = true;
    this.redraw();
  }

  /** Shows a stretch of time, as soon as the canvas has a size. */
  showRange(from: number, to: number): void {
    this.isWhole = false;
    this.range = { from, to };
    this.arrange();
    this.redraw();
  }

  /** Brings a stretch of a lane into view. */
  reveal(lane: number, from: number, to: number): void {
    this.span = revealSpan(this.span, from, to, this.timeline.end, this.room);
    const placed = this.layout.lanes[lane];
    if (placed) {
      const top = placed.y - AXIS_HEIGHT - 8;
      const bottom = placed.y + placed.height + 8 - this.height;
      if (this.scroll > top) this.scroll = this.scrolled(top);
      else if (this.scroll < bottom) this.scroll = this.scrolled(bottom);
    }
    this.redraw();
  }

  redraw(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  private get room(): number {
    return Math.max(1, this.width - this.layout.gutter - 8);
  }

  private scrolled(scroll: number): number {
    return Math.max(0, Math.min(scroll, this.layout.height - this.height));
  }

  private draw(): void {
    if (this.width === 0 || this.timeline === EMPTY) return;
    const { timeline, layout, passes, span, scroll, marks } = this;
    const fontFamily = getComputedStyle(this.canvas).fontFamily;
    const palette = currentPalette();
    const hasShares = this.renderer.draw({ timeline, layout, passes, span, scroll, palette, fontFamily, ...marks });
    this.changed(span, this.room, hasShares);
  }

  private arrange(): void {
    this.layout = layoutOf(this.timeline, this.width, this.height);
    if (this.range && this.width > 0) {
      const { from, to } = this.range;
      const { perPixel } = whole(to - from, this.room);
      this.span = { start: from, perPixel };
      this.range = undefined;
    }
    this.span = this.isWhole
      ? whole(this.timeline.end, this.room)
      : panSpan(this.span, 0, this.timeline.end, this.room);
    this.scroll = this.scrolled(this.scroll);
  }

  private resize({ width, height, ratio }: CanvasSize): void {
    this.width = width;
    this.height = height;
    this.renderer.resize(width, height, ratio);
    this.arrange();
    // Resizing has emptied the canvas. Drawing at once, not in the next frame, avoids a flash.
    this.draw();
  }
}
