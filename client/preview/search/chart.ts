import { digits, formatFraction, formatSeconds } from '../../../server/src/cost/numbers.ts';
import type { SearchMetric, SearchPlan, SearchResult } from '../../../server/src/services/preview/searchProtocol.ts';
import { compact } from '../curves/chart.ts';
import { type Scale, scaleOf } from '../curves/scale.ts';
import { drawn } from '../curves/svg.ts';
import { element, replaceChildren } from '../dom.ts';

/** One plan as a point. */
export interface Point {
  /** Undefined for the present plan. */
  readonly plan?: SearchPlan;
  readonly kind: 'front' | 'ranked' | 'present';
  /** In the unit of the axis, which for memory is GiB. */
  readonly x: number;
  readonly y: number;
}

export interface FrontShown {
  readonly points: readonly Point[];
  readonly across: SearchMetric;
  readonly up: SearchMetric;
  /** Whether the front is one of these two metrics, so that a line joins its plans. */
  readonly isFront: boolean;
  readonly width: number;
  readonly height: number;
}

const LEFT = 62;
const RIGHT = 18;
const TOP = 12;
const BOTTOM = 22;
const TICK_WIDTH = 74;
const TICK_HEIGHT = 34;

/** All plans that the page has, by two of their figures, with those of the front first. */
export function pointsOf(result: SearchResult, across: number, up: number): readonly Point[] {
  const at = (values: SearchPlan['values'], point: Omit<Point, 'x' | 'y'>): readonly Point[] => {
    const [x, y] = [values[across], values[up]];
    if (x == null || y == null) return [];
    return [{ ...point, x: x / roundBy(result.metrics[across]), y: y / roundBy(result.metrics[up]) }];
  };
  const keys = new Set(result.front.map(({ key }) => key));
  return [
    ...result.front
      .flatMap((plan) => at(plan.values, { plan, kind: 'front' }))
      .toSorted((left, right) => left.x - right.x),
    ...result.plans.flatMap((plan) => (keys.has(plan.key) ? [] : at(plan.values, { plan, kind: 'ranked' }))),
    ...(result.base ? at(result.base.values, { kind: 'present' }) : []),
  ];
}

/** In what an axis has round numbers. */
function roundBy(metric: SearchMetric | undefined): number {
  return metric?.unit === 'bytes' ? 2 ** 30 : 1;
}

/** A chart of plans over two figures. It is drawn anew when what it shows changes; its mark moves without that. */
export class FrontChart {
  readonly root = drawn('svg', { class: 'front-picture', 'aria-hidden': 'true' });
  private readonly marks = drawn('g', { class: 'front-marks' });
  private shown: (FrontShown & Placed) | undefined;

  show(shown: FrontShown): void {
    const placed = placedOf(shown);
    this.shown = { ...shown, ...placed };
    this.root.setAttribute('viewBox', `0 0 ${shown.width} ${shown.height}`);
    this.root.setAttribute('height', String(shown.height));
    replaceChildren(this.root, ...axes(this.shown), ...line(this.shown), ...dots(this.shown), this.marks);
  }

  /** Rings the plan with the cursor, and that whose row is chosen. */
  mark(cursor: Point | undefined, chosen: Point | undefined): void {
    const { shown } = this;
    if (!shown) return;
    const ring = (point: Point, name: string) =>
      drawn('circle', { class: name, cx: shown.left(point.x), cy: shown.top(point.y), r: 8 });
    replaceChildren(this.marks, chosen && ring(chosen, 'front-chosen'), cursor && ring(cursor, 'front-cursor'));
  }

  /** The point nearest to a place of the picture, in pixels. */
  nearest(x: number, y: number): Point | undefined {
    const { shown } = this;
    if (!shown) return undefined;
    const far = (point: Point) => Math.hypot(shown.left(point.x) - x, shown.top(point.y) - y);
    return shown.points.reduce<Point | undefined>(
      (best, point) => (!best || far(point) < far(best) ? point : best),
      undefined,
    );
  }

  /** Where a point is drawn, in pixels of the picture. */
  placeOf(point: Point): { readonly x: number; readonly y: number } | undefined {
    return this.shown && { x: this.shown.left(point.x), y: this.shown.top(point.y) };
  }
}

interface Placed {
  readonly horizontal: Scale;
  readonly vertical: Scale;
  left(value: number): number;
  top(value: number): number;
}

function placedOf({ points, width, height }: FrontShown): Placed {
  const [across, up] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  const horizontal = scaleOf(withRoom(points.map(({ x }) => x)), across / TICK_WIDTH, true);
  const vertical = scaleOf(withRoom(points.map(({ y }) => y)), up / TICK_HEIGHT, true);
  return {
    horizontal,
    vertical,
    left: (value) => LEFT + across * horizontal.at(value),
    top: (value) => TOP + up * (1 - vertical.at(value)),
  };
}

/** Both ends of the values with a little room beyond, so that no point lies on an edge. */
function withRoom(values: readonly number[]): readonly number[] {
  if (values.length === 0) return [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.06 * (high - low || Math.abs(high) || 1);
  return [low > room ? low - room : low, high + room];
}

function axes({ across, up, horizontal, vertical, width, height, left, top }: FrontShown & Placed) {
  const [below, beside] = [tickTexts(horizontal.ticks, across.unit), tickTexts(vertical.ticks, up.unit)];
  const bottom = height - BOTTOM;
  return [
    ...vertical.ticks.flatMap((tick, index) => [
      drawn('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: top(tick), y2: top(tick) }),
      drawn('text', { class: 'tick', x: LEFT - 6, y: top(tick) + 4, 'text-anchor': 'end' }, beside[index]),
    ]),
    ...horizontal.ticks.flatMap((tick, index) => [
      drawn('line', { class: 'grid', x1: left(tick), x2: left(tick), y1: TOP, y2: bottom }),
      drawn('text', { class: 'tick', x: left(tick), y: height - 6, 'text-anchor': 'middle' }, below[index]),
    ]),
    drawn('line', { class: 'axis', x1: LEFT, x2: width - RIGHT, y1: bottom, y2: bottom }),
    drawn('line', { class: 'axis', x1: LEFT, x2: LEFT, y1: TOP, y2: bottom }),
  ];
}

function line({ points, isFront, left, top }: FrontShown & Placed) {
  const front = points.filter(({ kind }) => kind === 'front');
  if (!isFront || front.length < 2) return [];
  const path = front.map(({ x, y }) => `${left(x).toFixed(1)} ${top(y).toFixed(1)}`).join('L');
  return [drawn('path', { class: 'front-line', d: `M${path}` })];
}

function dots({ points, left, top, width }: FrontShown & Placed) {
  // The present plan is drawn last, over all others.
  return points.flatMap(({ kind, x, y }) => {
    const [cx, cy] = [left(x), top(y)];
    if (kind !== 'present')
      return [drawn('circle', { class: `front-dot is-${kind}`, cx, cy, r: kind === 'front' ? 3.5 : 2.5 })];
    const isRight = cx > width - 70;
    return [
      drawn('path', { class: 'front-dot is-present', d: `M${cx} ${cy - 6}l6 6l-6 6l-6 -6Z` }),
      drawn(
        'text',
        { class: 'front-now', x: isRight ? cx - 10 : cx + 10, y: cy + 4, 'text-anchor': isRight ? 'end' : 'start' },
        'now',
      ),
    ];
  });
}

/** Numbers of an axis in few digits, or in as many as tell them apart. */
function tickTexts(ticks: readonly number[], unit: SearchMetric['unit']): readonly string[] {
  const short = ticks.map((tick) => shortText(tick, unit));
  if (new Set(short).size === short.length) return short;
  return ticks.map((tick) => tick.toLocaleString('en-US', { maximumSignificantDigits: 6 }));
}

function shortText(value: number, unit: SearchMetric['unit']): string {
  if (unit === 'seconds') return value === 0 ? '0' : formatSeconds(value);
  if (unit === 'fraction') return formatFraction(value);
  if (unit === 'bytes') return `${compact(value)} GiB`;
  return unit === 'count' ? digits(value) : compact(value);
}

/** What each mark of the chart is. */
export function chartLegend(): HTMLElement {
  const mark = (kind: string, text: string) =>
    element('li', {}, element('span', { class: `front-key is-${kind}`, 'aria-hidden': 'true' }), text);
  return element(
    'ul',
    { class: 'legend front-legend' },
    mark('front', 'on the front'),
    mark('ranked', 'others of the table'),
    mark('present', 'the present plan'),
  );
}
