import type { Palette } from '../../../server/src/graph/palette.ts';
import type { PreviewTimeline } from '../../../server/src/services/preview/timelineProtocol.ts';
import type { Item } from './find.ts';
import type { Layout } from './layout.ts';
import type { Passes } from './passes.ts';
import type { Span } from './span.ts';

/** Everything that one drawing of the timeline shows. */
export interface TimelineFrame {
  readonly timeline: PreviewTimeline;
  readonly layout: Layout;
  readonly passes: Passes;
  readonly span: Span;
  /** How many pixels the lanes are scrolled down. */
  readonly scroll: number;
  readonly palette: Palette;
  readonly fontFamily: string;
  readonly selected: Item | undefined;
  readonly hovered: Item | undefined;
  /** Sources of lanes and of operations that the cursor in the text belongs to. */
  readonly highlighted: ReadonlySet<string>;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a time, in nanoseconds, lies on the canvas. */
export function xOf({ span, layout }: TimelineFrame, time: number): number {
  return layout.gutter + (time - span.start) / span.perPixel;
}
