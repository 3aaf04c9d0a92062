/** The part of the step that the canvas shows: the nanosecond at its left edge, and the nanoseconds per pixel. */
export interface Span {
  readonly start: number;
  readonly perPixel: number;
}

/** The closest zoom, at which a single nanosecond is a pixel wide. */
const LEAST_PER_PIXEL = 1;

export function whole(end: number, width: number): Span {
  return { start: 0, perPixel: Math.max(LEAST_PER_PIXEL, end / Math.max(1, width)) };
}

/** Zooms around a point of the canvas. That point keeps what it shows. */
export function zoomSpan(span: Span, x: number, factor: number, end: number, width: number): Span {
  const { perPixel: most } = whole(end, width);
  const perPixel = Math.max(LEAST_PER_PIXEL, Math.min(most, span.perPixel / factor));
  return inside({ start: span.start + x * (span.perPixel - perPixel), perPixel }, end, width);
}

export function panSpan(span: Span, pixels: number, end: number, width: number): Span {
  return inside({ ...span, start: span.start + pixels * span.perPixel }, end, width);
}

/**
 * Makes the least movement that brings a stretch of time into view. Of a stretch longer than the view, the beginning is shown.
 */
export function revealSpan(span: Span, from: number, to: number, end: number, width: number): Span {
  const length = width * span.perPixel;
  const room = Math.min(0.1 * length, 40 * span.perPixel);
  if (from >= span.start && to <= span.start + length) return span;
  if (to - from > length - 2 * room) {
    return from < span.start + length && to > span.start ? span : inside({ ...span, start: from - room }, end, width);
  }
  const start = from < span.start ? from - room : to + room - length;
  return inside({ ...span, start }, end, width);
}

function inside({ start, perPixel }: Span, end: number, width: number): Span {
  return { start: Math.max(0, Math.min(start, end - width * perPixel)), perPixel };
}

/** The least distance between two ticks of an axis, in pixels. */
const TICK_ROOM = 84;

const UNITS = [
  { factor: 1e9, name: 's' },
  { factor: 1e6, name: 'ms' },
  { factor: 1e3, name: 'us' },
  { factor: 1, name: 'ns' },
] as const;

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Ticks at 1, 2 or 5 times a power of ten, all of them in one unit. */
export function ticksOf(span: Span, width: number): readonly Tick[] {
  const least = TICK_ROOM * span.perPixel;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
  const last = span.start + width * span.perPixel;
  const unit = UNITS.find(({ factor }) => last >= factor && step >= factor / 100) ?? UNITS[3];
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / unit.factor) - 1e-9));
  const ticks: Tick[] = [];
  for (let index = Math.ceil(span.start / step); index * step <= last; index++) {
    const value = (index * step) / unit.factor;
    const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    ticks.push({ at: index * step, label: `${text} ${unit.name}` });
  }
  return ticks;
}
