import type { Curve, CurvesAnswer } from '../../../server/src/services/preview/curvesProtocol.ts';
import type { CurveSubjects, Failed, FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import { element, replaceChildren } from '../dom.ts';
import { prose } from '../prose.ts';
import { headOf, scrolling } from '../tables.ts';
import { Chart, titleOf } from './chart.ts';

/** One curve to draw, as the reader knows it. */
export interface Subject {
  readonly label: string;
  readonly subject: CurveSubjects[number];
  readonly color: number;
}

export interface CurvesActions {
  post(message: FromPage): void;
  /** Whether the owner itself says why a deployment has no curve. */
  readonly tellsReasons?: boolean;
  /** The reader takes the value of a point. */
  pick?(axis: string, value: number): void;
}

/** Questions of all panels of the page are counted together, so that no panel takes the answer to another's. */
let asked = 0;
let panels = 0;

const LEAST_HEIGHT = 74;
const MOST_HEIGHT = 280;
/** Two charts stand beside each other when each has so many pixels. */
const BESIDE = 330;
const CAPTION = 20;
/** As the style sheet has them. */
const GAP = 4;
const COLUMN_GAP = 12;
const NUMBERS = 13;

/** Charts of several figures over one value, with one cursor through all of them. */
export class CurvesPanel {
  readonly root = element('section', { class: 'curves', 'aria-label': 'Curves' });
  private readonly actions: CurvesActions;
  private readonly over = element('select', {});
  private readonly where = element('span', { class: 'curves-where' });
  private readonly note = element('p', { class: 'hint curves-note', role: 'status', hidden: true });
  private readonly charts = element('div', { class: 'charts' });
  private readonly field = element('div', {
    class: 'charts-field',
    tabindex: 0,
    role: 'slider',
    'aria-label': 'Point on the curves',
    hidden: true,
  });
  private readonly bands = element('p', { class: 'hint curves-bands', hidden: true });
  private readonly table = element('div', { class: 'curves-table' });
  private readonly drawn: Chart[] = [];
  private subjects: readonly Subject[] = [];
  private wanted: string | undefined;
  private sequence = 0;
  private answer: CurvesAnswer | undefined;
  private at: number | undefined;
  private size = '';

  constructor(actions: CurvesActions) {
    this.actions = actions;
    panels += 1;
    const id = `curves-over-${panels}`;
    this.over.id = id;
    this.over.addEventListener('change', () => {
      this.wanted = this.over.value;
      this.at = undefined;
      this.ask();
    });
    this.field.append(this.charts);
    this.root.append(
      element('div', { class: 'curves-head' }, element('label', { for: id }, 'Over'), this.over, this.where),
      this.note,
      this.field,
      this.bands,
      element('details', { class: 'curves-details' }, element('summary', {}, 'The curves as a table'), this.table),
    );
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.field);
  }

  /** Asks for the curves of these deployments. What is drawn stays until the answer comes. */
  show(subjects: readonly Subject[]): void {
    this.subjects = subjects;
    this.ask();
  }

  receive(message: ToPage): void {
    if (message.type === 'curves' && message.sequence === this.sequence) this.answered(message.answer);
  }

  private ask(): void {
    asked += 1;
    this.sequence = asked;
    this.actions.post({
      type: 'curves',
      subjects: this.subjects.map(({ subject }) => subject),
      ...(this.wanted !== undefined && { over: this.wanted }),
      sequence: asked,
    });
  }

  private answered(answer: CurvesAnswer | Failed): void {
    if ('failed' in answer) {
      this.say(answer.failed);
      return;
    }
    this.answer = answer;
    this.over.replaceChildren(
      ...answer.axes.map(({ name, label }) =>
        element('option', { value: name, selected: name === answer.over }, label),
      ),
    );
    const points = this.shownCurves(answer)[0]?.points.length ?? 0;
    if (this.at !== undefined && this.at >= points) this.at = undefined;
    this.field.hidden = points === 0;
    this.say(this.actions.tellsReasons ? '' : reasonsOf(answer));
    this.bands.textContent = bandsText(answer);
    this.bands.hidden = this.bands.textContent === '';
    this.size = '';
    this.draw();
    this.writeTable(answer);
  }

  private say(text: string): void {
    replaceChildren(this.note, ...prose(text));
    this.note.hidden = text === '';
  }

  private shownCurves({ curves }: CurvesAnswer): readonly Curve[] {
    return curves
      .map((curve, index) => ({ ...curve, name: this.subjects[index]?.label ?? curve.name }))
      .filter(({ points }) => points.length > 0);
  }

  private colorsOf({ curves }: CurvesAnswer): readonly number[] {
    return curves.flatMap(({ points }, index) => (points.length > 0 ? [this.subjects[index]?.color ?? index] : []));
  }

  private draw(): void {
    const { answer } = this;
    const { clientWidth: width, clientHeight: height } = this.field;
    if (!answer || width === 0) return;
    const size = `${width} ${height}`;
    if (size === this.size) return;
    this.size = size;
    const { measures } = answer;
    const curves = this.shownCurves(answer);
    const colors = this.colorsOf(answer);
    const columns = columnsFor(measures.length, Math.floor(width / BESIDE));
    const rows = measures.length / columns;
    // The last chart of a column has the numbers of the axis.
    const fair = Math.floor((height - NUMBERS) / rows) - CAPTION - GAP;
    while (this.drawn.length < measures.length) this.drawn.push(new Chart());
    this.drawn.length = measures.length;
    const isLast = (place: number) => place + columns >= measures.length;
    this.charts.style.setProperty('--columns', String(columns));
    for (const [place, measure] of measures.entries())
      this.drawn[place]?.show({
        measure,
        place,
        curves,
        colors,
        width: Math.floor((width - COLUMN_GAP * (columns - 1)) / columns),
        height: Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, fair)) + (isLast(place) ? NUMBERS : 0),
        isFirst: place === 0,
        isLast: isLast(place),
      });
    replaceChildren(this.charts, ...this.drawn.map(({ root }) => root));
    this.mark();
  }

  /** Where the cursor is: where the reader has put it, else at the value of the last deployment. */
  private get place(): number {
    const curves = this.answer ? this.shownCurves(this.answer) : [];
    return this.at ?? curves.findLast(({ present }) => present !== undefined)?.present ?? 0;
  }

  private mark(): void {
    const { answer, place } = this;
    if (!answer) return;
    for (const chart of this.drawn) chart.mark(place);
    const curves = this.shownCurves(answer);
    const point = curves[0]?.points[place];
    const axis = answer.axes.find(({ name }) => name === answer.over);
    if (!point || !axis) return;
    const amount = `${point.x.toLocaleString('en-US')} ${axis.unit}`;
    const states = curves.map((curve) => stateOf(curve, place, curves.length > 1));
    const remarks = states.filter((state) => state !== '');
    const isOwn = curves.some(({ present }) => present === place);
    this.where.textContent = [`at ${amount}${isOwn ? ', as it is now' : ''}`, ...remarks].join('; ');
    const values = curves.map((curve) => {
      const figures = answer.measures.map(
        ({ label }, index) => `${label} ${curve.points[place]?.texts[index] ?? 'none'}`,
      );
      return `${curves.length > 1 ? `${curve.name}: ` : ''}${figures.join(', ')}`;
    });
    for (const [name, value] of Object.entries({
      valuemin: 0,
      valuemax: Math.max(0, (curves[0]?.points.length ?? 1) - 1),
      valuenow: place,
      valuetext: `${[amount, ...remarks].join('; ')}. ${values.join('. ')}`,
    }))
      this.field.setAttribute(`aria-${name}`, String(value));
  }

  private move(to: number): void {
    const last = (this.answer ? (this.shownCurves(this.answer)[0]?.points.length ?? 1) : 1) - 1;
    const next = Math.max(0, Math.min(last, to));
    if (next === this.at) return;
    this.at = next;
    this.mark();
  }

  private listen(): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: 5,
      PageDown: -5,
    };
    this.field.addEventListener('keydown', (event) => {
      const { key } = event;
      const by = steps[key];
      if (by !== undefined) this.move(this.place + by);
      else if (key === 'Home') this.move(0);
      else if (key === 'End') this.move(Number.MAX_SAFE_INTEGER);
      else if (key === 'Enter') this.pick();
      else if (key === 'Escape') this.leave();
      else return;
      event.preventDefault();
    });
    this.field.addEventListener('pointermove', ({ clientX, target }) => {
      const chart = this.drawn.find(({ root }) => target instanceof Node && root.contains(target));
      const box = chart?.root.getBoundingClientRect();
      if (chart && box) this.move(chart.nearest(clientX - box.left));
    });
    this.field.addEventListener('pointerleave', () => this.leave());
    this.field.addEventListener('click', () => this.pick());
  }

  private leave(): void {
    this.at = undefined;
    this.mark();
  }

  private pick(): void {
    const { answer } = this;
    const point = answer && this.shownCurves(answer)[0]?.points[this.place];
    if (answer && point) this.actions.pick?.(answer.over, point.x);
  }

  private writeTable(answer: CurvesAnswer): void {
    const axis = answer.axes.find(({ name }) => name === answer.over);
    const curves = this.shownCurves(answer);
    const heads = curves.flatMap(({ name }) =>
      answer.measures.map((measure) => (curves.length > 1 ? `${name}: ${titleOf(measure)}` : titleOf(measure))),
    );
    const rows = (curves[0]?.points ?? []).map((point, at) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, point.x.toLocaleString('en-US')),
        ...curves.flatMap((curve) =>
          answer.measures.map((_, index) => element('td', {}, curve.points[at]?.texts[index] ?? 'none')),
        ),
      ),
    );
    replaceChildren(
      this.table,
      scrolling(
        'The curves as a table',
        element(
          'table',
          {},
          headOf([`${axis?.label ?? ''} (${axis?.unit ?? ''})`, ...heads]),
          element('tbody', {}, ...rows),
        ),
      ),
    );
  }
}

/** The most columns that there is room for, without a hole in the last row. */
function columnsFor(charts: number, room: number): number {
  for (let columns = Math.min(charts, room); columns > 1; columns--) if (charts % columns === 0) return columns;
  return 1;
}

/** What is to be said of one curve's point beside its values. */
function stateOf({ name, points, most }: Curve, at: number, isNamed: boolean): string {
  const point = points[at];
  if (!point) return '';
  const of = isNamed ? `${name}: ` : '';
  if (point.invalid !== undefined) return `${of}${point.invalid}`;
  if (!point.fits) return `${of}does not fit in memory`;
  return most && point.x >= most.x ? `${of}requests wait, the cache holds ${most.text}` : '';
}

function reasonsOf({ curves, axes }: CurvesAnswer): string {
  if (axes.length === 0) return 'Curves are drawn as soon as model, cluster and workload are known.';
  return curves.flatMap(({ name, invalid }) => (invalid === undefined ? [] : [`${name}: ${invalid}.`])).join(' ');
}

/** What the areas around the curves are, with the bands of the last curve: of what is tried, where something is. */
function bandsText({ measures, curves }: CurvesAnswer): string {
  const bands = curves.findLast((curve) => curve.bands !== undefined)?.bands;
  if (!bands) return '';
  const percent = (factor: number) => `${factor < 1 ? '−' : '+'}${Math.round(Math.abs(100 * (factor - 1)))} %`;
  const named = measures.flatMap(({ label }, place) => {
    const band = bands[place];
    return band ? [`${label} ${band.map(percent).join(' to ')}`] : [];
  });
  return `Shaded: the band of the prediction as it is for the plan's values (${named.join(', ')}).`;
}
