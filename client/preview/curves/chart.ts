import { digits, formatFraction, formatSeconds } from '../../../server/src/cost/numbers.ts';
import type { Curve, CurveMeasure, CurvePoint } from '../../../server/src/services/preview/curvesProtocol.ts';
import { element, replaceChildren } from '../dom.ts';
import { type Scale, scaleOf } from './scale.ts';
import { drawn } from './svg.ts';

/** What one chart shows: a measure of all curves over a common axis. */
export interface ChartShown {
  readonly measure: CurveMeasure;
  /** Its place among the values of a point. */
  readonly place: number;
  readonly curves: readonly Curve[];
  /** The colour of each curve: a number of the style sheet. */
  readonly colors: readonly number[];
  readonly width: number;
  readonly height: number;
  /** Whether this chart names limits that all charts mark. */
  readonly isFirst: boolean;
  /** Whether the ticks of the common axis have their numbers here, below the last chart of a column. */
  readonly isLast: boolean;
}

const LEFT = 56;
const TOP = 6;
const BOTTOM = 18;
const BOTTOM_BARE = 5;
/** Room for the names of curves at their ends. */
const NAMES = 96;
const EDGE = 14;
/** Pixels that a label of a tick and its gap take. */
const TICK_WIDTH = 56;
const TICK_HEIGHT = 26;

/** One chart, drawn anew when what it shows changes; its cursor moves without that. */
export class Chart {
  readonly root = element('figure', { class: 'chart' });
  private readonly title = element('span', { class: 'chart-title' });
  private readonly unit = element('span', { class: 'chart-unit' });
  private readonly values = element('span', { class: 'chart-values' });
  private readonly picture = drawn('svg', { class: 'chart-picture', 'aria-hidden': 'true' });
  private readonly cursor = drawn('g', { class: 'chart-cursor' });
  private shown: (ChartShown & Placed) | undefined;

  constructor() {
    this.root.append(element('figcaption', {}, this.title, this.unit, this.values), this.picture);
  }

  show(shown: ChartShown): void {
    const placed = placedOf(shown);
    this.shown = { ...shown, ...placed };
    this.title.textContent = shown.measure.label;
    this.unit.textContent = shown.measure.unit === RATE ? RATE : '';
    this.picture.setAttribute('viewBox', `0 0 ${shown.width} ${shown.height}`);
    this.picture.setAttribute('height', String(shown.height));
    replaceChildren(this.picture, ...contents(this.shown), this.cursor);
  }

  /** Marks the point of this place on all curves, and writes its values. */
  mark(at: number): void {
    const { shown } = this;
    if (!shown) return;
    const { curves, place, colors, x, y, bottom } = shown;
    const point = curves[0]?.points[at];
    if (!point) {
      replaceChildren(this.cursor);
      return;
    }
    const left = x(point.x);
    replaceChildren(
      this.cursor,
      drawn('line', { x1: left, x2: left, y1: TOP, y2: bottom }),
      ...curves.map((curve, index) => {
        const value = curve.points[at]?.values[place];
        if (value === null || value === undefined) return undefined;
        return drawn('circle', { class: `curve-${colors[index]}`, cx: left, cy: y(value), r: 3.5 });
      }),
    );
    replaceChildren(
      this.values,
      ...curves.map((curve, index) =>
        element(
          'span',
          { class: `chart-value curve-${colors[index]}` },
          (curve.points[at]?.texts[place] ?? 'none').replace(` ${RATE}`, ''),
        ),
      ),
    );
  }

  /** The place of the point nearest to a number of pixels from the left edge of the picture. */
  nearest(pixels: number): number {
    const { shown } = this;
    const points = shown?.curves[0]?.points ?? [];
    let nearest = 0;
    if (!shown) return nearest;
    for (const [index, point] of points.entries()) {
      const best = points[nearest];
      if (best && Math.abs(shown.x(point.x) - pixels) < Math.abs(shown.x(best.x) - pixels)) nearest = index;
    }
    return nearest;
  }
}

interface Placed {
  readonly horizontal: Scale;
  readonly vertical: Scale;
  readonly right: number;
  /** Where the common axis lies. */
  readonly bottom: number;
  x(value: number): number;
  y(value: number): number;
}

function placedOf({ measure, place, curves, width, height, isLast }: ChartShown): Placed {
  const bottom = height - (isLast ? BOTTOM : BOTTOM_BARE);
  const right = curves.length > 1 ? NAMES : EDGE;
  const values = curves.flatMap(({ points, bands }) => {
    const own = points.flatMap((point) => point.values[place] ?? []);
    return [...own, ...own.flatMap((value) => (bands?.[place] ?? []).map((factor) => factor * value))];
  });
  const most = Math.max(...values, 0);
  const least = Math.min(...values, most);
  // A claim is drawn where it does not press the curves into a corner.
  const goals = measure.goals.map(({ value }) => value).filter((value) => value <= 4 * most && value >= least / 4);
  const inner = { width: width - LEFT - right, height: bottom - TOP };
  const horizontal = scaleOf(
    curves.flatMap(({ points }) => points.map((point) => point.x)),
    inner.width / TICK_WIDTH,
    true,
  );
  const vertical = scaleOf([...values, ...goals], Math.max(2, inner.height / TICK_HEIGHT), false);
  return {
    horizontal,
    vertical,
    right,
    bottom,
    x: (value) => LEFT + inner.width * horizontal.at(value),
    y: (value) => TOP + inner.height * (1 - vertical.at(value)),
  };
}

const RATE = 'tokens/s';

type Part = SVGElement | undefined;

function contents(shown: ChartShown & Placed): readonly Part[] {
  return [...axes(shown), ...limits(shown), ...bands(shown), ...goals(shown), ...lines(shown), ...names(shown)];
}

function axes({
  measure,
  horizontal,
  vertical,
  width,
  height,
  right,
  bottom,
  isLast,
  x,
  y,
}: ChartShown & Placed): readonly Part[] {
  return [
    ...vertical.ticks.flatMap((tick) => [
      drawn('line', { class: 'grid', x1: LEFT, x2: width - right, y1: y(tick), y2: y(tick) }),
      drawn('text', { class: 'tick', x: LEFT - 5, y: y(tick) + 4, 'text-anchor': 'end' }, tickText(tick, measure.unit)),
    ]),
    ...horizontal.ticks.flatMap((tick) => [
      drawn('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: TOP, y2: bottom }),
      isLast
        ? drawn('text', { class: 'tick', x: x(tick), y: height - 4, 'text-anchor': 'middle' }, compact(tick))
        : undefined,
    ]),
    drawn('line', { class: 'axis', x1: LEFT, x2: width - right, y1: bottom, y2: bottom }),
  ];
}

/** Where requests begin to wait for cache: the part beyond is shaded. */
function limits({
  curves,
  colors,
  width,
  right,
  bottom,
  x,
  isFirst,
  horizontal,
}: ChartShown & Placed): readonly Part[] {
  return curves.flatMap(({ most }, index): Part[] => {
    if (!most || most.x > horizontal.high) return [];
    const left = x(most.x);
    const isLeft = left > width - right - 100;
    const label = drawn(
      'text',
      {
        class: `limit-text curve-${colors[index]}`,
        x: isLeft ? left - 4 : left + 4,
        y: bottom - 5 - 13 * index,
        'text-anchor': isLeft ? 'end' : 'start',
      },
      `cache holds ${most.text}`,
    );
    return [
      drawn('rect', {
        class: 'waiting',
        x: left,
        y: TOP,
        width: Math.max(0, width - right - left),
        height: bottom - TOP,
      }),
      drawn('line', { class: `limit curve-${colors[index]}`, x1: left, x2: left, y1: TOP, y2: bottom }),
      isFirst ? label : undefined,
    ];
  });
}

/** The band of what is predicted, as an area around each curve. Gaps of the curve are gaps of the area. */
function bands({ curves, place, colors, x, y }: ChartShown & Placed): readonly Part[] {
  return curves.flatMap(({ points, bands: ofMeasures }, index): Part[] => {
    const [low, high] = ofMeasures?.[place] ?? [];
    if (low === undefined || high === undefined) return [];
    const runs: { readonly x: number; readonly value: number }[][] = [[]];
    for (const point of points) {
      const value = point.values[place];
      if (typeof value === 'number') runs.at(-1)?.push({ x: x(point.x), value });
      else runs.push([]);
    }
    const side = (run: (typeof runs)[number], factor: number) =>
      run.map((point) => `${point.x.toFixed(1)} ${y(point.value * factor).toFixed(1)}`);
    return runs
      .filter(({ length }) => length > 1)
      .map((run) =>
        drawn('path', {
          class: `band-area curve-${colors[index]}`,
          d: `M${[...side(run, high), ...side(run, low).toReversed()].join('L')}Z`,
        }),
      );
  });
}

function goals({ measure, width, right, vertical, y }: ChartShown & Placed): readonly Part[] {
  return measure.goals.flatMap(({ value, text }): Part[] => {
    if (value < vertical.low || value > vertical.high) return [];
    return [
      drawn('line', { class: 'goal', x1: LEFT, x2: width - right, y1: y(value), y2: y(value) }),
      drawn('text', { class: 'goal-text', x: LEFT + 4, y: Math.max(TOP + 10, y(value) - 4) }, text),
    ];
  });
}

function lines({ curves, place, colors, x, y }: ChartShown & Placed): readonly Part[] {
  return curves.flatMap(({ points, present }, index): Part[] => {
    const path = (isKept: (point: CurvePoint, before: CurvePoint | undefined) => boolean) => {
      let text = '';
      let isOpen = false;
      for (const [at, point] of points.entries()) {
        const value = point.values[place];
        if (value === null || value === undefined) {
          isOpen = false;
          continue;
        }
        const isLine = isOpen && isKept(point, points[at - 1]);
        text += `${isLine ? 'L' : 'M'}${x(point.x).toFixed(1)} ${y(value).toFixed(1)}`;
        isOpen = true;
      }
      return text;
    };
    const holds = (point: CurvePoint, before: CurvePoint | undefined) => point.fits && before?.fits === true;
    const own = present === undefined ? undefined : points[present];
    const value = own?.values[place];
    return [
      drawn('path', { class: `line curve-${colors[index]}`, d: path(holds) }),
      drawn('path', {
        class: `line over-capacity curve-${colors[index]}`,
        d: path((point, before) => !holds(point, before)),
      }),
      own && typeof value === 'number'
        ? drawn('circle', { class: `present curve-${colors[index]}`, cx: x(own.x), cy: y(value), r: 4.5 })
        : undefined,
    ];
  });
}

/** Names of curves at their ends, apart from each other. */
function names({ curves, place, colors, width, right, bottom, y }: ChartShown & Placed): readonly Part[] {
  if (curves.length < 2) return [];
  const ends = curves.flatMap((curve, index) => {
    const value = curve.points.findLast((point) => typeof point.values[place] === 'number')?.values[place];
    return typeof value === 'number' ? [{ name: curve.name, index, at: y(value) }] : [];
  });
  const placed = ends.toSorted((left, upper) => left.at - upper.at);
  const gap = 13;
  const tops = placed.map(({ at }) => at);
  for (let at = 1; at < tops.length; at++) tops[at] = Math.max(tops[at] ?? 0, (tops[at - 1] ?? 0) + gap);
  const below = Math.max(0, (tops.at(-1) ?? 0) - bottom);
  return placed.map(({ name, index }, at) =>
    drawn(
      'text',
      { class: `curve-name curve-${colors[index]}`, x: width - right + 5, y: (tops[at] ?? 0) - below + 4 },
      shortened(name),
    ),
  );
}

function shortened(name: string): string {
  return name.length > 15 ? `${name.slice(0, 14)}…` : name;
}

export function titleOf({ label, unit }: CurveMeasure): string {
  return unit === RATE ? `${label}, ${unit}` : label;
}

function tickText(value: number, unit: CurveMeasure['unit']): string {
  if (unit === 'seconds') return value === 0 ? '0' : formatSeconds(value);
  return unit === 'fraction' ? formatFraction(value) : compact(value);
}

/** `1.5k`: a round number where there is little room. */
export function compact(value: number): string {
  if (Math.abs(value) >= 1e6) return `${digits(value / 1e6)}M`;
  return Math.abs(value) >= 1e3 ? `${digits(value / 1e3)}k` : digits(value);
}
