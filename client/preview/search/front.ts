import type { SearchMetric, SearchPlan, SearchResult } from '../../../server/src/services/preview/searchProtocol.ts';
import { element } from '../dom.ts';
import { PointerTip } from '../pointerTip.ts';
import { chartLegend, FrontChart, type Point, pointsOf } from './chart.ts';

export interface FrontActions {
  /** The reader opens a plan. */
  open(plan: SearchPlan): void;
  /** The reader looks at a plan, or at none. */
  look(key: string | undefined): void;
  /** Other metrics are chosen. */
  changed(): void;
}

/** Axes of the chart, by the names of metrics. */
export interface FrontAxes {
  readonly across?: string;
  readonly up?: string;
}

const LEAST_HEIGHT = 220;
const MOST_HEIGHT = 520;
/** A point is pointed at from so many pixels on. */
const REACH = 30;

/** The plans of a search as a picture: two of their figures, the front, and the present plan on it. */
export class FrontPanel {
  readonly root = element('section', { class: 'front', 'aria-label': 'Front' });
  axes: FrontAxes = {};
  private readonly actions: FrontActions;
  private readonly up = element('select', { 'aria-label': 'Figure of the vertical axis' });
  private readonly across = element('select', { 'aria-label': 'Figure of the horizontal axis' });
  private readonly field = element('div', {
    class: 'front-field',
    tabindex: 0,
    role: 'slider',
    'aria-label': 'Plan on the front',
    'aria-orientation': 'horizontal',
  });
  private readonly told = element('p', { class: 'front-told' });
  private readonly chart = new FrontChart();
  private readonly tip: PointerTip;
  private points: readonly Point[] = [];
  private result: SearchResult | undefined;
  private cursor: Point | undefined;
  private chosen: string | undefined;
  private size = '';

  constructor(tips: Element, actions: FrontActions) {
    this.actions = actions;
    this.tip = new PointerTip(tips, 'front-tip');
    this.field.append(this.chart.root);
    this.root.append(
      element('div', { class: 'front-head' }, this.up, element('span', { class: 'hint' }, 'over'), this.across),
      this.field,
      this.told,
      chartLegend(),
    );
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.field);
  }

  show(result: SearchResult): void {
    const { metrics, objective, against } = result;
    const place = (name: string | undefined, otherwise: number) => {
      const found = metrics.findIndex((metric) => metric.name === name);
      return found < 0 ? otherwise : found;
    };
    const [across, up] = [place(this.axes.across, against), place(this.axes.up, objective)];
    this.result = result;
    this.fill(this.across, metrics, across);
    this.fill(this.up, metrics, up);
    this.points = pointsOf(result, across, up);
    const { cursor } = this;
    this.cursor =
      cursor && this.points.find(({ plan, kind }) => plan?.key === cursor.plan?.key && kind === cursor.kind);
    this.size = '';
    this.draw();
  }

  /** Marks the plan whose row is chosen. */
  choose(key: string | undefined): void {
    this.chosen = key;
    this.mark();
  }

  private fill(select: HTMLSelectElement, metrics: readonly SearchMetric[], chosen: number): void {
    const text = metrics.map(({ name }) => name).join();
    if (select.getAttribute('data-metrics') !== text) {
      select.replaceChildren(...metrics.map(({ name, label }) => element('option', { value: name }, label)));
      select.setAttribute('data-metrics', text);
    }
    select.value = metrics[chosen]?.name ?? '';
  }

  private draw(): void {
    const { result } = this;
    const { clientWidth: width, clientHeight } = this.field;
    if (!result || width === 0) return;
    const height = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, clientHeight));
    const size = `${width} ${height}`;
    if (size === this.size) return;
    this.size = size;
    const { metrics, objective, against } = result;
    const [across, up] = [this.across.selectedIndex, this.up.selectedIndex];
    const [ofAcross, ofUp] = [metrics[across], metrics[up]];
    if (!ofAcross || !ofUp) return;
    const isFront = [across, up].includes(objective) && [across, up].includes(against);
    this.chart.show({ points: this.points, across: ofAcross, up: ofUp, isFront, width, height });
    this.mark();
  }

  private mark(): void {
    const { chosen, cursor, result } = this;
    this.chart.mark(
      cursor,
      this.points.find(({ plan }) => plan !== undefined && plan.key === chosen),
    );
    const front = this.front();
    this.told.textContent = cursor ? this.textOf(cursor) : '';
    const place = cursor ? front.indexOf(cursor) : -1;
    const said = cursor ? this.textOf(cursor) : `${front.length} plans on the front; arrow keys go along it`;
    for (const [name, value] of Object.entries({
      valuemin: 0,
      valuemax: Math.max(0, front.length - 1),
      valuenow: Math.max(0, place),
      valuetext: result ? said : 'no plans yet',
    }))
      this.field.setAttribute(`aria-${name}`, String(value));
  }

  private front(): readonly Point[] {
    return this.points.filter(({ kind }) => kind === 'front');
  }

  /** `Throughput per GPU 479 tokens/s, ...: tp 8, ep 8`. */
  private textOf(point: Point): string {
    return `${this.figuresOf(point)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}: ${point.plan?.words ?? 'the present plan'}`;
  }

  private figuresOf({ plan }: Point): readonly (readonly [string, string])[] {
    const { result } = this;
    if (!result) return [];
    const texts = plan?.texts ?? result.base?.texts ?? [];
    return [...new Set([this.up.selectedIndex, this.across.selectedIndex])].map((place) => [
      result.metrics[place]?.label ?? '',
      texts[place] ?? '-',
    ]);
  }

  private put(point: Point | undefined): void {
    if (point === this.cursor) return;
    this.cursor = point;
    this.actions.look(point?.plan?.key);
    this.mark();
  }

  private move(to: (place: number, last: number) => number): void {
    const front = this.front();
    const last = front.length - 1;
    const here = this.cursor ? front.indexOf(this.cursor) : -1;
    this.put(front[Math.max(0, Math.min(last, to(here, last)))]);
  }

  private listen(): void {
    for (const select of [this.up, this.across])
      select.addEventListener('change', () => {
        this.axes = { across: this.across.value, up: this.up.value };
        if (this.result) this.show(this.result);
        this.actions.changed();
      });
    const steps: Readonly<Record<string, (place: number, last: number) => number>> = {
      ArrowRight: (place) => place + 1,
      ArrowUp: (place) => place + 1,
      ArrowLeft: (place, last) => (place < 0 ? last : place - 1),
      ArrowDown: (place, last) => (place < 0 ? last : place - 1),
      PageUp: (place) => place + 10,
      PageDown: (place) => place - 10,
      Home: () => 0,
      End: (_, last) => last,
    };
    this.field.addEventListener('keydown', (event) => {
      const step = steps[event.key];
      if (step) this.move(step);
      else if (event.key === 'Enter') this.open();
      else if (event.key === 'Escape') this.put(undefined);
      else return;
      event.preventDefault();
    });
    this.field.addEventListener('pointermove', ({ clientX, clientY }) => this.point(clientX, clientY));
    this.field.addEventListener('pointerleave', () => {
      this.tip.hide();
      this.put(undefined);
    });
    this.field.addEventListener('click', () => this.open());
  }

  private point(clientX: number, clientY: number): void {
    const box = this.chart.root.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    const nearest = this.chart.nearest(x, y);
    const at = nearest && this.chart.placeOf(nearest);
    const isNear = at !== undefined && Math.hypot(at.x - x, at.y - y) <= REACH;
    this.put(isNear ? nearest : undefined);
    if (isNear && nearest)
      this.tip.show(clientX, clientY, nearest.plan?.words ?? 'the present plan', this.figuresOf(nearest));
    else this.tip.hide();
  }

  private open(): void {
    if (this.cursor?.plan) this.actions.open(this.cursor.plan);
  }
}
